"""What the measurements say: a page of tables, its JSON, and charts."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import charts

_MB = 1 << 20
_GOAL = 0.4
"""Seconds that a check may take."""

Rows = Sequence[dict[str, Any]]


def write(folder: Path, measured: dict[str, Any]) -> None:
    """Puts `report.md`, `report.json` and the charts into `folder`, with what was measured there before on a machine
    like this one, unless it was measured again."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    known = _known(folder / "report.json", machine) | measured
    (folder / "report.json").write_text(json.dumps(known, indent=2) + "\n")
    (folder / "report.md").write_text("\n".join(_page(known)) + "\n")
    for name, draw in charts.CHARTS.items():
        if name in known:
            draw(folder / f"{name}.svg", known[name])


def _known(path: Path, machine: str) -> dict[str, Any]:
    known = json.loads(path.read_text()) if path.exists() else {}
    return known if known.get("machine") == machine else {"schema_version": 1, "machine": machine}


def _page(known: dict[str, Any]) -> Iterator[str]:
    yield from [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {known['machine']}.",
        "Medians of interleaved runs; a ratio is the converter's figure over ours.",
    ]
    for name, section in _SECTIONS.items():
        if name in known:
            yield ""
            yield from section(known[name])


# The converter, and growth ------------------------------------------------------------------


def _comparisons(comparisons: Rows) -> Iterator[str]:
    yield from [
        "## From a Keras checkpoint to TFLite: whole processes",
        "",
        "Warm is a compilation in a process that has compiled before; the rest counts whole processes, start to end.",
        "",
        "| model | mnet | warm | converter | ratio | mnet, peak | converter, peak | ratio | mnet, file | its file |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *map(_compile_row, comparisons),
        "",
        "## Latency of the artefacts: LiteRT, one thread",
        "",
        "| model | mnet | TensorFlow's converter | converter / mnet |",
        "|---|---|---|---|",
        *map(_latency_row, comparisons),
    ]


def _compile_row(c: dict[str, Any]) -> str:
    ours, theirs = c["compile"]["mnet"], c["compile"]["tensorflow"]
    return (
        f"| {c['model']} | {ours['seconds']:.2f} s | {c['warm']:.2f} s | {theirs['seconds']:.1f} s "
        f"| {theirs['seconds'] / ours['seconds']:.0f}× "
        f"| {ours['peak_bytes'] / _MB:.0f} MB | {theirs['peak_bytes'] / _MB:.0f} MB "
        f"| {theirs['peak_bytes'] / ours['peak_bytes']:.1f}× "
        f"| {c['sizes']['mnet']:,} B | {c['sizes']['tensorflow']:,} B |"
    )


def _latency_row(c: dict[str, Any]) -> str:
    ours, theirs = c["latency_ms"]["mnet"], c["latency_ms"]["tensorflow"]
    return f"| {c['model']} | {ours:.2f} ms | {theirs:.2f} ms | {theirs / ours:.2f} |"


def _depth(points: Rows) -> Iterator[str]:
    yield from [
        "## Growth",
        "",
        "![compile time against depth](depth.svg) ![time and memory against weights](weight_bytes.svg)",
        "",
        "| layers | seconds |",
        "|---|---|",
    ]
    yield from (f"| {p['size']} | {p['summary']['seconds']:.2f} |" for p in points)


def _weight_bytes(points: Rows) -> Iterator[str]:
    yield from ["| weights | seconds | peak memory | peak / weights |", "|---|---|---|---|"]
    for p in points:
        seconds, peak = p["summary"]["seconds"], p["summary"]["peak_bytes"]
        yield f"| {p['size'] / _MB:.0f} MB | {seconds:.2f} | {peak / _MB:.0f} MB | {peak / p['size']:.2f} |"


# Search spaces ------------------------------------------------------------------------------


def _cost_tables(c: dict[str, Any]) -> Iterator[str]:
    yield from [
        "## Search spaces: points drawn and their costs told",
        "",
        f"Points of {c['model']} in one process, in seconds of processor time. Cost tables fill as points are drawn.",
        f"Once they are full, points that were not drawn before take {c['warm']:,.0f} a second; elaborated whole, as",
        f"`mnet cost` does it, {c['full']:,.0f} a second. The costs of {c['compared']} points were equal both ways.",
        "",
        "![points a second against points drawn so far](cost_tables.svg)",
        "",
        "| points drawn so far | seconds so far | points a second, the last ones |",
        "|---|---|---|",
        *(f"| {s['points']:,} | {s['seconds']:.2f} | {s['speed']:,.0f} |" for s in c["steps"]),
        f"| tables full | {c['filled_seconds']:.2f} | {c['warm']:,.0f} |",
    ]


def _sampling(found: Rows) -> Iterator[str]:
    yield from [
        "## Search spaces by size",
        "",
        "Points a second: cold, the first 200 of a space; warm, the same once more; full, 20 of them elaborated whole,",
        "with equal costs. Counted: in a process that has read the program, and by `mnet space count` from start to",
        "end. All in seconds of processor time.",
        "",
        "![points a second against the size of the space](sampling.svg)",
        "",
        "| space | decisions | points | cold | warm | full | counted | `mnet space count` |",
        "|---|---|---|---|---|---|---|---|",
        *map(_sampling_row, sorted(found, key=lambda space: float(space["magnitude"]))),
    ]


def _sampling_row(s: dict[str, Any]) -> str:
    return (
        f"| {s['model']} | {s['decisions']} | 10^{s['magnitude']:.1f} | {s['cold']:,.0f} | {s['warm']:,.0f} "
        f"| {s['full']:,.0f} | {s['count_seconds']:.3f} s | {s['count']['processor']:.2f} s |"
    )


# What a writer waits for --------------------------------------------------------------------


def _checks(files: Rows) -> Iterator[str]:
    models = [{**model, "file": file["file"]} for file in files for model in file["models"]]
    deepest = max(models, key=lambda model: int(model["layers"]))
    widest = max(models, key=lambda model: float(model["magnitude"]))
    yield from [
        "## `mnet check` of the examples: whole processes",
        "",
        f"The most layers has {deepest['model']} of {deepest['file']}, the most points {widest['model']} of "
        f"{widest['file']}.",
        f"{_within(files)} of {len(files)} files take at most {_GOAL} s of processor time.",
        "",
        "| file | lines | models | layers, at most | points, at most | seconds | processor |",
        "|---|---|---|---|---|---|---|",
        *map(_check_row, sorted(files, key=lambda file: -float(file["summary"]["processor"]))),
    ]


def _within(files: Rows) -> int:
    return sum(file["summary"]["processor"] <= _GOAL for file in files)


def _check_row(f: dict[str, Any]) -> str:
    models = f["models"]
    layers = max((model["layers"] for model in models), default=0)
    magnitude = max((model["magnitude"] for model in models), default=0)
    return (
        f"| {f['file']} | {f['lines']} | {len(models)} | {layers} | {f'10^{magnitude:.1f}' if magnitude else ''} "
        f"| {f['summary']['seconds']:.2f} s | {f['summary']['processor']:.2f} s |"
    )


def _texts(texts: Rows) -> Iterator[str]:
    yield from [
        "## Long programs: whole processes",
        "",
        "Blocks with choices and models of ten each, in the canonical layout, without findings. In brackets: processor",
        "time.",
        "",
        "![seconds against lines](texts.svg)",
        "",
        "| lines | `mnet check` | `mnet fmt --check` | `mnet lint` |",
        "|---|---|---|---|",
    ]
    for text in texts:
        taken = (f"{text[n]['seconds']:.2f} s ({text[n]['processor']:.2f} s)" for n in ("check", "fmt", "lint"))
        yield f"| {text['lines']:,} | {' | '.join(taken)} |"


_SECTIONS: dict[str, Callable[[Any], Iterator[str]]] = {
    "comparisons": _comparisons,
    "depth": _depth,
    "weight_bytes": _weight_bytes,
    "cost_tables": _cost_tables,
    "sampling": _sampling,
    "checks": _checks,
    "texts": _texts,
}
