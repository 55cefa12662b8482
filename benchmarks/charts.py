"""The charts of the report, by the name of what they show in report.json."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

_MB = 1 << 20
_GOAL = 10_000
"""Points a second."""

Rows = Sequence[dict[str, Any]]


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})


def _depth(path: Path, points: Rows) -> None:
    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([p["size"] for p in points], [p["summary"]["seconds"] for p in points], marker="o")
    axes.set(xlabel="layers (convolution, batch norm, activation)", ylabel="seconds", xlim=0, ylim=0)
    axes.set_title("Compile time against depth")
    _save(figure, path)


def _weight_bytes(path: Path, points: Rows) -> None:
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    time, memory = figure.subplots(1, 2)
    sizes = [p["size"] / _MB for p in points]
    time.plot(sizes, [p["summary"]["seconds"] for p in points], marker="o")
    time.set(xlabel="weights, MB", ylabel="seconds", xlim=0, ylim=0, title="Compile time against weights")
    memory.plot(sizes, [p["summary"]["peak_bytes"] / _MB for p in points], marker="o", label="peak memory")
    memory.plot(sizes, [1.3 * size for size in sizes], linestyle=":", label="1.3 × weights")
    memory.set(xlabel="weights, MB", ylabel="MB", xlim=0, ylim=0, title="Peak memory against weights")
    memory.legend()
    _save(figure, path)


def _cost_tables(path: Path, measured: dict[str, Any]) -> None:
    figure = Figure(figsize=(6, 3.4), layout="constrained")
    axes = figure.subplots()
    steps = measured["steps"]
    axes.plot([s["points"] for s in steps], [s["speed"] for s in steps], marker="o", label="from cold")
    axes.axhline(measured["warm"], color="tab:green", label="tables full")
    axes.axhline(_GOAL, color="grey", linestyle=":", label="goal")
    axes.axhline(measured["full"], color="tab:red", label="each elaborated whole")
    axes.set(xlabel="points drawn so far", ylabel="points a second", xscale="log", yscale="log")
    axes.set_title(f"{measured['model']}: points drawn and their costs told")
    axes.legend(fontsize="small")
    _save(figure, path)


def _sampling(path: Path, spaces: Rows) -> None:
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, size in ((left, "decisions"), (right, "magnitude")):
        for speed, marker in (("warm", "o"), ("cold", "^"), ("full", "x")):
            axes.scatter([s[size] for s in spaces], [s[speed] for s in spaces], marker=marker, label=speed, s=22)
        axes.axhline(_GOAL, color="grey", linestyle=":", label="goal")
    left.set(xlabel="decisions", ylabel="points a second", yscale="log", xlim=0)
    right.set(xlabel="log10 of the number of points", xlim=0)
    right.legend(fontsize="small")
    figure.suptitle("Points drawn and their costs told, by the size of the space")
    _save(figure, path)


def _texts(path: Path, texts: Rows) -> None:
    figure = Figure(figsize=(5, 3.4), layout="constrained")
    axes = figure.subplots()
    for name in ("check", "lint", "fmt"):
        axes.plot([t["lines"] for t in texts], [t[name]["processor"] for t in texts], marker="o", label=f"mnet {name}")
    axes.set(xlabel="lines", ylabel="seconds of processor time", xlim=0, ylim=0, title="Time against lines")
    axes.legend(fontsize="small")
    _save(figure, path)


CHARTS: dict[str, Callable[[Path, Any], None]] = {
    "depth": _depth,
    "weight_bytes": _weight_bytes,
    "cost_tables": _cost_tables,
    "sampling": _sampling,
    "texts": _texts,
}
