"""Whether the pairs hold up the order that a rename file states.

`order file` is a statement about the layers themselves. `order natural` is one about modules: `b.dw.1` runs
before `b.exp.1` because `b.dw` runs before `b.exp`, which any pair in these modules can refute, such as one by
shape. Of layers that differ in shape it says nothing: people call a block's layers `bn1`, `conv_dw`, `conv_pw`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from .align import How, Match
from .checkpoint import Turn
from .layers import Signature
from .topology import Topology

Order = Sequence[str]
"""Stored modules or layers, as they are said to run."""
Turns = Mapping[str, Turn | None]


def of_modules(matches: Sequence[Match], turns: Turns, signatures: Mapping[str, Signature]) -> list[Order]:
    """For each shape, the modules of one module that were told apart by their order."""
    orders: dict[tuple[Signature, str], dict[str, None]] = {}
    for match in _in_turn((match for match in matches if match.how is How.ORDER), turns):
        outer = ""
        for module in _modules(match.stored):
            orders.setdefault((signatures[match.path], outer), {})[module] = None
            outer = module
    return list(map(tuple, orders.values()))


def of_layers(matches: Sequence[Match], turns: Turns) -> list[Order]:
    """All layers but those that a rule takes out of the order."""
    return [[match.stored for match in _in_turn((match for match in matches if match.how is not How.RENAME), turns)]]


def _in_turn(matches: Iterable[Match], turns: Turns) -> list[Match]:
    placed = [(turn.index, match) for match in matches if (turn := turns[match.stored])]
    return [match for _, match in sorted(placed, key=itemgetter(0))]


def refuted(orders: Iterable[Order], matches: Iterable[Match], graph: Topology) -> tuple[Match, Match] | None:
    """Two pairs whose layers run in this order, and by one of `orders` in the other."""
    at = {calls[0]: match for match in matches if len(calls := graph.calls.get(match.path, ())) == 1}
    steps = _by_module({step: 1 << step for step in at}, at)
    before = _by_module({step: graph.ancestors[step] for step in at}, at)
    for modules in orders:
        later = 0
        for module in reversed(modules):
            if early := before.get(module, 0) & later:
                first = (early & -early).bit_length() - 1
                return at[first], _after(first, module, at, graph)
            later |= steps.get(module, 0)
    return None


def _by_module(bits: Mapping[int, int], at: Mapping[int, Match]) -> Mapping[str, int]:
    """For each module, and each layer as a module of its own, the union of its layers' sets of steps."""
    sets: dict[str, int] = {}
    for step, added in bits.items():
        for module in _modules(at[step].stored):
            sets[module] = sets.get(module, 0) | added
    return sets


def _modules(name: str) -> Iterator[str]:
    """`a`, `a.b` and `a.b.c` of `a.b.c`."""
    return (name[: end.start()] for end in re.finditer(r"[./]|\Z", name))


def _after(first: int, module: str, at: Mapping[int, Match], graph: Topology) -> Match:
    """A layer of the module that runs after a step, rather one that is sure than one by this order."""
    after = [
        (match.how is How.ORDER, step)
        for step, match in at.items()
        if module in _modules(match.stored) and graph.ancestors[step] >> first & 1
    ]
    return at[min(after)[1]]
