"""A TFLite subgraph in the making: tensors, operations, and what a lowering rule needs to add them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...compiler.arrays import numpy_dtype
from ...compiler.data import Array, ArrayData, Derived, TensorData
from ...compiler.ir import Graph, Node, Value
from ...compiler.types import Dim, Shape, TensorType
from ...dsl.record import record
from .builtins import BUILTINS, Builtin, Options, OptionValue
from .schema import ABSENT, ACTIVATIONS


@record
class Tensor:
    """`data` is None for what is given or computed at run time."""

    name: str
    type: TensorType
    data: TensorData | None = None


@record
class Operation:
    """`inputs` and `outputs` are indices of tensors, ABSENT for an optional input that is not there."""

    builtin: Builtin
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Options
    node: Node


class Draft:
    """The subgraph of one graph. A symbolic batch is fixed to `batch`; None leaves it open."""

    def __init__(self, graph: Graph, batch: int | None) -> None:
        self.tensors: list[Tensor] = []
        self.operations: list[Operation] = []
        self.producers = graph.producers
        self._parameters = graph.parameters
        self._batch = batch
        self._known: dict[object, int] = {}

    def type_of(self, value: Value) -> TensorType:
        return value.type.with_shape(tuple(map(self.dim, value.type.shape)))

    def dim(self, dim: Dim) -> Dim:
        return self._batch if isinstance(dim, str) and self._batch is not None else dim

    def data_of(self, value: Value) -> TensorData | None:
        """What a parameter holds; None for a value that is computed."""
        parameter = self._parameters.get(value.name)
        return parameter.data if parameter else None

    def index(self, value: Value) -> int:
        """The tensor of a value, made where the value is met first."""
        return self.once(value.name, lambda: Tensor(value.name, self.type_of(value), self.data_of(value)))

    def once(self, key: object, make: Callable[[], Tensor]) -> int:
        """The tensor known by `key`, made by `make` the first time."""
        if key not in self._known:
            self._known[key] = self.add(make())
        return self._known[key]

    def add(self, tensor: Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1


class Site:
    """Where one node is lowered: its operands and results as tensors, and what may be emitted."""

    def __init__(self, draft: Draft, node: Node) -> None:
        self._draft = draft
        self.node = node

    @property
    def attributes(self) -> Any:
        return self.node.attributes

    def operand(self, place: int) -> int:
        value = self.node.inputs[place]
        return ABSENT if value is None else self._draft.index(value)

    @property
    def operands(self) -> list[int]:
        return [self.operand(place) for place in range(len(self.node.inputs))]

    @property
    def outputs(self) -> list[int]:
        return [self._draft.index(value) for value in self.node.outputs]

    @property
    def producer(self) -> Node | None:
        """The node behind the first operand; None where that is an input of the graph, or a parameter."""
        value = self.node.inputs[0]
        return self._draft.producers.get(value.name) if value else None

    @property
    def activation(self) -> int:
        """The fused activation, as options have it."""
        return ACTIVATIONS[self.attributes["activation"]]

    def input_shape(self, place: int = 0) -> tuple[Any, ...]:
        """Integers, but for a symbolic batch in front."""
        value = self.node.inputs[place]
        assert value is not None
        return self._draft.type_of(value).shape

    @property
    def output_shape(self) -> tuple[Any, ...]:
        return self._draft.type_of(self.node.outputs[0]).shape

    def emit(self, name: str, inputs: Sequence[int], outputs: Sequence[int] = (), /, **options: OptionValue) -> None:
        """Adds an operation; its results are the node's own where no `outputs` are given."""
        results = tuple(outputs or self.outputs)
        self._draft.operations.append(Operation(BUILTINS[name], tuple(inputs), results, options, self.node))

    def step(self, role: str, shape: Shape, name: str, inputs: Sequence[int], /, **options: OptionValue) -> int:
        """Adds an operation on the way to the node's result: its own result, of `shape`, is a new tensor."""
        dtype = self.node.outputs[0].type.dtype
        return self.step_of(role, TensorType(dtype, shape), name, inputs, **options)

    def step_of(
        self, role: str, result: TensorType, name: str, inputs: Sequence[int], /, **options: OptionValue
    ) -> int:
        output = self._draft.add(Tensor(f"{self.node.path}/{role}", result))
        self.emit(name, inputs, (output,), **options)
        return output

    def constant(self, role: str, array: Array) -> int:
        """A small constant. Equal ones are one tensor, which the node that needed it first names."""
        data = ArrayData(array)
        key = (array.dtype.str, array.shape, array.tobytes())
        return self._draft.once(
            key, lambda: Tensor(f"{self.node.path}/{role}", TensorType(data.dtype, array.shape), data)
        )

    def integers(self, role: str, values: Sequence[Any]) -> int:
        return self.constant(role, np.array(values, np.dtype("<i4")))

    def numbers(self, role: str, values: float | Array) -> int:
        """A constant of the element type of the node's result."""
        return self.constant(role, np.asarray(values, numpy_dtype(self.node.outputs[0].type.dtype)))

    def transposed(self, place: int, permutation: tuple[int, ...]) -> int:
        """An operand with its axes in another order: of a parameter a view, else computed at run time."""
        value = self.node.inputs[place]
        assert value is not None
        shape = tuple(self.input_shape(place)[axis] for axis in permutation)
        data = self._draft.data_of(value)
        if data is None:
            order = self.integers("permutation", permutation)
            return self.step(f"transposed_{place}", shape, "TRANSPOSE", (self._draft.index(value), order))
        return self._draft.once((value.name, permutation), lambda: Tensor(value.name, *_transposed(data, permutation)))


def _transposed(data: TensorData, permutation: tuple[int, ...]) -> tuple[TensorType, TensorData]:
    shape = tuple(data.shape[axis] for axis in permutation)
    view = Derived((data,), lambda array: array.transpose(permutation), data.dtype, shape)
    return TensorType(data.dtype, shape), view
