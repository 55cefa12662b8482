"""Which decisions are open at the points of a space, or at those of them that agree with some choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import cast

from ...dsl.record import record
from ..choices import Decision
from .diagram import Edge, Node
from .options import index_of
from .space import Space


@record
class Openness:
    """The paths of decisions and hyper-parameters that each of the points has, and of those that any has.

    `refused` are decisions for which an option is told that they do not offer.
    """

    always: frozenset[str]
    ever: frozenset[str]
    refused: tuple[Decision, ...] = ()


def openness(space: Space, told: Mapping[str, object]) -> Openness | None:
    """What is open at the points that have the options told, None if no point has them.

    An option that a decision does not offer tells nothing of the point.
    """
    return _Openness(space, told).found()


class _Openness:
    """Sets of paths are the bits of an int: one pass from the end of the diagram, one from its beginning."""

    def __init__(self, space: Space, told: Mapping[str, object]) -> None:
        self._diagram = space.diagram
        self._told = told
        paths = [decision.path for decision in space.decisions] + [carried.path for carried in space.continuous]
        self._bits = {path: 1 << place for place, path in enumerate(paths)}

    def found(self) -> Openness | None:
        root, nothing = self._diagram.root, cast("int | None", 0)
        sure = self._diagram.fold(nothing, self._sure) if root else {}
        if root is None or (always := sure[root.node]) is None:
            return None
        nodes, edges = self._reached(root, sure)
        ever = reduce(or_, [*map(self._of_node, nodes), *map(self._of_edge, edges)])
        refused = {one.path: one for node in nodes if (one := node.decision) and self._index(one) is None}
        met = tuple(decision for path, decision in refused.items() if path in self._told)
        return Openness(self._paths(always | self._of_edge(root)), self._paths(ever), met)

    def _sure(self, node: Node, followed: Sequence[tuple[Edge, int | None] | None]) -> int | None:
        """What is open on every way from here to the end, None if there is no way."""
        entries = [entry for index in self._agreeing(node) if (entry := followed[index])]
        rests = [self._of_edge(edge) | rest for edge, rest in entries if rest is not None]
        return self._of_node(node) | reduce(and_, rests) if rests else None

    def _reached(self, root: Edge, sure: Mapping[Node, int | None]) -> tuple[list[Node], list[Edge]]:
        """What lies on any way from the beginning to the end."""
        nodes, edges = {root.node: None}, [root]
        pending = [root.node]
        while pending:
            node = pending.pop()
            for index in self._agreeing(node):
                edge = node.edges[index]
                if edge is None or sure[edge.node] is None:
                    continue
                edges.append(edge)
                if edge.node not in nodes:
                    nodes[edge.node] = None
                    pending.append(edge.node)
        return list(nodes), edges

    def _agreeing(self, node: Node) -> Iterator[int]:
        decision = node.decision
        index = self._index(decision) if decision else None
        yield from range(len(node.edges)) if index is None else (index,)

    def _index(self, decision: Decision) -> int | None:
        told = decision.path in self._told
        return index_of(decision.options, self._told[decision.path]) if told else None

    def _of_node(self, node: Node) -> int:
        return self._bits[node.decision.path] if node.decision else 0

    def _of_edge(self, edge: Edge) -> int:
        return sum(self._bits[path] for path in {carried.path for carried in edge.carried})

    def _paths(self, bits: int) -> frozenset[str]:
        return frozenset(path for path, bit in self._bits.items() if bits & bit)
