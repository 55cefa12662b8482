"""The cheapest and the dearest point of a space.

Where the layers behind every option can be counted, the extreme is exact: costs add up along the ways of the diagram
and dynamic programming finds the best. Where they are too many, one decision after the other is improved until none
can be (coordinate descent); what that finds is a point of the space, and so a bound of the extreme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..choices import Continuous, Decision
from ..cost import Counts
from ..elaborate.choices import key_of
from .diagram import Diagram, Edge, Node, TooLargeError
from .point import Point
from .walk import Way, find_way

if TYPE_CHECKING:
    from .space import Space

LAYERS = 20_000
"""Options behind which layers may be counted for an exact extreme: some ten seconds of work."""

SWEEPS = 8
"""How often all decisions are improved at most."""

Progress = Callable[[int], object]
"""Is told how many more options have been drawn."""

METRICS: Mapping[str, Callable[[Counts], int]] = {
    "params": lambda counts: counts.learned,
    "macs": lambda counts: counts.macs,
}
"""What is measured: of each part of a model, to be added up."""


class Extreme(NamedTuple):
    """A point and its value; whether no point of the space has a better one, or that is not known."""

    point: Point
    value: int
    exact: bool


def extreme(space: Space, metric: str, *, least: bool, progress: Progress) -> Extreme:
    """The point with the least or the most of a metric, of a space that is not empty.

    Raises DiagnosticError where a point that is looked at does not elaborate, ValueError for other metrics.
    """
    if metric not in METRICS:
        raise ValueError(f"`{metric}` is not one of {', '.join(METRICS)}")
    measure = Measure(metric, -1 if least else 1)
    try:
        space.costs.draw(LAYERS, progress)
    except TooLargeError:
        return _improved(space, measure)
    return _best(space, measure)


class Measure(NamedTuple):
    """What is to be large: a metric, or with the sign -1 its negative."""

    metric: str
    sign: int

    def of_edge(self, edge: Edge) -> int:
        """What the layers of one option add."""
        return self.of(edge.counts)

    def of(self, counts: Counts) -> int:
        """The signed sum."""
        return self.sign * METRICS[self.metric](counts)


def _best(space: Space, measure: Measure) -> Extreme:
    """Dynamic programming over the diagram of the layers, from its end."""
    diagram = space.costs

    def better(_: Node, edges: list[tuple[Edge, int | None] | None]) -> int | None:
        values = [measure.of_edge(edge) + rest for edge, rest in filter(None, edges) if rest is not None]
        return max(values, default=None)

    best: dict[Node, int | None] = diagram.fold(0, better)
    assert diagram.root is not None
    rest = best[diagram.root.node]
    assert rest is not None, "some way leads to the end"
    point = space.point_of(_follow(diagram, measure, best))
    return Extreme(point, measure.sign * (measure.of_edge(diagram.root) + rest), exact=True)


def _follow(diagram: Diagram, measure: Measure, best: dict[Node, int | None]) -> Way:
    """The way of the best options; of equal ones the first."""
    edge = diagram.root
    decided: list[tuple[Decision, int]] = []
    carried: list[Continuous] = []
    while edge is not None:
        carried += edge.carried
        node = edge.node
        if node.decision is None:
            break
        index, edge = _first_best(diagram, node, measure, best)
        decided.append((node.decision, index))
    return Way(tuple(decided), tuple(carried))


def _first_best(diagram: Diagram, node: Node, measure: Measure, best: dict[Node, int | None]) -> tuple[int, Edge]:
    for index in range(len(node.edges)):
        edge = diagram.edge(node, index)
        if edge is not None and (rest := best[edge.node]) is not None and measure.of_edge(edge) + rest == best[node]:
            return index, edge
    raise AssertionError("the best value of a node is that of one of its options")


def _improved(space: Space, measure: Measure) -> Extreme:
    """Coordinate descent from the first point."""
    point = next(space.points())
    value = measure.of(space.cost(point))
    for _ in range(SWEEPS):
        before = value
        for path in tuple(point.choices):
            for other in _variants(space, point, path):
                if (found := measure.of(space.cost(other))) > value:
                    point, value = other, found
        if value == before:
            break
    return Extreme(point, measure.sign * value, exact=False)


def _variants(space: Space, point: Point, path: str) -> Iterator[Point]:
    """The point with each other option of one decision, as far as the rest goes with it."""
    told = {p: key_of(option) for p, option in point.choices.items()}
    for decision in space.decisions_at(path):
        for option in decision.options:
            wanted = {**told, path: key_of(option)}

            def prefer(met: Decision, wanted: dict[str, object] = wanted) -> list[int]:
                keys = [key_of(name) for name in met.options]
                return [keys.index(wanted[met.path])] if wanted.get(met.path) in keys else list(range(len(keys)))

            way = find_way(space.diagram, prefer) if path in told and wanted != told else None
            if way is not None:
                yield space.point_of(way)
