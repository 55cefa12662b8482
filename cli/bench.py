"""`mnet bench`: how fast an artefact runs here."""

from __future__ import annotations

from pathlib import Path

import click

from .. import driver
from .console import Console, reporting


@click.command(name="bench")
@click.argument("artifact", type=click.Path(path_type=Path))
@click.option("--runs", type=click.IntRange(min=1), default=50, show_default=True, help="Inferences that are timed.")
@click.option("--threads", type=click.IntRange(1, 256), default=1, show_default=True, help="Threads of the runtime.")
@reporting
def command(console: Console, artifact: Path, runs: int, threads: int) -> None:
    """Measure the latency of ARTIFACT in its runtime: LiteRT for .tflite, ONNX Runtime for .onnx.

    Inputs are random; a symbolic batch is 1. A few inferences before the timed ones warm the runtime up.
    """
    measured = driver.runtime(artifact).latency(artifact, runs=runs, threads=threads) * 1e3
    values = {"artifact": str(artifact), "runs": runs, "threads": threads, "median_ms": measured}
    text = f"{artifact}: {measured:.2f} ms (median of {runs}, {threads} thread{'s' * (threads > 1)})"
    console.result(text, lambda: values)
