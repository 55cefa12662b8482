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
from ..codes import BAD_OUTPUT, NO_SUCH_MODEL, OUT_OF_MEMORY, SETTING
from ..ir import Graph
from ..limits import Limits
from ..ops import OPERATORS
from . import annotated, calls, choices, claims, expressions, statements  # noqa: F401  # they register themselves
from .errors import EndOfRunError, PlacedError
from .layers import complete
from .modules import main_scope
from .place import Place
from .reach import annotate
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
    chosen = model_of(program.main, model)
    run = Run(OPERATORS, limits, program.own_files, decider)
    try:
        with room_for(limits.nesting), suppress(EndOfRunError):  # what ended the run is among its findings
            _build(program, chosen, arguments or {}, run)
    except MemoryError:
        message = f"there is not enough memory to elaborate `{chosen.name.name}`"
        raise DiagnosticError(error(OUT_OF_MEMORY, message, chosen.name.span)) from None
    if run.findings:
        raise DiagnosticError(run.findings)
    graph = run.builder.graph(chosen.name.name, chosen.doc)
    graph, found = annotate(graph, run.builder.patterns, limits, has_choices=bool(run.decided))
    if found:
        raise DiagnosticError(found[: limits.errors])
    return graph


def model_of(module: tree.Module, name: str | None) -> tree.Model:
    """The model of that name, or the only one. Raises DiagnosticError."""
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
    frame = Frame(run, Scope(main_scope(program, run), outermost=True), Place(lambda: ("", "")))
    try:
        open_model(frame, model, arguments)
        execute(frame, model.body)
    except PlacedError as failure:
        run.record(failure.diagnostic)
    if not run.builder.outputs and not run.findings:
        run.findings.append(error(BAD_OUTPUT, f"model `{model.name.name}` has no output", model.name.span))


def open_model(frame: Frame, model: tree.Model, arguments: Mapping[str, object]) -> None:
    """Give the parameters of the model their values, in its scope. Raises DiagnosticError and PlacedError."""
    values = settings(frame, model, arguments)
    _need_all(model, values)
    visit(frame, model.name, _complete, model, values)


def _complete(frame: Frame, _name: tree.Identifier, model: tree.Model, values: Mapping[str, object]) -> None:
    complete(frame, signature_of(model).parameters, values)


def _need_all(model: tree.Model, values: Mapping[str, object]) -> None:
    missing = [p for p in signature_of(model).parameters if p.required and p.name not in values]
    if missing:
        names = ", ".join(f"`{parameter.name}: {parameter.type}`" for parameter in missing)
        message = f"model `{model.name.name}` needs a value for {names}"
        raise DiagnosticError(error(SETTING, message, model.name.span, hint=f"set it: `{missing[0].name}=...`"))


@contextmanager
def room_for(nesting: int) -> Iterator[None]:
    """Inside, calls may nest as deep as expressions: Python's own limit must not be met before ours."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + nesting * FRAMES_PER_LEVEL)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
