"""What the measurements say: a page of tables, its JSON, and two charts."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from matplotlib.figure import Figure

from .against_converter import Comparison
from .scaling import Point

_MB = 1 << 20


def write(folder: Path, comparisons: Sequence[Comparison], depth: Sequence[Point], weights: Sequence[Point]) -> None:
    """Puts `report.md`, `report.json`, `depth.svg` and `weights.svg` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    measured = {
        "schema_version": 1,
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "comparisons": [asdict(c) for c in comparisons],
        "depth": [asdict(p) for p in depth],
        "weight_bytes": [asdict(p) for p in weights],
    }
    (folder / "report.json").write_text(json.dumps(measured, indent=2) + "\n")
    (folder / "report.md").write_text("\n".join(_page(measured["machine"], comparisons, depth, weights)) + "\n")
    _depth_chart(folder / "depth.svg", depth)
    _weights_chart(folder / "weights.svg", weights)


def _page(
    machine: object, comparisons: Sequence[Comparison], depth: Sequence[Point], weights: Sequence[Point]
) -> list[str]:
    return [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {machine}.",
        "Medians of interleaved runs; a ratio is the converter's figure over ours.",
        "",
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
        "",
        "## Growth",
        "",
        "![compile time against depth](depth.svg) ![time and memory against weights](weights.svg)",
        "",
        "| layers | seconds |",
        "|---|---|",
        *(f"| {p.size} | {p.summary.seconds:.2f} |" for p in depth),
        "",
        "| weights | seconds | peak memory | peak / weights |",
        "|---|---|---|---|",
        *(
            f"| {p.size / _MB:.0f} MB | {p.summary.seconds:.2f} | {p.summary.peak_bytes / _MB:.0f} MB "
            f"| {p.summary.peak_bytes / p.size:.2f} |"
            for p in weights
        ),
    ]


def _compile_row(c: Comparison) -> str:
    ours, theirs = c.compile["mnet"], c.compile["tensorflow"]
    return (
        f"| {c.model} | {ours.seconds:.2f} s | {c.warm:.2f} s | {theirs.seconds:.1f} s "
        f"| {theirs.seconds / ours.seconds:.0f}× "
        f"| {ours.peak_bytes / _MB:.0f} MB | {theirs.peak_bytes / _MB:.0f} MB "
        f"| {theirs.peak_bytes / ours.peak_bytes:.1f}× "
        f"| {c.sizes['mnet']:,} B | {c.sizes['tensorflow']:,} B |"
    )


def _latency_row(c: Comparison) -> str:
    ours, theirs = c.latency_ms["mnet"], c.latency_ms["tensorflow"]
    return f"| {c.model} | {ours:.2f} ms | {theirs:.2f} ms | {theirs / ours:.2f} |"


def _depth_chart(path: Path, points: Sequence[Point]) -> None:
    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([p.size for p in points], [p.summary.seconds for p in points], marker="o")
    axes.set(xlabel="layers (convolution, batch norm, activation)", ylabel="seconds", xlim=0, ylim=0)
    axes.set_title("Compile time against depth")
    figure.savefig(path, metadata={"Date": None})


def _weights_chart(path: Path, points: Sequence[Point]) -> None:
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    time, memory = figure.subplots(1, 2)
    sizes = [p.size / _MB for p in points]
    time.plot(sizes, [p.summary.seconds for p in points], marker="o")
    time.set(xlabel="weights, MB", ylabel="seconds", xlim=0, ylim=0, title="Compile time against weights")
    memory.plot(sizes, [p.summary.peak_bytes / _MB for p in points], marker="o", label="peak memory")
    memory.plot(sizes, [1.3 * size for size in sizes], linestyle=":", label="1.3 × weights")
    memory.set(xlabel="weights, MB", ylabel="MB", xlim=0, ylim=0, title="Peak memory against weights")
    memory.legend()
    figure.savefig(path, metadata={"Date": None})
