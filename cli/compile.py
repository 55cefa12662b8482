"""`mnet compile`: from a program to an artefact."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from .. import driver
from ..backends.files import write_atomically
from ..backends.targets import TARGETS, backend
from ..compiler.claims import UnmetError
from . import options
from .console import FINDINGS, Console, reporting


@click.command(name="compile")
@options.tables
@options.network
@click.option(
    "--target", type=click.Choice(sorted(TARGETS)), help="The format; by default what OUT ends with, or tflite."
)
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="The file to write; by default the model's name.",
)
@click.option("--batch", type=click.IntRange(min=1), help="Fixes a symbolic batch to this size.")
@click.option("--opset", type=int, help="ONNX: the operator set.")
@click.option("--layout", type=click.Choice(["nchw", "nhwc"]), help="ONNX: the layout of images at inputs and outputs.")
@click.option(
    "--depfile", metavar="FILE", type=click.Path(path_type=Path), help="Writes a Make rule of all files read."
)
@click.option("--explain-weights", is_flag=True, help="Says on stderr which tensor went where, and why.")
@reporting
def command(  # noqa: PLR0913, PLR0917  # a command's parameters are its options
    console: Console,
    selection: options.Selection,
    target: str | None,
    output: Path | None,
    depfile: Path | None,
    explain_weights: bool,
    **backend_options: Any,
) -> None:
    """Compile a model of MODEL.mnet to TFLite or ONNX.

    Nothing is written where the output already holds the same bytes: with Ninja say `restat = 1`, in a Make rule
    `touch $@` after the command.
    Without --weights the parameters come from a seeded initialiser, and a notice says so.
    Exit code 1, with nothing written, where the model breaks a `require` of its own.
    """
    given = {name: value for name, value in backend_options.items() if value is not None}
    chosen = backend(target or driver.target_of(output), **given)
    network = _explained(console, selection) if explain_weights else selection.load(console)
    if network.initialised:
        console.notice(f"notice: no weights given; parameters are initialised from seed {selection.seed}")
    for note in network.binding.notes if network.binding else ():
        console.notice(f"notice: {note}")
    size = sum(parameter.data.nbytes for parameter in network.graph.parameters.values())
    try:
        with console.progress("writing", size) as progress:
            artifact = driver.write(network, chosen, output, progress)
    except UnmetError as failure:
        console.fail(failure.diagnostics, FINDINGS)
    if artifact.warnings:
        console.diagnostics(artifact.warnings)
    if depfile:
        _write_depfile(depfile, artifact, network.files)
    console.result(_summary(artifact), lambda: _values(network, artifact))


def _explained(console: Console, selection: options.Selection) -> driver.Network:
    """The network, having said which tensor went where, also if others find no place."""
    from ..compiler.weights import MisfitError  # noqa: PLC0415  # most runs explain nothing

    try:
        network = selection.load(console)
    except MisfitError as failure:
        console.notice(failure.report.explain().rstrip())
        raise
    if network.binding:
        console.notice(network.binding.explain().rstrip())
    return network


def _write_depfile(path: Path, artifact: driver.Artifact, read: Sequence[Path]) -> None:
    """A Make rule, as compilers write it: what was written depends on what was read.

    Each prerequisite also has an empty rule, so that Make does not stop where one has been renamed or removed.
    """
    targets, prerequisites = (" ".join(map(_escape, paths)) for paths in (artifact.files, read))
    empty = "".join(f"{_escape(path)}:\n" for path in read)
    rule = os.fsencode(f"{targets}: {prerequisites}\n{empty}")
    write_atomically(path, lambda file: file.write(rule), (*artifact.files, *read))


def _escape(path: Path) -> str:
    """What Make would take apart, quoted for it."""
    return str(path).replace("$", "$$").replace("#", "\\#").replace(" ", "\\ ")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _summary(artifact: driver.Artifact) -> str:
    size = sum(path.stat().st_size for path in artifact.files)
    return f"{artifact.path}: {size:,} bytes" + ("" if artifact.changed else ", unchanged")


def _point_values(network: driver.Network) -> dict[str, Any] | None:
    if network.point is None:
        return None
    from ..compiler.space.pointfile import point_values  # noqa: PLC0415  # most models are no spaces

    return point_values(network.point)


def _values(network: driver.Network, artifact: driver.Artifact) -> dict[str, Any]:
    from ..dsl.render import to_json  # noqa: PLC0415  # only programs ask for values

    return {
        "model": network.graph.name,
        "point": _point_values(network),
        "target": artifact.target,
        "artifact": str(artifact.path),
        "files": [
            {"path": str(path), "bytes": path.stat().st_size, "sha256": _sha256(path)} for path in artifact.files
        ],
        "changed": artifact.changed,
        "initialised": network.initialised,
        "weights": network.binding.as_json() if network.binding else None,
        "diagnostics": to_json(artifact.warnings)["diagnostics"],
    }
