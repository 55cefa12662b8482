"""`mnet opt`: passes on IR text, or on the IR of a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..backends.files import write_atomically
from ..compiler.ir import Graph
from ..compiler.irtext import parse_graph, print_graph
from ..dsl.reading import read_text
from ..dsl.source import Source
from ..passes.base import Remark
from ..passes.options import SOURCE
from ..passes.pipeline import PASSES, STANDARD, PipelineResult, Step, parse_pipeline, run_pipeline
from . import options
from .console import Console, reporting

_IR = ".ir"
_LARGEST_IR = 1 << 30


@click.command(name="opt", epilog=f"Passes: {', '.join(PASSES)}.")
@options.source
@click.option(
    "-p",
    "--passes",
    default=",".join(STANDARD),
    metavar="PIPELINE",
    help="Names of passes in order, with options in braces; an empty text runs none. Default: the standard pipeline.",
)
@click.option("-o", "--output", metavar="OUT", type=click.Path(path_type=Path), help="The file to write, not stdout.")
@click.option(
    "--remarks", is_flag=True, help="Says on stderr what each pass did, and why it did not where it nearly did."
)
@reporting
def command(
    console: Console,
    selection: options.Selection,
    passes: str,
    output: Path | None,
    remarks: bool,
) -> None:
    """Run passes on IR text (FILE.ir) or on the elaborated MODEL.mnet, and print the IR that they leave.

    The graph is verified before the first pass and after each one.
    """
    pipeline = parse_pipeline(console.sources.add(Source(SOURCE, passes)).text)
    result = run_pipeline(_graph(console, selection), pipeline, verify_each=True)
    text = print_graph(result.graph)
    if remarks:
        console.notice("\n".join(_remarks(result)))
    if output:
        write_atomically(output, lambda file: file.write(text.encode()), [selection.program])
    shown = "" if output else text.rstrip("\n")
    console.result(shown, lambda: {"ir": text, "steps": [_step(step) for step in result.steps]})


def _graph(console: Console, selection: options.Selection) -> Graph:
    path = selection.program
    if path.suffix != _IR:
        return selection.load(console).graph
    source = read_text(path, str(path), _LARGEST_IR, console.sources)
    return parse_graph(source.text, source.name)


def _remarks(result: PipelineResult) -> Iterator[str]:
    for step in result.steps:
        yield f"{step.name}: {len(step.changes)} changes, {len(step.misses)} near misses"
        yield from (f"  did: {_remark(remark)}" for remark in step.changes)
        yield from (f"  did not: {_remark(remark)}" for remark in step.misses)


def _remark(remark: Remark) -> str:
    place = f"{remark.span}: " if remark.span else ""
    return f"{place}{remark.path}: {remark.text}"


def _step(step: Step) -> dict[str, Any]:
    return {
        "pass": step.name,
        "changes": [_remark_values(remark) for remark in step.changes],
        "misses": [_remark_values(remark) for remark in step.misses],
    }


def _remark_values(remark: Remark) -> dict[str, Any]:
    return {**asdict(remark), "span": str(remark.span) if remark.span else None}
