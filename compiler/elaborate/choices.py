"""Choices: the options that a program offers, and the one that the decider of the run takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dsl import tree
from ...dsl.dtypes import DType
from ..choices import Continuous, Decider, Decision, OptionName
from ..codes import EXCLUDED, NO_OPTIONS, OPEN_CHOICE, SHARED_DECISION, WRONG_VALUE
from .arithmetic import truth
from .errors import EvaluationError, FinalError
from .place import Loop
from .run import NOTHING, Frame, evaluate, execute, executes
from .scope import Scope
from .statements import poison
from .values import POISON, Instance, Interval, describe


@executes(tree.Choice, poison)
def choose(frame: Frame, node: tree.Choice) -> Any:
    """Bind the name of a choice to the option that is taken, or carry a value that nothing reads."""
    offered = offer(frame, node)
    if offered is POISON:
        frame.scope.declare(node.name.name, POISON)
    elif isinstance(offered, Interval):
        _carry(frame, node, offered)
    else:
        frame.scope.declare(node.name.name, _decided(frame, node, offered))
    return NOTHING


def offer(frame: Frame, node: tree.Choice) -> Any:
    """The options of a choice by their names, the interval of a continuous one, or poison."""
    if isinstance(node.options, tree.OptionSet):
        values = [evaluate(frame, item) for item in node.options.items]
        written = [item.name if isinstance(item, tree.Name) else None for item in node.options.items]
    else:
        values = evaluate(frame, node.options)
        if isinstance(values, Interval) or values is POISON:
            return values
        if not isinstance(values, list):
            message = f"a choice is made among the items of a list, found {describe(values)}"
            raise EvaluationError(WRONG_VALUE, message, span=node.options.span)
        written = [None] * len(values)
    if POISON in values:
        return POISON
    if not values:
        raise EvaluationError(NO_OPTIONS, f"choice `{node.name.name}` has no options", span=node.options.span)
    return _by_key(values, written)


Options = dict[object, tuple[OptionName, Any]]
"""The name and value of each option, by something that can be looked up."""


def _by_key(values: Sequence[Any], written: Sequence[str | None]) -> Options:
    """Of options with equal names the first counts."""
    options: Options = {}
    for value, word in zip(values, written, strict=True):
        name = _name_of(value) if word is None or _is_plain(value) else word
        options.setdefault(key_of(name), (name, value))
    return options


def key_of(name: OptionName) -> object:
    """Tells `1` from `true` and from `1.0`, which Python holds to be equal."""
    if isinstance(name, list):
        return tuple(map(key_of, name))
    return type(name), name


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | float | str | list | tuple)


def _name_of(value: Any) -> OptionName:
    if isinstance(value, list | tuple):
        return [_name_of(item) for item in value]
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, DType):
        return value.value
    if isinstance(value, Instance):
        return value.label or value.name
    name: str | None = getattr(value, "name", None)
    if name is None:
        raise EvaluationError(WRONG_VALUE, f"{describe(value)} can't be an option")
    return name


def _decided(frame: Frame, node: tree.Choice, options: Options) -> Any:
    """The option taken: the decider's, or of an instance that is called again the same as before."""
    run = frame.run
    path = frame.place.decision(node.name.name, node.name.span)
    if path in run.decided:
        return _same(path, run.decided[path], options)
    decision = Decision(path, tuple(name for name, _ in options.values()), node.name.span)
    keys = list(options)
    key = keys[_decider(run.decider, path).decide(decision)]
    run.decided[path] = key
    return options[key][1]


def _same(path: str, key: object, options: Options) -> Any:
    if key not in options:
        message = f"`{path}` was decided at an earlier call of this layer, and that option is not offered here"
        raise EvaluationError(SHARED_DECISION, message, hint="all calls of an instance share its decisions")
    return options[key][1]


def _carry(frame: Frame, node: tree.Choice, interval: Interval) -> None:
    path = frame.place.decision(node.name.name, node.name.span)
    if path not in frame.run.decided:
        frame.run.decided[path] = None
        continuous = Continuous(path, interval.low, interval.high, interval.log, node.name.span)
        _decider(frame.run.decider, path).carry(continuous)


def _decider(decider: Decider | None, path: str) -> Decider:
    if decider is None:
        message = f"this model is a search space: `{path}` is open"
        hint = "choose a point of it: `--choose FILE`, `--choose PATH=OPTION` or `--sample SEED`"
        raise FinalError(OPEN_CHOICE, message, label="not decided", hint=hint)
    return decider


@executes(tree.Where, poison)
def _where(frame: Frame, node: tree.Where) -> Any:
    condition = evaluate(frame, node.condition)
    if condition is not POISON and not truth(condition, "a condition"):
        raise FinalError(EXCLUDED, "these choices exclude each other", label="this condition is not met")
    return NOTHING


@executes(tree.Repeat, poison)
def _repeat(frame: Frame, node: tree.Repeat) -> Any:
    count = evaluate(frame, node.count)
    if count is POISON:
        return poison(frame, node)
    loop = loop_of_repeat(frame, node)
    for index in range(repetitions(frame, node, count)):
        result = execute(repetition(frame, loop, index), node.body)
        if result is not NOTHING:
            return result
    return NOTHING


def repetitions(frame: Frame, node: tree.Repeat, count: Any) -> int:
    """How often the body is repeated, if that many turns may be had."""
    if type(count) is not int or count < 0:
        message = f"a body is repeated a number of times, found {describe(count)}"
        raise EvaluationError(WRONG_VALUE, message, span=node.count.span)
    frame.run.meter.spend_turns(count)
    return count


def loop_of_repeat(frame: Frame, node: tree.Repeat) -> Loop:
    """The paths of the turns."""
    return Loop(frame.place, node.label.name, node.label.span, labelled=True)


def repetition(frame: Frame, loop: Loop, index: int) -> Frame:
    """A turn of `repeat`: its own scope and place."""
    scope = Scope(frame.scope)
    scope.declare("index", index)
    scope.declare("first", index == 0)
    return Frame(frame.run, scope, loop.turn(index))
