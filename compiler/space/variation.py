"""Points made of other points: what local and evolutionary searches are made of (Real et al. 2019)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import TypeVar

from ..choices import Continuous, Decision, OptionName
from .options import index_of
from .point import Point
from .space import Space
from .walk import Prefer, Way, find_way

T = TypeVar("T")


def neighbours(space: Space, point: Point) -> Iterator[Point]:
    """Every point that differs in one decision, in the order of the text and of the options.

    What the new option opens takes the first options that can be completed, what it closes is dropped. There is no
    neighbour where the rest of the point does not go with the new option. Raises DiagnosticError for what is no point
    of the space.
    """
    space.check(point)
    for path, options in _others(space, point):
        for option in options:
            way = find_way(space.diagram, _keeping({**point.choices, path: option}, _in_order))
            if way is not None:
                yield _point(point.model, way, _carrying(point.carried, lambda met: met.low))


def mutate(space: Space, point: Point, rng: Random) -> Point:
    """A neighbour: a decision is drawn, then another option for it, then whatever that opens.

    The point itself where it has no neighbour. Raises DiagnosticError for what is no point of the space.
    """
    space.check(point)
    for path, options in _shuffled(rng, _others(space, point)):
        for option in _shuffled(rng, options):
            prefer = _keeping({**point.choices, path: option}, lambda met: _shuffled(rng, range(len(met.options))))
            way = find_way(space.diagram, prefer)
            if way is not None:
                return _point(point.model, way, _carrying(point.carried, lambda met: met.at(rng.random())))
    return point


def crossover(space: Space, first: Point, second: Point, rng: Random) -> Point:
    """A child that has each option from one of its parents, drawn evenly.

    It is repaired by drawn options where no parent decides, and where those of the parents exclude each other. Raises
    DiagnosticError for what is no point of the space.
    """
    space.check(first)
    space.check(second)

    def inherit(decision: Decision) -> list[int]:
        told = [parent.choices[decision.path] for parent in (first, second) if decision.path in parent.choices]
        inherited = {index for option in told if (index := index_of(decision.options, option)) is not None}
        rest = set(range(len(decision.options))) - inherited
        return _shuffled(rng, sorted(inherited)) + _shuffled(rng, sorted(rest))

    def carry(continuous: Continuous) -> float:
        told = [parent.carried[continuous.path] for parent in (first, second) if continuous.path in parent.carried]
        return rng.choice(told) if told else continuous.at(rng.random())

    way = find_way(space.diagram, inherit)
    assert way is not None, "the parents are points of the space"
    return _point(first.model, way, carry)


def _others(space: Space, point: Point) -> Iterator[tuple[str, list[OptionName]]]:
    """Each decision that is open at a point, and the options that it does not take."""
    for decision in space.decisions:
        if decision.path in point.choices:
            taken = index_of(decision.options, point.choices[decision.path])
            yield decision.path, [option for index, option in enumerate(decision.options) if index != taken]


def _keeping(choices: Mapping[str, OptionName], free: Prefer) -> Prefer:
    """Takes what is chosen and nothing else, where anything is."""

    def prefer(decision: Decision) -> Iterable[int]:
        if decision.path not in choices:
            return free(decision)
        index = index_of(decision.options, choices[decision.path])
        return () if index is None else (index,)

    return prefer


def _in_order(decision: Decision) -> range:
    return range(len(decision.options))


def _carrying(values: Mapping[str, float], fill: Callable[[Continuous], float]) -> Callable[[Continuous], float]:
    return lambda met: values[met.path] if met.path in values else fill(met)


def _point(model: str, way: Way, carry: Callable[[Continuous], float]) -> Point:
    return Point(model, way.choices, {continuous.path: carry(continuous) for continuous in way.carried})


def _shuffled(rng: Random, items: Iterable[T]) -> list[T]:
    shuffled = list(items)
    rng.shuffle(shuffled)
    return shuffled
