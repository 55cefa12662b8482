"""What a model costs, counted from its types alone: no weight is read.

What is counted, at batch 1 where the batch is symbolic:

- **MACs**: multiply-accumulates of convolutions, dense layers and matrix products. Windows are
  counted whole, whether or not they lie on padding; biases are not counted.
- **FLOPs**: 2 for each MAC, and the element operations that are no MACs: one for each addition of
  a bias, each activation, each element of arithmetic; two for a batch norm, four for a softmax;
  one for each element that a pool or mean reads.
- **Parameters**: elements of weights, biases, gamma, beta and slopes are learned: trainable, or where a `@freeze`
  says so, frozen. The total adds the moving statistics of batch norms. Constants written in the program count as
  neither.
- **Weight bytes**: of every parameter, constants included, as it is stored.
- **Activation bytes**: of the layer's results.

A parameter that several layers share is counted once, at the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter

from ..dsl.record import record
from .ir import Annotation, Graph, Node, Parameter, Role
from .types import TensorType


@record
class Counts:
    """What a part of a model costs. Sums over parts with `+`."""

    macs: int = 0
    flops: int = 0
    trainable: int = 0
    parameters: int = 0
    weight_bytes: int = 0
    activation_bytes: int = 0
    frozen: int = 0

    @property
    def learned(self) -> int:
        """The parameters that papers count, whether or not they are trained here."""
        return self.trainable + self.frozen

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.macs + other.macs,
            self.flops + other.flops,
            self.trainable + other.trainable,
            self.parameters + other.parameters,
            self.weight_bytes + other.weight_bytes,
            self.activation_bytes + other.activation_bytes,
            self.frozen + other.frozen,
        )


NOTHING = Counts()
"""What no layer costs."""

_ALL = attrgetter(*(field.name for field in fields(Counts)))


@record
class LayerCost:
    """One node of the graph. `results` are the types of what it makes."""

    path: str
    operator: str
    results: tuple[TensorType, ...]
    counts: Counts
    annotations: tuple[Annotation, ...] = ()


@record
class GroupCost:
    """All layers whose paths begin alike."""

    path: str
    layers: int
    counts: Counts


@dataclass(frozen=True)
class CostReport:
    """The costs of a graph, layer by layer in its order."""

    layers: tuple[LayerCost, ...]

    @cached_property
    def total(self) -> Counts:
        return total(layer.counts for layer in self.layers)

    def grouped(self, depth: int) -> tuple[GroupCost, ...]:
        """Layers together whose paths agree in the first `depth` segments, in the order they first appear."""
        groups: dict[str, list[Counts]] = {}
        for layer in self.layers:
            prefix = ".".join(layer.path.split(".")[:depth])
            groups.setdefault(prefix, []).append(layer.counts)
        return tuple(GroupCost(path, len(counts), total(counts)) for path, counts in groups.items())


def total(counts: Iterable[Counts]) -> Counts:
    """The sum of the parts."""
    return Counts(*map(sum, zip(*map(_ALL, counts), strict=True)))


def cost(graph: Graph) -> CostReport:
    """Counts every node of the graph; what is counted stands at the top of this module."""
    seen: set[str] = set()
    return CostReport(tuple(_layer(node, _new_parameters(graph, node, seen)) for node in graph.nodes))


def _new_parameters(graph: Graph, node: Node, seen: set[str]) -> list[Parameter]:
    """The parameters that the node is the first to read. Marks them as seen."""
    names = {value.name for value in node.operands if value.name in graph.parameters} - seen
    seen |= names
    return [graph.parameters[name] for name in sorted(names)]


def _layer(node: Node, parameters: Iterable[Parameter]) -> LayerCost:
    results = tuple(value.type for value in node.outputs)
    return LayerCost(node.path, node.op.name, results, counts_of(node, parameters), node.annotations)


def counts_of(node: Node, parameters: Iterable[Parameter]) -> Counts:
    """What one layer costs. `parameters` are those of its operands that no layer before it has read."""
    types = [None if value is None else value.type for value in node.inputs]
    results = [value.type for value in node.outputs]
    macs = node.op.macs(types, results, node.attributes)
    parameters = tuple(parameters)
    return Counts(
        macs=macs,
        flops=2 * macs + node.op.flops(types, results, node.attributes),
        trainable=sum(p.value.type.elements() for p in parameters if p.trainable),
        parameters=sum(p.value.type.elements() for p in parameters if p.role is not Role.CONSTANT),
        weight_bytes=sum(p.value.type.nbytes() for p in parameters),
        activation_bytes=sum(type_.nbytes() for type_ in results),
        frozen=sum(p.value.type.elements() for p in parameters if p.role.trainable and p.frozen),
    )
