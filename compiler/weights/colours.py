"""Colour refinement over two topologies at once: what has the same colour can't be told apart yet.

A step's colour is renewed from its own, those of its inputs and those of its readers, until nothing
splits further (Weisfeiler and Leman, 1968). An isomorphism keeps colours, so where one layer on each side
has a colour for itself, every isomorphism pairs these two.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Set
from dataclasses import dataclass

from .layers import Signature, describe
from .topology import Topology

MAX_ROUNDS = 256


@dataclass(frozen=True)
class Side:
    """One of the two that are aligned: what each layer can hold, and how all are connected."""

    signatures: Mapping[str, Signature]
    topology: Topology

    def described(self, names: Iterable[str]) -> tuple[str, ...]:
        """Layers for messages: `stem.bn, batch_norm [32]`."""
        return tuple(f"{name}, {describe(self.signatures[name])}" for name in names)


class Colouring:
    """The colours of one side. `anchors` gives paired layers a name that both sides share; `waiting` are the others."""

    def __init__(self, side: Side, anchors: Mapping[str, str], waiting: Set[str]) -> None:
        self.topology = side.topology
        self.anchors = dict(anchors)
        self.waiting = set(waiting) & set(side.topology.calls)
        self._first = [self._label(side, index) for index in range(len(side.topology.steps))]
        self.colours: list[int] = []

    def _label(self, side: Side, index: int) -> Hashable:
        step = self.topology.steps[index]
        return step.op if step.layer is None else side.signatures.get(step.layer)

    def anchor(self, layer: str, name: str) -> None:
        self.anchors[layer] = name
        self.waiting.discard(layer)

    def keys(self) -> list[Hashable]:
        """What tells the steps apart in the next round."""
        return [self._key(index) for index in range(len(self._first))]

    def _key(self, index: int) -> Hashable:
        layer = self.topology.steps[index].layer
        if layer in self.anchors:
            return "anchor", self.anchors[layer]
        if not self.colours:
            return self._first[index]
        inputs = self.topology.ordered_inputs(index, self.colours)
        readers = sorted((self.colours[reader], position) for reader, position in self.topology.consumers[index])
        return self.colours[index], inputs, tuple(readers), self.of_layer(layer) if layer is not None else ()

    def of_layer(self, layer: str) -> tuple[int, ...]:
        """The colours of all calls of a layer."""
        return tuple(sorted(self.colours[index] for index in self.topology.calls[layer]))

    def singles(self) -> dict[tuple[int, ...], str]:
        """The waiting layers whose colour no other has."""
        by_colour: dict[tuple[int, ...], list[str]] = {}
        for layer in sorted(self.waiting):
            by_colour.setdefault(self.of_layer(layer), []).append(layer)
        return {colour: layers[0] for colour, layers in by_colour.items() if len(layers) == 1}


def told_apart(left: Colouring, right: Colouring) -> list[tuple[str, str]]:
    """The pairs of waiting layers that every isomorphism of the two sides makes."""
    pairs: list[tuple[str, str]] = []
    size = 0
    for _ in range(MAX_ROUNDS):
        before, size = size, _refine(left, right)
        found = _pairs(left, right)
        for one, other in found:
            left.anchor(one, other)
            right.anchor(other, other)
        pairs += found
        if not left.waiting or (not found and size == before):
            break
    return pairs


def _refine(left: Colouring, right: Colouring) -> int:
    """Renews the colours of both with the same numbers for the same keys; gives how many there are."""
    numbers: dict[Hashable, int] = {}
    ours, theirs = left.keys(), right.keys()
    left.colours = [numbers.setdefault(key, len(numbers)) for key in ours]
    right.colours = [numbers.setdefault(key, len(numbers)) for key in theirs]
    return len(numbers)


def _pairs(left: Colouring, right: Colouring) -> list[tuple[str, str]]:
    there = right.singles()
    return [(layer, there[colour]) for colour, layer in left.singles().items() if colour in there]
