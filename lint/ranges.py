"""What the points of a space cost: the least and the most of all, and of those that take an option."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..dsl.diagnostics import DiagnosticError
from ..dsl.record import record
from .spaces import Searched, Taken, options_of

if TYPE_CHECKING:
    from ..compiler.cost import Counts
    from ..compiler.space.diagram import Diagram, Edge, Node

    Measure = Callable[[Counts], int]

MOST_LAYERS = 2_000
"""Options behind which layers are counted; what larger spaces cost is not looked at."""

Range = tuple[int, int]
"""The least and the most."""


@record
class Ranges:
    """Of all points, and of those that take an option."""

    whole: Range
    options: Mapping[Taken, Range]


def ranges(searched: Searched, metric: str) -> Ranges | None:
    """What points cost in a metric that adds up; None for others, and where that can't be counted or is too much."""
    from ..compiler.space.diagram import TooLargeError  # noqa: PLC0415  # most files have no space
    from ..compiler.space.extremes import METRICS  # noqa: PLC0415  # as above

    measure = METRICS.get(metric)
    if measure is None or searched.is_empty:
        return None
    try:
        searched.space.costs.draw(MOST_LAYERS)
        return _ranges(searched.space.costs, measure)
    except (TooLargeError, DiagnosticError):  # an option that does not elaborate is for `mnet check` to tell
        return None


def _ranges(diagram: Diagram, measure: Measure) -> Ranges | None:
    """From the end back the ways behind each node, then from the start the ways that lead to it."""

    def behind(_: Node, followed: Sequence[tuple[Edge, Range | None] | None]) -> Range | None:
        return _hull([_plus(_cost(edge, measure), rest) for edge, rest in filter(None, followed) if rest])

    rests: dict[Node, Range | None] = diagram.fold((0, 0), behind)
    root = diagram.root
    rest = rests[root.node] if root else None
    if root is None or rest is None:
        return None
    before: dict[Node, Range] = {root.node: _cost(root, measure)}
    options: dict[Taken, Range] = {}
    for node, taken, edge in options_of(diagram):
        rest_behind = rests[edge.node]
        if rest_behind:
            way = _plus(before[node], _cost(edge, measure))
            before[edge.node] = _wider(before.get(edge.node), way)
            options[taken] = _wider(options.get(taken), _plus(way, rest_behind))
    return Ranges(_plus(before[root.node], rest), options)


def _cost(edge: Edge, measure: Measure) -> Range:
    cost = measure(edge.counts)
    return cost, cost


def _plus(one: Range, other: Range) -> Range:
    return one[0] + other[0], one[1] + other[1]


def _wider(known: Range | None, more: Range) -> Range:
    return more if known is None else (min(known[0], more[0]), max(known[1], more[1]))


def _hull(found: Iterable[Range]) -> Range | None:
    hull: Range | None = None
    for one in found:
        hull = _wider(hull, one)
    return hull
