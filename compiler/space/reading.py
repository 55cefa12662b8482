"""What a piece of a program reads, and what a stretch of it still will: names that can't matter any more are dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...dsl import tree
from ...dsl.check.walk import nodes

Names = frozenset[str]


class Reading:
    """The names that statements read, each asked for once."""

    def __init__(self) -> None:
        self._names: dict[int, Names] = {}
        self._rest: dict[tuple[int, int], Names] = {}
        self._kept: list[Any] = []

    def names(self, node: Any) -> Names:
        """Every name that is read somewhere in a node of the tree, or in a tuple of them."""
        known = self._names.get(id(node))
        if known is None:
            known = self._names[id(node)] = frozenset(_names(node))
            self._kept.append(node)  # while it lives no other node has its id
        return known

    def rest(self, statements: Sequence[tree.Statement], start: int) -> Names:
        """The names that the statements from `start` on read."""
        key = id(statements), start
        known = self._rest.get(key)
        if known is None:
            known = frozenset().union(*map(self.names, statements[start:]))
            self._rest[key] = known
            self._kept.append(statements)
        return known


def _names(root: Any) -> Iterator[str]:
    return (node.name for node in nodes(root) if isinstance(node, tree.Name))
