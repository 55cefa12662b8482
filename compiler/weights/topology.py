"""The shape of a network without its operators: which layers with weights feed which.

A graph of ours and a Keras configuration say the same thing in different words: paddings, activations,
reshapes and scalings are folded, fused or spelled otherwise. What both keep are the layers with weights
and the places where different flows meet, so `contract` leaves these and drops the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ...dsl.record import record


@record
class Step:
    """One application of anything. `layer` names the owner of its weights; inputs are indices of earlier steps."""

    op: str
    layer: str | None
    inputs: tuple[int, ...]


_UNORDERED = frozenset({"add", "mul", "maximum", "minimum", "average"})


@dataclass(frozen=True)
class Topology:
    """Contracted steps in an order of execution."""

    steps: tuple[Step, ...]

    @cached_property
    def calls(self) -> Mapping[str, tuple[int, ...]]:
        """The steps that apply each layer."""
        calls: dict[str, list[int]] = {}
        for index, step in enumerate(self.steps):
            if step.layer is not None:
                calls.setdefault(step.layer, []).append(index)
        return {layer: tuple(indices) for layer, indices in calls.items()}

    @cached_property
    def consumers(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each step, who reads it and as which operand; the operands of a sum are all its first."""
        consumers: list[list[tuple[int, int]]] = [[] for _ in self.steps]
        for index, step in enumerate(self.steps):
            for position, source in enumerate(step.inputs):
                consumers[source].append((index, 0 if step.op in _UNORDERED else position))
        return tuple(map(tuple, consumers))

    @cached_property
    def ancestors(self) -> tuple[int, ...]:
        """For each step, the set of steps before it on a path, as the bits of an integer."""
        ancestors: list[int] = []
        for step in self.steps:
            bits = 0
            for source in step.inputs:
                bits |= ancestors[source] | (1 << source)
            ancestors.append(bits)
        return tuple(ancestors)

    def ordered_inputs(self, index: int, colours: list[int]) -> tuple[int, ...]:
        """The colours of a step's operands, sorted where their order means nothing."""
        step = self.steps[index]
        inputs = [colours[source] for source in step.inputs]
        return tuple(sorted(inputs) if step.op in _UNORDERED else inputs)


def contract(steps: Iterable[Step]) -> Topology:
    """Keeps inputs, layers with weights, and the meetings of different flows."""
    kept: list[Step] = []
    place: list[int] = []
    for step in steps:
        sources = tuple(place[index] for index in step.inputs)
        if step.layer is None and len(set(sources)) == 1:
            place.append(sources[0])
            continue
        place.append(len(kept))
        kept.append(Step(step.op, step.layer, sources))
    return Topology(tuple(kept))
