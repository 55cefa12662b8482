"""Finding what a name stands for, and saying what may have been meant where it stands for nothing."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from .. import codes, foreign, library
from ..diagnostics import Label
from ..library import SUFFIX
from ..source import Span
from ..suggest import did_you_mean
from ..tree import Assign, Choice, For, If, Name, Repeat, Statement
from ..types import INTERVAL, Type
from .frame import Bound, Frame, Place
from .report import replacement
from .scope import FILE, Kind, Symbol
from .walk import statements_of

_LITERALS = ("true", "false")
_AROUND = {For: "`for`", Repeat: "`repeat`", If: "`if`"}
_STD_ITEM = re.compile(r"^(?:block|fn) +([A-Za-z_]\w*)", re.MULTILINE)


def type_of_name(frame: Frame, node: Name) -> Type:
    """The type of what the name stands for; `any` where that is nothing, or nothing with a value."""
    symbol = frame.scope.find(node.name)
    if symbol is None:
        return _unknown(frame, node)
    if symbol.kind is Kind.MODEL:
        return frame.report.error(
            codes.MODEL_AS_VALUE,
            f"`{node.name}` is a model and can't be called or used as a value",
            node.span,
            "a model is compiled as a whole",
            hint="put what both need into a block",
        )
    if symbol.type is INTERVAL:
        return _refuse_carried(frame, node, symbol)
    if frame.body.place is Place.FUNCTION and FILE < symbol.depth < frame.body.depth:
        symbol.fixed = True  # the function was checked with this type
    return symbol.type


def _refuse_carried(frame: Frame, node: Name, symbol: Symbol) -> Type:
    return frame.report.error(
        codes.CARRIED_VALUE,
        f"`{node.name}` is carried for training, and nothing in a program can read it",
        node.span,
        "read here",
        others=(Label(symbol.span, "chosen from an interval"),) if symbol.span else (),
        hint=f"what a model is made from is one of several options: `choice {node.name} in {{ ... }}`",
    )


def _unknown(frame: Frame, node: Name) -> Type:
    """Report a name that stands for nothing, once in its scope."""
    frame.scope.poison(node.name)
    batch = frame.body.batch
    if batch is not None and batch.name == node.name:
        return _batch_as_value(frame, node, batch.span)
    if frame.body.place is Place.FUNCTION and node.name == frame.body.name:
        message = f"`{node.name}` is defined in terms of itself"
        return frame.report.error(codes.RECURSION, message, node.span, "inside its own definition")
    assigned = bound_in_body(frame, node.name)
    return _unheard_of(frame, node) if assigned is None else _assigned_elsewhere(frame, node, assigned)


def bound_in_body(frame: Frame, name: str) -> Bound | None:
    """Where a name that is not known here is bound in the definition, before or after."""
    if frame.body.bound is None:
        frame.body.bound = _bindings(frame.body.statements)
    return frame.body.bound.get(name)


def _batch_as_value(frame: Frame, node: Name, span: Span) -> Type:
    return frame.report.error(
        codes.UNKNOWN_NAME,
        f"`{node.name}` is the symbolic batch and has no value",
        node.span,
        "used as a value",
        others=(Label(span, "the batch stays open here"),),
        hint=f"shapes leave the batch out; a known one is a parameter of the model, `{node.name}: int = 1`",
    )


def _assigned_elsewhere(frame: Frame, node: Name, bound: Bound) -> Type:
    span, inside = bound.span, bound.inside
    if (span.line, span.column) > (node.span.line, node.span.column) or not inside:
        return frame.report.error(
            codes.USED_BEFORE_ASSIGNED,
            f"`{node.name}` is used before it has a value",
            node.span,
            "used here",
            others=(Label(span, "gets its value only here"),),
        )
    return frame.report.error(
        codes.LOCAL_TO_BODY,
        f"`{node.name}` is known only inside the {inside} that {'makes' if bound.is_choice else 'assigns'} it",
        node.span,
        "not known here",
        others=(Label(span, f"{'made' if bound.is_choice else 'assigned'} inside the {inside}"),),
        hint=_outside_hint(node.name, bound),
    )


def _outside_hint(name: str, bound: Bound) -> str:
    inside = bound.inside
    if bound.is_choice:
        return f"put the choice before the {inside}, or what it decides inside"
    hint = f"give `{name}` a value before the {inside}"
    return hint + f", or write `{name} = if ... {{ ... }} else {{ ... }}`" if inside == "`if`" else hint


def _unheard_of(frame: Frame, node: Name) -> Type:
    modules = {**_std_items(), **frame.report.importable}
    meant = foreign.name(node.name)
    likely = None
    if node.name in modules:
        hint: str | None = f"`import {modules[node.name]} {{ {node.name} }}` brings it"
    elif meant:
        likely = foreign.pick(meant, {*frame.scope.visible(), *_LITERALS})
        hint = meant.advice or did_you_mean(likely) or _brought(foreign.pick(meant, modules), modules)
    else:
        likely = frame.report.suggest(node.name, frame.scope.visible())
        hint = did_you_mean(likely) or _brought(frame.report.suggest(node.name, modules), modules)
    return frame.report.error(
        codes.UNKNOWN_NAME,
        f"unknown name `{node.name}`",
        node.span,
        "not found here",
        hint=hint,
        fix=replacement(node.span, likely),
    )


def _brought(likely: str | None, modules: Mapping[str, str]) -> str | None:
    return f"did you mean `{likely}`, which `import {modules[likely]} {{ {likely} }}` brings?" if likely else None


@functools.cache
def _std_items() -> Mapping[str, str]:
    """What the standard library declares, with its module. Read only when a name is missing."""
    return {
        item: f"{library.STD}.{file.stem}"
        for file in sorted(library.STD_FOLDER.glob(f"*{SUFFIX}"))
        for item in _STD_ITEM.findall(file.read_text(encoding="utf-8"))
    }


def _bindings(statements: tuple[Statement, ...]) -> Mapping[str, Bound]:
    """Where each name of a definition is first bound."""
    found: dict[str, Bound] = {}
    pending = [(statement, "") for statement in reversed(statements)]
    while pending:
        statement, inside = pending.pop()
        for name, span in _bound_by(statement):
            around = "`for`" if isinstance(statement, For) else inside
            found.setdefault(name, Bound(span, around, isinstance(statement, Choice)))
        pending += [(inner, inside_now) for inner, inside_now in reversed(list(_inner(statement, inside)))]
    return found


def _inner(statement: Statement, outside: str) -> Iterator[tuple[Statement, str]]:
    around = _AROUND.get(type(statement), outside)
    yield from ((inner, around) for inner in statements_of(statement))


def _bound_by(statement: Statement) -> Iterator[tuple[str, Span]]:
    if isinstance(statement, Assign | For):
        yield from ((name.name, name.span) for name in statement.pattern.identifiers)
    if isinstance(statement, Choice):
        yield statement.name.name, statement.name.span
