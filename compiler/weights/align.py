"""Finds which stored layer belongs to which layer of a program by structure alone.

Nothing is guessed. Layers are grouped by what they can hold (kind, shape, slots), and a pair is made for
one of three reasons, each of which leaves no other choice:

- shape: on both sides it is the only one of its group;
- order: the group has as many on both sides, the file lists them in an order of execution, and in the
  program this layer comes before or after each other of the group on a path. Every order of execution
  then puts it at the same place (in a topological order, a place counted by ancestors is fixed);
- topology: both sides know their connections, and colour refinement (Weisfeiler and Leman, 1968),
  seeded with the pairs already made, gives exactly one layer of each side the same colour.

What is left has several candidates or none, and is refused by the binder.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence, Set

from ...dsl.record import record
from .checkpoint import Turn
from .colours import Colouring, Side, told_apart
from .layers import Signature, describe
from .topology import Topology


class How(enum.Enum):
    NAME = "name"
    RENAME = "rename"
    SHAPE = "shape"
    ORDER = "order"
    TOPOLOGY = "topology"


@record
class Match:
    """A layer of the program, the stored layer that fills it, and the reason."""

    path: str
    stored: str
    how: How
    why: str


@record
class Group:
    """Layers of both sides that could stand for each other."""

    signature: Signature
    paths: tuple[str, ...]
    stored: tuple[str, ...]

    @property
    def even(self) -> bool:
        return len(self.paths) == len(self.stored)


def align(ours: Side, theirs: Side, turns: Mapping[str, Turn | None], known: Mapping[str, str]) -> list[Match]:
    """The further pairs that structure leaves no choice about, where `known` maps paths to stored layers."""
    groups = list(groups_of(ours, theirs, known))
    matches = [match for group in groups for match in _by_order(group, ours.topology, turns)]
    anchors = {**known, **{match.path: match.stored for match in matches}}
    return matches + _by_topology(groups, ours, theirs, anchors)


def groups_of(ours: Side, theirs: Side, known: Mapping[str, str]) -> Iterator[Group]:
    """Of the layers that `known` does not pair, those of the program with what could fill them."""
    there = _by_signature(theirs.signatures, set(known.values()))
    for signature, paths in _by_signature(ours.signatures, set(known)).items():
        yield Group(signature, tuple(paths), tuple(there.get(signature, ())))


def _by_signature(signatures: Mapping[str, Signature], done: Set[str]) -> dict[Signature, list[str]]:
    groups: dict[Signature, list[str]] = {}
    for name, signature in signatures.items():
        if name not in done:
            groups.setdefault(signature, []).append(name)
    return groups


def _by_order(group: Group, graph: Topology, turns: Mapping[str, Turn | None]) -> list[Match]:
    if not group.even:
        return []
    what = describe(group.signature)
    if len(group.paths) == 1:
        return [Match(group.paths[0], group.stored[0], How.SHAPE, f"the only {what} of both")]
    ordered = _in_turn(group.stored, turns)
    if ordered is None:
        return []
    ranks = _ranks(group.paths, graph)
    count = len(ordered)
    return [
        Match(path, ordered[rank], How.ORDER, f"number {rank + 1} of {count} in a row: {what}")
        for path, rank in ranks.items()
    ]


def _in_turn(stored: Sequence[str], turns: Mapping[str, Turn | None]) -> list[str] | None:
    """The stored layers in their order of execution; None where the file does not tell."""
    known = [(turn.index, name) for name in stored if (turn := turns[name]) is not None]
    sequences = {turn.sequence for name in stored if (turn := turns[name]) is not None}
    if len(known) < len(stored) or len(sequences) > 1 or len({index for index, _ in known}) < len(known):
        return None
    return [name for _, name in sorted(known)]


def _ranks(paths: Sequence[str], graph: Topology) -> dict[str, int]:
    """The places of those that come before or after every other of `paths`."""
    calls = [(graph.calls.get(path, ()), path) for path in paths]
    if any(len(steps) != 1 for steps, _ in calls):
        return {}  # a layer that is applied several times has no single place
    ordered = sorted((steps[0], path) for steps, path in calls)
    members = sum(1 << step for step, _ in ordered)
    ranks = {}
    before_all_later = members
    for place, (step, path) in reversed(list(enumerate(ordered))):
        after_all_earlier = (graph.ancestors[step] & members).bit_count() == place
        if after_all_earlier and before_all_later >> step & 1:
            ranks[path] = place
        before_all_later &= graph.ancestors[step]
    return ranks


def _by_topology(groups: Sequence[Group], ours: Side, theirs: Side, anchors: Mapping[str, str]) -> list[Match]:
    done = set(anchors.values())
    paths = {path for group in groups if group.even for path in group.paths if path not in anchors}
    stored = {name for group in groups if group.even for name in group.stored if name not in done}
    left = Colouring(ours, anchors, paths)
    right = Colouring(theirs, {name: name for name in done}, stored)
    found = told_apart(left, right)
    return [Match(path, name, How.TOPOLOGY, "the only one with such neighbours") for path, name in found]
