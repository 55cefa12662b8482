"""A checked program -> the graph of one of its models."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from ...dsl import tree
from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.modules import Program
from ...dsl.suggest import hint
from .. import limits as default
from ..choices import Decider
from ..codes import BAD_OUTPUT, NO_SUCH_MODEL, SETTING
from ..ir import Graph
from ..limits import Limits
from ..ops import OPERATORS
from . import calls, choices, claims, expressions, statements  # noqa: F401  # they register how the tree is evaluated
from .errors import EndOfRunError, PlacedError
from .layers import complete
from .modules import main_scope
from .place import Place
from .run import Frame, Run, execute, visit
from .scope import Scope
from .settings import settings
from .signatures import signature_of

FRAMES_PER_LEVEL = 12
"""Python calls that one level of nesting takes at most, with room to spare; tests go there."""


def elaborate(
    program: Program,
    model: str | None = None,
    arguments: Mapping[str, object] | None = None,
    limits: Limits = default.DEFAULT,
    decider: Decider | None = None,
) -> Graph:
    """Build the graph of a model: the only one of the main module, or the one of that name.

    `arguments` set parameters of the model by name; a string is read as an expression of the language,
    but for a parameter that is a string itself. `decider` settles the choices of a model that is a search space.
    Two runs on equal input give equal graphs.
    Raises DiagnosticError with every error found.
    """
    chosen = _choose(program.main, model)
    run = Run(OPERATORS, limits, program.own_files, decider)
    with _room_for(limits.nesting), suppress(EndOfRunError):  # what ended the run is among its findings
        _build(program, chosen, arguments or {}, run)
    if run.findings:
        raise DiagnosticError(run.findings)
    return run.builder.graph(chosen.name.name, chosen.doc)


def _choose(module: tree.Module, name: str | None) -> tree.Model:
    models = {item.name.name: item for item in module.items if isinstance(item, tree.Model)}
    listed = ", ".join(f"`{known}`" for known in models)
    if not models:
        raise DiagnosticError(error(NO_SUCH_MODEL, f"`{module.span.file}` has no model"))
    if name is None and len(models) > 1:
        message = f"`{module.span.file}` has several models: {listed}"
        raise DiagnosticError(error(NO_SUCH_MODEL, message, hint=_choice(next(iter(models)))))
    if name is not None and name not in models:
        message = f"there is no model `{name}` in `{module.span.file}`, which has {listed}"
        raise DiagnosticError(error(NO_SUCH_MODEL, message, hint=hint(name, models)))
    return models[name] if name is not None else next(iter(models.values()))


def _choice(name: str) -> str:
    return f'choose one: `--model {name}` on the command line, `model="{name}"` in Python'


def _build(program: Program, model: tree.Model, arguments: Mapping[str, object], run: Run) -> None:
    outer = main_scope(program, run)
    frame = Frame(run, Scope(outer, outermost=True), Place(lambda: ("", "")))
    values = settings(frame, model, arguments)
    _need_all(model, values)
    try:
        visit(frame, model.name, _body, model, values)
    except PlacedError as failure:
        run.record(failure.diagnostic)
    if not run.builder.outputs and not run.findings:
        run.findings.append(error(BAD_OUTPUT, f"model `{model.name.name}` has no output", model.name.span))


def _body(frame: Frame, _name: tree.Identifier, model: tree.Model, values: Mapping[str, object]) -> None:
    complete(frame, signature_of(model).parameters, values)
    execute(frame, model.body)


def _need_all(model: tree.Model, values: Mapping[str, object]) -> None:
    missing = [p for p in signature_of(model).parameters if p.required and p.name not in values]
    if missing:
        names = ", ".join(f"`{parameter.name}: {parameter.type}`" for parameter in missing)
        message = f"model `{model.name.name}` needs a value for {names}"
        raise DiagnosticError(error(SETTING, message, model.name.span, hint=f"set it: `{missing[0].name}=...`"))


@contextmanager
def _room_for(nesting: int) -> Iterator[None]:
    """Python's own limit of nested calls must not be met before ours."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + nesting * FRAMES_PER_LEVEL)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
