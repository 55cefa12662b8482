"""`mnet check`: every error of a program, without compiling it."""

from __future__ import annotations

from collections.abc import Container

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
    unchecked = {} if selection.model else _without_values(checked.main, selection.parameters)
    complete = [model.name.name for model in _models(checked.main) if model.name.name not in unchecked]
    names = [selection.model] if selection.model else complete
    found: list[Diagnostic] = []
    for name in names:
        try:
            elaborate(checked, name, selection.parameters)
        except DiagnosticError as failure:
            found.extend(d for d in failure.diagnostics if d not in found)
    if found:
        console.fail(found, FINDINGS)
    for name, missing in unchecked.items():
        values = " ".join(f"--set {parameter}=..." for parameter in missing)
        console.notice(f"notice: the shapes of {name} were not checked; say `--model {name} {values}`")
    console.result(
        f"{selection.program}: no errors ({', '.join(names) or 'no model was elaborated'})",
        lambda: {"diagnostics": [], "models": names, "unchecked": list(unchecked)},
    )


def _models(module: Module) -> list[Model]:
    return [item for item in module.items if isinstance(item, Model)]


def _without_values(module: Module, given: Container[str]) -> dict[str, list[str]]:
    """The models that can't be elaborated as they stand, and which parameters they lack."""
    missing = {
        model.name.name: [p.name.name for p in model.parameters if p.default is None and p.name.name not in given]
        for model in _models(module)
    }
    return {name: parameters for name, parameters in missing.items() if parameters}
