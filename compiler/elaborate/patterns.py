"""What assignments and loops bind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...dsl import tree
from ..codes import TAKE_APART, WRONG_VALUE
from .errors import EvaluationError
from .place import Loop
from .run import Frame
from .scope import Scope
from .values import POISON, describe

Bind = Callable[[str, Any], None]


def bind(pattern: tree.Pattern, value: Any, to: Bind) -> None:
    """Give each name of a pattern its part of the value: `to(name, part)`. Raises EvaluationError at a mismatch."""
    items = _items(pattern, value) if pattern.takes_apart else (value,)
    for name, item in zip(pattern.names, items, strict=True):
        if isinstance(name, tree.Identifier):
            to(name.name, item)
        else:
            bind(name, item, to)


def names_of(pattern: tree.Pattern) -> Iterator[str]:
    """Every name that the pattern binds, from the left."""
    return (name.name for name in pattern.identifiers)


def _items(pattern: tree.Pattern, value: Any) -> Any:
    wanted = len(pattern.names)
    if value is POISON:
        return [POISON] * wanted
    if not isinstance(value, list | tuple):
        message = f"only lists and tuples can be taken apart, found {describe(value)}"
        raise EvaluationError(WRONG_VALUE, message, span=pattern.span)
    if len(value) != wanted:
        kind = "list" if isinstance(value, list) else "tuple"
        message = f"this {kind} has {len(value)} items, but {wanted} names wait for them"
        raise EvaluationError(TAKE_APART, message, label=f"takes {wanted} items", span=pattern.span)
    return value


def turns(frame: Frame, loop: tree.For | tree.Comprehension, items: Any) -> Iterator[Frame]:
    """A frame for each turn of a loop: its own scope with the loop's variables, its own place."""
    if not isinstance(items, list | tuple):
        raise EvaluationError(WRONG_VALUE, f"a loop needs a list, found {describe(items)}", span=loop.iterable.span)
    frame.run.meter.spend_turns(len(items))
    paths = loop_of(frame, loop)
    for index, item in enumerate(items):
        yield turn(frame, loop, paths, index, item)


def loop_of(frame: Frame, loop: tree.For | tree.Comprehension) -> Loop:
    """The paths of a loop's turns."""
    return Loop(frame.place, *_label(loop))


def turn(frame: Frame, loop: tree.For | tree.Comprehension, paths: Loop, index: int, item: Any) -> Frame:
    """The frame of one turn."""
    scope = Scope(frame.scope)
    bind(loop.pattern, item, scope.declare)
    return Frame(frame.run, scope, paths.turn(index))


def _label(loop: tree.For | tree.Comprehension) -> tuple[str | None, Any, bool]:
    """The label of a loop, where it stands, and whether it was given: by default the only variable's name."""
    if loop.label is not None:
        return loop.label.name, loop.label.span, True
    name = None if loop.pattern.takes_apart else next(names_of(loop.pattern))
    return name, loop.pattern.span, False
