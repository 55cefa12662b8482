"""Which decisions are open at the points of a space, or at those of them that agree with some choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    `refused` are decisions that do not offer the option told.
    """

    always: frozenset[str]
    ever: frozenset[str]
    refused: tuple[Decision, ...] = ()


def openness(space: Space, told: Mapping[str, object]) -> Openness | None:
    """What is open at the points that have the options told, None if no point has them.

    An option that no decision of its path offers tells nothing. Where options depend on others, and those told do not
    go together, an option that is not offered tells nothing either.
    """
    refused = [one for one in space.decisions if one.path in told and index_of(one.options, told[one.path]) is None]
    sound = {path: option for path, option in told.items() if path not in {one.path for one in refused}}
    found = _Openness(space, sound, strict=True).found() or _Openness(space, sound, strict=False).found()
    return Openness(found.always, found.ever, (*refused, *found.refused)) if found else None


class _Openness:
    """Sets of paths are the bits of an int: one pass from the end of the diagram, one from its beginning.

    `strict`: a way that does not offer the option told is no way.
    """

    def __init__(self, space: Space, told: Mapping[str, object], strict: bool) -> None:
        self._diagram = space.diagram
        self._told = told
        self._strict = strict
        paths = [decision.path for decision in space.decisions] + [carried.path for carried in space.continuous]
        self._bits = {path: 1 << place for place, path in enumerate(paths)}

    def found(self) -> Openness | None:
        root, nothing = self._diagram.root, cast("int | None", 0)
        sure = self._diagram.fold(nothing, self._sure) if root else {}
        if root is None or (always := sure[root.node]) is None:
            return None
        nodes, edges = self._reached(root, sure)
        ever = reduce(or_, [*map(self._of_node, nodes), *map(self._of_edge, edges)])
        met = {one.path: one for node in nodes if (one := node.decision) and one.path in self._told}
        refused = tuple(decision for decision in met.values() if self._index(decision) is None)
        return Openness(self._paths(always | self._of_edge(root)), self._paths(ever), refused)

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

    def _agreeing(self, node: Node) -> Sequence[int]:
        """The options that agree with what is told."""
        decision = node.decision
        if decision is None or decision.path not in self._told:
            return range(len(node.edges))
        index = self._index(decision)
        if index is None:
            return () if self._strict else range(len(node.edges))
        return (index,)

    def _index(self, decision: Decision) -> int | None:
        return index_of(decision.options, self._told[decision.path])

    def _of_node(self, node: Node) -> int:
        return self._bits[node.decision.path] if node.decision else 0

    def _of_edge(self, edge: Edge) -> int:
        return sum(self._bits[path] for path in {carried.path for carried in edge.carried})

    def _paths(self, bits: int) -> frozenset[str]:
        return frozenset(path for path, bit in self._bits.items() if bits & bit)
