"""Binding names: what an assignment or a loop takes apart, and which names may be bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .. import codes
from ..assignable import is_callable, join
from ..diagnostics import Label
from ..source import Span
from ..tree import Identifier, Pattern, Repeat
from ..types import ANY, BOOL, INT, TENSOR, ListOf, OneOf, TupleOf, Type, Words
from .frame import Frame
from .mismatch import mismatch_hint
from .scope import FILE, Kind, Symbol

Bind = Callable[[Frame, Identifier, Type], None]

_UNASSIGNABLE = {
    Kind.FUNCTION: None,
    Kind.CHOICE: "give what is computed from it a name of its own",
    Kind.TURN: "`repeat` binds `index` and `first` in its body; give the value another name",
}


def bind_pattern(frame: Frame, pattern: Pattern, type_: Type, bind: Bind) -> None:
    """Give each name of the pattern its part of a value of type `type_`."""
    parts = _parts(frame, pattern, type_) if pattern.takes_apart else [type_]
    for part, part_type in zip(pattern.names, parts, strict=True):
        if isinstance(part, Pattern):
            bind_pattern(frame, part, part_type, bind)
        else:
            bind(frame, part, part_type)


def _parts(frame: Frame, pattern: Pattern, type_: Type) -> list[Type]:
    count = len(pattern.names)
    match type_:
        case ListOf(element):
            return [element] * count
        case TupleOf(elements) if len(elements) == count:
            return list(elements)
        case _ if type_ is ANY:
            return [ANY] * count
    if isinstance(type_, TupleOf):
        message = f"{count} names can't take a tuple of {len(type_.elements)} apart"
    else:
        message = f"`{type_}` can't be taken apart into {count} names"
    hint = "`split` and `slice` give parts of a tensor" if type_ is TENSOR else None
    label = f"the value is `{type_}`"
    frame.report.error(codes.TAKE_APART, message, pattern.span, label, hint=hint)
    return [ANY] * count


def declare(frame: Frame, name: Identifier, kind: Kind, type_: Type, fixed: bool = True) -> None:
    """Declare a name in the innermost scope, unless it would hide another."""
    other = frame.scope.find(name.name)
    if other is not None and other.depth >= FILE and other.span is not None:
        _refuse_declaration(frame, name, kind, other)
    frame.scope.add(name.name, kind, type_, name.span, fixed)


def _refuse_declaration(frame: Frame, name: Identifier, kind: Kind, other: Symbol) -> None:
    if other.span is None:
        return
    others = (Label(other.span, f"the {other.kind.value}"),)
    if other.depth == frame.scope.depth:
        message = f"`{name.name}` is declared twice"
        frame.report.error(codes.DECLARED_TWICE, message, name.span, "declared again", others=others)
        return
    message = f"the {kind.value} `{name.name}` hides the {other.kind.value} `{name.name}`"
    hint = "choose another name; only operators and builtins may be hidden"
    frame.report.error(codes.HIDES_NAME, message, name.span, "hides it", others=others, hint=hint)


def declare_loop_variable(frame: Frame, name: Identifier, type_: Type) -> None:
    """Bind a name of a loop's pattern; it is new in each turn."""
    declare(frame, name, Kind.LOOP, type_)


def declare_turn(frame: Frame, node: Repeat) -> None:
    """Bind what a `repeat` tells its body: `index` and `first`. Inner ones take the place of outer ones."""
    word = replace(node.span, end_line=node.span.line, end_column=node.span.column + len("repeat"))
    for name, type_ in (("index", INT), ("first", BOOL)):
        other = frame.scope.find(name)
        if other is not None and other.depth >= FILE and other.kind is not Kind.TURN:
            _refuse_turn(frame, Identifier(name, word), other)
        frame.scope.add(name, Kind.TURN, type_, word, fixed=True)


def _refuse_turn(frame: Frame, name: Identifier, other: Symbol) -> None:
    if other.span is None:
        return
    others = (Label(other.span, f"the {other.kind.value}"),)
    message = f"`repeat` binds `{name.name}`, and would hide the {other.kind.value} `{name.name}`"
    hint = f"give the {other.kind.value} another name"
    frame.report.error(codes.HIDES_NAME, message, name.span, "hides it", others=others, hint=hint)


def assign(frame: Frame, name: Identifier, type_: Type) -> None:
    """Give a variable a value: a new one, or the one of this name around here."""
    symbol = frame.scope.find(name.name)
    if symbol is None or symbol.depth < FILE:
        first = frame.body.refined.get(name.span, type_)
        frame.scope.add(name.name, Kind.VARIABLE, first, name.span)
    elif symbol.depth == FILE:
        _refuse_declaration(frame, name, Kind.VARIABLE, symbol)
        frame.scope.add(name.name, Kind.VARIABLE, type_, name.span)
    elif symbol.kind in _UNASSIGNABLE:
        _refuse_assignment(frame, name, symbol)
    else:
        _reassign(frame, name, symbol, type_)


def _refuse_assignment(frame: Frame, name: Identifier, symbol: Symbol) -> None:
    others = (Label(symbol.span, f"the {symbol.kind.value}"),) if symbol.span else ()
    message = f"`{name.name}` is a {symbol.kind.value} and can't be assigned"
    hint = _UNASSIGNABLE[symbol.kind]
    frame.report.error(codes.NOT_ASSIGNABLE, message, name.span, "assigned here", others=others, hint=hint)


def _reassign(frame: Frame, name: Identifier, symbol: Symbol, type_: Type) -> None:
    both = join(symbol.type, type_)
    if both is None or not _refines(symbol.type, both, symbol.fixed):
        _refuse_change(frame, name, symbol, type_)
    elif both != symbol.type:
        _refine(frame, symbol, both)


def _refine(frame: Frame, symbol: Symbol, type_: Type) -> None:
    """The type became more exact. A loop around may have used the old one: it must be looked at again."""
    symbol.type = type_
    if symbol.span is None:
        return
    frame.body.refined[symbol.span] = type_
    frame.body.shallowest = min(symbol.depth, frame.body.shallowest or symbol.depth)


def _refines(old: Type, new: Type, fixed: bool) -> bool:
    """Whether `new`, the join of `old` with another type, is the same type seen more exactly.

    The items of an empty list become known, a word becomes one of several, a certain block any block;
    but an int does not become a float.
    """
    if old == new or old is ANY:
        return True
    if fixed:
        return False
    match old, new:
        case ListOf(a), ListOf(b):
            return _refines(a, b, fixed)
        case TupleOf(a), TupleOf(b):
            return all(_refines(x, y, fixed) for x, y in zip(a, b, strict=True))
        case _:
            return not isinstance(new, OneOf) and (isinstance(old, Words) or is_callable(old))


def _refuse_change(frame: Frame, name: Identifier, symbol: Symbol, type_: Type) -> None:
    others = (Label(symbol.span, f"`{symbol.type}` since here"),) if symbol.span else ()
    frame.report.error(
        codes.TYPE_CHANGES,
        f"`{name.name}` is `{symbol.type}` and can't become `{type_}`",
        name.span,
        f"the value is `{type_}`",
        others=others,
        hint=mismatch_hint(type_, symbol.type, frame.report),
    )


def take_label(frame: Frame, label: Identifier) -> None:
    """Take an explicit label in its scope of paths."""
    first: Span | None = frame.paths.take("label", label.name, label.span)
    if first is None:
        return
    frame.report.error(
        codes.LABEL_TWICE,
        f"the label `{label.name}` is given twice in one scope",
        label.span,
        "given again",
        others=(Label(first, "given here first"),),
        hint="weights are found by their labels: each needs its own",
    )
