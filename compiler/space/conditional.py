"""Which decisions are open at every point of a space, and which only where another opens them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_

from .diagram import Edge, Node
from .space import Space


def always_open(space: Space) -> frozenset[str]:
    """The paths of the decisions that every point has. In an empty space these are all."""
    bits = {decision.path: 1 << place for place, decision in enumerate(space.decisions)}
    every = (1 << len(bits)) - 1

    def met(node: Node, followed: Sequence[tuple[Edge, int] | None]) -> int:
        """The decisions that no way from here to the end is without, as bits; from a dead end there is no way."""
        own = bits[node.decision.path] if node.decision else 0
        return own | reduce(and_, [entry[1] for entry in followed if entry], every)

    root = space.diagram.root
    sure = every if root is None else space.diagram.fold(0, met)[root.node]
    return frozenset(path for path, bit in bits.items() if sure & bit)
