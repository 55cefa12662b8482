"""The intermediate representation: a graph of operators in static single assignment, NHWC inside.

Everything is immutable. A pass builds a new graph through `passes.rewrite`; what it leaves alone
is shared with the old one. Values are named, and a name is unique in its graph:

- the result of a node is named by the node's path, `features.stage3.block1.expand.conv`;
  of several results, by `path#0`, `path#1`, ...;
- a parameter is named by the path of the layer that owns it: `features...conv.weight`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ..dsl.record import record
from ..dsl.source import Span
from .types import TensorType

if TYPE_CHECKING:
    from ..dsl.diagnostics import Diagnostic
    from .claims import Expectation, Requirement
    from .data import TensorData
    from .ops.base import Operator

AttributeValue = int | float | bool | str | tuple["AttributeValue", ...]
Attributes = Mapping[str, AttributeValue]


@record
class Value:
    """A tensor in the graph: an input, a parameter, or the result of a node."""

    name: str
    type: TensorType


@record
class Annotation:
    """What a program asks of a layer beyond its computation: a kind of `dsl.annotations`, and its arguments.

    `values` holds the arguments that are given or have a default. `span` is where it is written.
    """

    kind: str
    values: Attributes
    span: Span | None = None

    @property
    def key(self) -> tuple[str, AttributeValue]:
        """What a node has one of: the kind, of initialisers one for each role."""
        return self.kind, self.values.get("weight", "") if self.kind == "initializer" else ""


@record
class Node:
    """One application of an operator.

    `inputs` follow the operator's operands; an optional operand that is absent is None.
    `attributes` holds every attribute of the operator, defaults included.
    `path` is the place in the architecture, `span` the place in the source (None for IR made by hand).
    `annotations` are one of each key, in the order of `compiler.annotations`.
    """

    op: Operator
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    attributes: Attributes
    path: str
    span: Span | None = None
    annotations: tuple[Annotation, ...] = ()

    @property
    def output(self) -> Value:
        """The only result. Raises ValueError where there are several."""
        (value,) = self.outputs
        return value

    @property
    def operands(self) -> Iterator[Value]:
        """The inputs that are present."""
        return (value for value in self.inputs if value is not None)


def result_names(path: str, count: int) -> tuple[str, ...]:
    """The names of a node's results: its path, or of several `path#0`, `path#1`, ..."""
    return (path,) if count == 1 else tuple(f"{path}#{i}" for i in range(count))


class Role(enum.Enum):
    """What a parameter is to its layer; decides how it is counted and initialised."""

    WEIGHT = "weight"
    BIAS = "bias"
    GAMMA = "gamma"
    BETA = "beta"
    MEAN = "mean"
    VARIANCE = "variance"
    SLOPE = "slope"
    CONSTANT = "constant"  # written in the program, not learned

    @property
    def trainable(self) -> bool:
        return self not in (Role.MEAN, Role.VARIANCE, Role.CONSTANT)


@record
class Parameter:
    """A named constant tensor. `data` is lazy: counting and most passes never read it.

    `span` is the call in the user's own files that makes its layer, where a node's may be in the standard library.
    `frozen` parameters are never trained.
    """

    value: Value
    data: TensorData
    role: Role
    span: Span | None = None
    frozen: bool = False

    @property
    def name(self) -> str:
        return self.value.name

    @property
    def trainable(self) -> bool:
        return self.role.trainable and not self.frozen


@record
class Output:
    """A result of the graph under the name its users see."""

    name: str
    value: Value


@dataclass(frozen=True)
class Graph:
    """A model. `nodes` are in topological order; `parameters` are keyed by the name of their value.

    What the program claims of the model, and warnings about it, are no part of the computation: they take none in
    comparison or in IR text.
    """

    name: str
    inputs: tuple[Value, ...]
    outputs: tuple[Output, ...]
    nodes: tuple[Node, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    doc: str = ""
    requirements: tuple[Requirement, ...] = field(default=(), compare=False, repr=False)
    expectations: tuple[Expectation, ...] = field(default=(), compare=False, repr=False)
    warnings: tuple[Diagnostic, ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def producers(self) -> Mapping[str, Node]:
        """The node behind each value that a node makes."""
        return {value.name: node for node in self.nodes for value in node.outputs}

    @cached_property
    def users(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes that read each value, in order, a node once for each time it does."""
        users: dict[str, list[Node]] = {}
        for node in self.nodes:
            for value in node.operands:
                users.setdefault(value.name, []).append(node)
        return {name: tuple(nodes) for name, nodes in users.items()}

    @property
    def batch(self) -> str | None:
        """The name of the symbolic batch dimension, if one is open."""
        for value in self.inputs:
            for dim in value.type.shape:
                if isinstance(dim, str):
                    return dim
        return None
