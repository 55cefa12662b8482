"""Points drawn at random."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from random import Random
from typing import Literal

from ..choices import OptionName
from .diagram import Node
from .point import Point
from .space import Space

Uniform = Literal["decisions", "architectures"]


class Sampler:
    """Draws points of a space; the same seed draws the same points.

    `uniform="decisions"`: each decision, in the order of the text, evenly among the options that can be completed; an
    architecture behind few decisions is then likelier than one behind many. `uniform="architectures"`: every point of
    the space is equally likely. Hyper-parameters are drawn evenly, or evenly in their logarithm.
    Raises DiagnosticError where the space is empty.
    """

    def __init__(self, space: Space, seed: int, uniform: Uniform = "decisions") -> None:
        space.need_points()
        self._space = space
        self._random = Random(seed)  # noqa: S311  # nothing secret
        self._evenly = uniform == "architectures"
        self._weights: dict[Node, list[int]] = {}

    def draw(self) -> Point:
        """The next point."""
        choices: dict[str, OptionName] = {}
        carried: dict[str, float] = {}
        edge = self._space.diagram.root
        while edge is not None:
            for continuous in edge.carried:
                carried[continuous.path] = continuous.at(self._random.random())
            node = edge.node
            decision = node.decision
            if decision is None:
                break
            index = self._index(node)
            choices[decision.path] = decision.options[index]
            edge = node.edges[index]
        return Point(self._space.model, choices, carried)

    def _index(self, node: Node) -> int:
        weights = self._weights.get(node)
        if weights is None:
            weights = self._weights[node] = self._cumulative(node)
        total = weights[-1]
        drawn = int(self._random.random() * total) if total < 1 << 50 else self._random.randrange(total)
        return bisect_right(weights, drawn)

    def _cumulative(self, node: Node) -> list[int]:
        """The weights of a node's options, added up."""
        counts = [0 if edge is None else self._space.counts[edge.node] for edge in node.edges]
        return list(accumulate(counts if self._evenly else [min(count, 1) for count in counts]))
