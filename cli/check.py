"""`mnet check`: every error of a program, without compiling it."""

from __future__ import annotations

import click

from .. import driver
from ..compiler.elaborate import elaborate
from ..dsl.diagnostics import Diagnostic, DiagnosticError
from ..dsl.tree import Model, Module
from . import options
from .console import FINDINGS, WRONG_INPUT, Console, reporting


@click.command(name="check")
@options.source
@reporting
def command(console: Console, selection: options.Selection) -> None:
    """Find every error in MODEL.mnet: syntax, names, types, then shapes.

    Shapes are checked in the model that --model names; without it, in each model of the file whose
    parameters all have defaults. Exit code 1 where anything was found, 2 where the file can't be read.
    """
    try:
        checked = driver.read(selection.program, selection.roots, console.sources)
    except DiagnosticError as failure:
        console.fail(failure.diagnostics, FINDINGS if console.sources.get(str(selection.program)) else WRONG_INPUT)
    names = [selection.model] if selection.model else _models(checked.main)
    found: list[Diagnostic] = []
    for name in names:
        try:
            elaborate(checked, name, selection.parameters)
        except DiagnosticError as failure:
            found.extend(d for d in failure.diagnostics if d not in found)
    if found:
        console.fail(found, FINDINGS)
    checks = f"{selection.program}: no errors" + (f" ({', '.join(names)})" if names else "")
    console.result(checks, lambda: {"diagnostics": [], "models": names})


def _models(module: Module) -> list[str]:
    """The models that can be elaborated as they stand."""
    return [
        item.name.name
        for item in module.items
        if isinstance(item, Model) and all(parameter.default for parameter in item.parameters)
    ]
