"""The order in which the decisions of a space are listed: that of every point at once."""

from __future__ import annotations

from collections.abc import Mapping

from .diagram import Diagram


def paths_in_order(diagram: Diagram) -> list[str]:
    """The paths of all decisions: whatever comes first at some point, and of what never meets, what first options open.

    A topological sort. Where blocks under one label decide alike in different orders there is none, and one of them
    is followed.
    """
    following: dict[str, dict[str, None]] = {}
    for node in diagram.in_order():
        if node.decision is not None:
            nodes = [edge.node for edge in node.edges if edge is not None]
            paths = following.setdefault(node.decision.path, {})
            paths |= {other.decision.path: None for other in nodes if other.decision is not None}
    return _sorted(following)


def _sorted(following: Mapping[str, Mapping[str, None]]) -> list[str]:
    """Each before what follows it: depth first, from the last to the first. The first is followed by all others."""
    order: list[str] = []
    seen = set(list(following)[:1])
    pending = [(path, reversed(list(following[path]))) for path in seen]
    while pending:
        path, others = pending[-1]
        other = next((other for other in others if other not in seen), None)
        if other is None:
            order.append(path)
            pending.pop()
        else:
            seen.add(other)
            pending.append((other, reversed(list(following[other]))))
    return order[::-1]
