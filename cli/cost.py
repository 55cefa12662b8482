"""`mnet cost`: what a model costs, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from ..backends.targets import TARGETS
from ..compiler.cost import CostReport, Counts
from ..compiler.memory import MemoryReport, memory
from . import options
from .console import Console, reporting
from .table import table

_HEADER = ("layer", "operator", "result", "params", "MACs", "FLOPs", "weight bytes")
_TEXT_COLUMNS = 3


@click.command(name="cost")
@options.source
@click.option("--depth", type=click.IntRange(min=1), help="Sums up layers whose paths agree in so many parts.")
@click.option(
    "--target",
    type=click.Choice(sorted(TARGETS)),
    default="tflite",
    show_default=True,
    help="Whose graph the peak memory is of.",
)
@reporting
def command(
    console: Console,
    selection: options.Selection,
    depth: int | None,
    target: str,
) -> None:
    """Show what a model of MODEL.mnet costs at batch 1: no weight is read or made.

    MACs are those of convolutions, dense layers and matrix products; FLOPs count each MAC as two and add
    biases, activations, arithmetic, pooling and batch norms. Parameters are the trainable ones. Peak memory is that of
    all activations alive at once, in the best order of layers found, after the passes for the target.
    """
    network = selection.load(console)
    report, peak = network.cost(), memory(network.optimise(target).graph)
    rows = _groups(report, depth) if depth else _layers(report)
    text = [f"{network.graph.name}", *table([_HEADER, *rows], _TEXT_COLUMNS), "", *_totals(report.total, peak)]
    console.result("\n".join(text), lambda: _values(network.graph.name, report, peak))


def _layers(report: CostReport) -> Iterator[tuple[str, ...]]:
    for layer in report.layers:
        yield layer.path, layer.operator, ", ".join(map(str, layer.results)), *_numbers(layer.counts)


def _groups(report: CostReport, depth: int) -> Iterator[tuple[str, ...]]:
    for group in report.grouped(depth):
        yield group.path, f"{group.layers} operator{'s' * (group.layers > 1)}", "", *_numbers(group.counts)


def _numbers(counts: Counts) -> tuple[str, ...]:
    return tuple(f"{n:,}" for n in (counts.trainable, counts.macs, counts.flops, counts.weight_bytes))


def _totals(counts: Counts, peak: MemoryReport) -> Iterator[str]:
    frozen = f"{counts.frozen:,} frozen, " if counts.frozen else ""
    yield f"parameters      {counts.trainable:,} trainable, {frozen}{counts.parameters:,} with moving statistics"
    yield f"MACs            {counts.macs:,}"
    yield f"FLOPs           {counts.flops:,}"
    yield f"weight bytes    {counts.weight_bytes:,}"
    where = f" at {peak.best.node.path}" if peak.best.node else ""
    proof = "the least possible" if peak.proven else "the least found"
    yield f"peak memory     {peak.best.nbytes:,} bytes of activations{where}, {proof}"


def _values(name: str, report: CostReport, peak: MemoryReport) -> dict[str, Any]:
    return {
        "model": name,
        "layers": [
            {
                "path": layer.path,
                "operator": layer.operator,
                "results": [str(result) for result in layer.results],
                "annotations": [{"kind": a.kind, "arguments": dict(a.values)} for a in layer.annotations],
                **asdict(layer.counts),
            }
            for layer in report.layers
        ],
        "total": asdict(report.total),
        "peak_memory": {
            "bytes": peak.best.nbytes,
            "at": peak.best.node.path if peak.best.node else None,
            "live": [value.name for value in peak.best.live],
            "proven": peak.proven,
            "order": [node.path for node in peak.order],
        },
    }
