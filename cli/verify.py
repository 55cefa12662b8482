"""`mnet verify`: does an artefact compute what its program means?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from .. import driver
from ..backends.verification import Comparison, Verification
from . import options
from .console import FINDINGS, Console, reporting

_LISTED = 10


@click.command(name="verify")
@click.argument("artifact", type=click.Path(path_type=Path))
@options.network
@click.option(
    "--tolerance", type=click.FloatRange(min=0), default=1e-4, show_default=True, help="Largest relative difference."
)
@click.option(
    "--input-seed", type=click.IntRange(min=0), default=0, show_default=True, help="Start of the random inputs."
)
@reporting
def command(
    console: Console,
    artifact: Path,
    selection: options.Selection,
    tolerance: float,
    input_seed: int,
) -> None:
    """Run ARTIFACT in its runtime and compare it with MODEL.mnet in the reference evaluator.

    The same model, --set and --weights (or --seed) as in its compilation must be given. Where an output
    differs, the layers that do are listed in order, each with its line. Exit code 1 where an output differs.
    """
    found = driver.verify(artifact, selection.load(console), tolerance=tolerance, seed=input_seed)
    console.result("\n".join(_lines(found)), lambda: _values(found))
    sys.exit(0 if found.passed else FINDINGS)


def _lines(found: Verification) -> Iterator[str]:
    for output in found.outputs:
        verdict = "equal" if output.relative <= found.tolerance else "DIFFERS"
        distance = output.problem or f"relative difference {output.relative:.2e}"
        yield f"{output.name}: {verdict}, {distance} (tolerance {found.tolerance:.0e})"
    for layer in found.layers[:_LISTED]:
        yield f"  {layer.span or '(no line)'}: {layer.name} differs by {layer.relative:.2e}"
    if len(found.layers) > _LISTED:
        yield f"  and {len(found.layers) - _LISTED} layers after these"


def _values(found: Verification) -> dict[str, Any]:
    return {
        "passed": found.passed,
        "tolerance": found.tolerance,
        "outputs": [_comparison(output) for output in found.outputs],
        "layers": [_comparison(layer) for layer in found.layers],
    }


def _comparison(compared: Comparison) -> dict[str, Any]:
    return {**asdict(compared), "span": str(compared.span) if compared.span else None}
