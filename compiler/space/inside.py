"""Branches and loops as the explorer goes into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...dsl import tree
from ..codes import WRONG_VALUE
from ..elaborate.arithmetic import truth
from ..elaborate.choices import loop_of_repeat, repetition, repetitions
from ..elaborate.errors import EndOfRunError, EvaluationError
from ..elaborate.patterns import loop_of, turn
from ..elaborate.place import Loop
from ..elaborate.run import Frame, evaluate, visit
from ..elaborate.scope import Scope
from ..elaborate.values import POISON, describe
from .state import Body, Cursor, State, Turns, key_of_items


def begin_turn(state: State, turns: Turns) -> None:
    """Go into the body of a loop once more, or leave the loop."""
    if turns.index == len(turns.items):
        state.cursors.pop()
        return
    index = turns.index
    turns.index += 1
    frame = visit(turns.frame, turns.node, _turn_of, turns.loop, index, turns.items[index])
    state.cursors.append(Body(turns.node.body, frame))


def _turn_of(frame: Frame, node: tree.For | tree.Repeat, loop: Loop, index: int, item: Any) -> Frame:
    return repetition(frame, loop, index) if isinstance(node, tree.Repeat) else turn(frame, node, loop, index, item)


def _enter_if(frame: Frame, node: tree.If) -> Cursor:
    chosen = node.then if truth(_sound(frame, node.condition), "a condition") else node.otherwise
    return Body(chosen, frame.inside(Scope(frame.scope)))


def _enter_for(frame: Frame, node: tree.For) -> Cursor:
    items = _sound(frame, node.iterable)
    if not isinstance(items, list | tuple):
        raise EvaluationError(WRONG_VALUE, f"a loop needs a list, found {describe(items)}", span=node.iterable.span)
    return Turns(node, items, frame, loop_of(frame, node), key_of_items(items))


def _enter_repeat(frame: Frame, node: tree.Repeat) -> Cursor:
    count = repetitions(frame, node, _sound(frame, node.count))
    return Turns(node, range(count), frame, loop_of_repeat(frame, node), count)


def _sound(frame: Frame, node: tree.Expr) -> Any:
    value = evaluate(frame, node)
    if value is POISON:  # what failed has been recorded
        raise EndOfRunError
    return value


HEADS: Mapping[type, Callable[[Any], tree.Expr]] = {
    tree.If: lambda node: node.condition,
    tree.For: lambda node: node.iterable,
    tree.Repeat: lambda node: node.count,
}
ENTER: Mapping[type, Callable[..., Cursor]] = {tree.If: _enter_if, tree.For: _enter_for, tree.Repeat: _enter_repeat}
