"""A search space as a diagram: each decision a node, each option an edge to what it leads to.

Ways that meet in the same state go on as one, so that the diagram of a space is as large as the sum of its parts where
the space is as large as their product: a decision diagram (Bryant 1986) that is drawn where somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from ..choices import Continuous, Decision, OptionName
from ..cost import Counts
from ..elaborate.choices import key_of
from .explore import Explorer, Stop

T = TypeVar("T")

STEPS = 200
"""Steps of an elaboration that are about as much work as an option without any."""

_UNDECIDED = object()
_PLAIN = (int, str, bool, float)
"""Of these the key is a pair, made here: this is the inner loop of every cost."""


@dataclass(eq=False, slots=True)
class Node:
    """A decision that is to be made, or without one the end. `edges` holds what is `drawn` of its options."""

    decision: Decision | None
    stop: Stop | None
    edges: list[Edge | None] = field(default_factory=list)
    drawn: list[bool] = field(default_factory=list)
    places: dict[object, int] = field(default_factory=dict)

    def index_of(self, choices: Mapping[str, OptionName]) -> int | None:
        """The index of the option that is chosen; None where it is not offered, or nothing is chosen."""
        assert self.decision is not None
        option = choices.get(self.decision.path, _UNDECIDED)
        return self.places.get((option.__class__, option) if option.__class__ in _PLAIN else key_of(option))  # type: ignore[arg-type]  # what is undecided has no place


class Edge(NamedTuple):
    """What follows from an option: the layers up to the next decision, and that."""

    counts: Counts
    carried: tuple[Continuous, ...]
    node: Node


class TooLargeError(Exception):
    """A diagram has more options than may be drawn."""


class Diagram:
    """The diagram of a model. An edge is None where the options taken exclude each other."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._nodes: dict[object, Node] = {}
        self._end = Node(None, None)
        self.drawn = 0
        """Its size: options, those behind which many steps are taken several times."""
        self.root = self._edge(explorer.advance(explorer.start()))

    def edge(self, node: Node, index: int) -> Edge | None:
        """What follows from the option of that index. Raises DiagnosticError where it can't be elaborated."""
        if not node.drawn[index]:
            self._draw(node, index)
        return node.edges[index]

    def _draw(self, node: Node, index: int) -> None:
        stop = node.stop
        assert stop is not None
        before = self._explorer.steps
        edge = self._edge(self._explorer.advance(self._explorer.resume(stop, index)))
        self.drawn += 1 + (self._explorer.steps - before) // STEPS
        if self._explorer.matters(stop):
            node.edges[index], node.drawn[index] = edge, True
        else:
            count = len(node.edges)
            node.edges[:], node.drawn[:] = [edge] * count, [True] * count
        if all(node.drawn):
            node.stop = None  # its state has served

    def _edge(self, stop: Stop | None) -> Edge | None:
        return None if stop is None else Edge(stop.counts, stop.carried, self._node(stop))

    def _node(self, stop: Stop) -> Node:
        if stop.decision is None:
            return self._end
        key = stop.state.key(self._explorer.reading), stop.decision.path
        node = self._nodes.get(key)
        if node is None:
            options = stop.decision.options
            places = {key_of(option): index for index, option in enumerate(options)}
            node = Node(stop.decision, stop, [None] * len(options), [False] * len(options), places)
            self._nodes[key] = node
        return node

    def draw(self, limit: int, progress: Callable[[int], object] = lambda _: None) -> None:
        """Draw all of it. Raises TooLargeError at more than `limit` options that lead somewhere new.

        `progress` is told now and then how many more have been drawn.
        """
        told = self.drawn
        for _ in self._from_end(limit):
            progress(self.drawn - told)
            told = self.drawn

    def topological(self) -> Iterator[Node]:
        """Every node, each after all that its options lead to; what was not drawn is."""
        return self._from_end(None)

    def in_order(self) -> list[Node]:
        """Every node, each before all that its options lead to, and what the first options lead to first."""
        return list(self._from_end(None, step=-1))[::-1]

    def _from_end(self, limit: int | None, step: int = 1) -> Iterator[Node]:
        if self.root is None:
            return
        seen = {self.root.node}
        pending = [(self.root.node, self._following(self.root.node, step))]
        while pending:
            node, nodes = pending[-1]
            if limit is not None and self.drawn > limit:
                raise TooLargeError
            following = next((other for other in nodes if other not in seen), None)
            if following is None:
                pending.pop()
                yield node
            else:
                seen.add(following)
                pending.append((following, self._following(following, step)))

    def _following(self, node: Node, step: int) -> Iterator[Node]:
        edges = (self.edge(node, index) for index in range(len(node.edges))[::step])
        return (edge.node for edge in edges if edge is not None)

    def fold(self, end: T, combine: Callable[[Node, list[tuple[Edge, T] | None]], T]) -> dict[Node, T]:
        """A value for each node, made of the values of what its options lead to."""
        values: dict[Node, T] = {}
        for node in self.topological():
            followed = [None if edge is None else (edge, values[edge.node]) for edge in node.edges]
            values[node] = combine(node, followed) if node.decision else end
        return values
