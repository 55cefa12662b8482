"""Ways through the diagram of a space, from the first decision to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..choices import Continuous, Decision, OptionName
from .diagram import Diagram, Edge, Node

Prefer = Callable[[Decision], Iterable[int]]
"""The options of a decision that may be taken, by their indices, the best first."""


class Way(NamedTuple):
    """The decisions of one point in the order of the text, and what it carries."""

    decided: tuple[tuple[Decision, int], ...]
    carried: tuple[Continuous, ...]

    @property
    def choices(self) -> dict[str, OptionName]:
        """The options taken, by their paths."""
        return {decision.path: decision.options[index] for decision, index in self.decided}


@dataclass(frozen=True)
class _Step:
    """The option taken at a decision, and those that are left to try at the next."""

    index: int
    edge: Edge
    rest: Iterator[int]


def find_way(diagram: Diagram, prefer: Prefer) -> Way | None:
    """The first way that takes a preferred option at each decision, None if there is none.

    Decisions are asked for once. An option counts only if the rest can be decided too; where several ways lead to one
    decision, that is found out once.
    """
    return next(ways(diagram, prefer), None)


def in_order(decision: Decision) -> range:
    """Every option, the first first."""
    return range(len(decision.options))


def ways(diagram: Diagram, prefer: Prefer = in_order) -> Iterator[Way]:
    """Every way of preferred options, one after the other; where no way goes on is found out once."""
    if diagram.root is None:
        return
    alive: set[Node] = set()
    dead: set[Node] = set()
    steps = [_step(0, diagram.root, prefer)]
    while steps:
        node = steps[-1].edge.node
        if node.decision is None:
            alive.update(step.edge.node for step in steps)
            yield _way(steps)
        following = _following(diagram, steps[-1], dead)
        if following is not None:
            steps.append(_step(*following, prefer))
            continue
        steps.pop()
        if node not in alive:
            dead.add(node)


def _step(index: int, edge: Edge, prefer: Prefer) -> _Step:
    decision = edge.node.decision
    return _Step(index, edge, iter(prefer(decision) if decision else ()))


def _following(diagram: Diagram, step: _Step, dead: set[Node]) -> tuple[int, Edge] | None:
    for index in step.rest:
        edge = diagram.edge(step.edge.node, index)
        if edge is not None and edge.node not in dead:
            return index, edge
    return None


def _way(steps: list[_Step]) -> Way:
    nodes = [step.edge.node.decision for step in steps[:-1]]
    decided = [(decision, step.index) for decision, step in zip(nodes, steps[1:], strict=True) if decision]
    return Way(tuple(decided), tuple(met for step in steps for met in step.edge.carried))
