"""Graphs built by hand, operator by operator, for the tests of what reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from mnet.compiler.arrays import dtype_of
from mnet.compiler.data import ArrayData
from mnet.compiler.ir import Graph, Node, Output, Parameter, Value
from mnet.compiler.ops import Operator, Weight
from mnet.compiler.types import TensorType
from mnet.dsl.dtypes import DType


class GraphBuilder:
    """Collects nodes; weights are random and made when they are first read."""

    def __init__(self) -> None:
        self.inputs: list[Value] = []
        self.nodes: list[Node] = []
        self.parameters: dict[str, Parameter] = {}

    def input(self, *shape: int | str, name: str = "x", dtype: DType = DType.F32) -> Value:
        self.inputs.append(Value(name, TensorType(dtype, shape)))
        return self.inputs[-1]

    def call(self, op: Operator, *tensors: Value, path: str = "", **values: Any) -> Any:
        """The result of a call in the language, as the elaborator would make it; of `split`, the results."""
        path = path or f"{op.name}_{len(self.nodes)}"
        assert op.surface is not None
        filled = {p.name: p.default for p in op.surface.parameters} | values
        application = op.surface.apply([v.type for v in tensors], filled)
        weights = {weight.operand: self.weight(path, weight) for weight in application.weights}
        rest = () if op.operands[0].variadic else op.operands[op.surface.tensors :]
        inputs = (*tensors, *(weights.get(operand.name) for operand in rest))
        return self.node(op, inputs, application.attributes, path)

    def node(self, op: Operator, inputs: tuple[Value | None, ...], attributes: Mapping[str, Any], path: str) -> Any:
        types = op.infer([None if v is None else v.type for v in inputs], attributes)
        names = [path] if not op.many_results else [f"{path}#{i}" for i in range(len(types))]
        outputs = tuple(Value(n, t) for n, t in zip(names, types, strict=True))
        self.nodes.append(Node(op, inputs, outputs, attributes, path))
        return list(outputs) if op.many_results else outputs[0]

    def weight(self, path: str, weight: Weight) -> Value:
        value = Value(f"{path}.{weight.operand}", weight.type)
        generator = np.random.default_rng(len(self.parameters))
        array = generator.uniform(0.1, 1.0, weight.type.static_shape).astype(np.float32)
        self.parameters[value.name] = Parameter(value, ArrayData(array), weight.role)
        return value

    def build(self, *results: Value) -> Graph:
        outputs = tuple(Output(f"y{i}", value) for i, value in enumerate(results))
        return Graph("test", tuple(self.inputs), outputs, tuple(self.nodes), self.parameters)


@dataclass(frozen=True)
class Applied:
    """What one operator made of arrays, and the weights and attributes that its call resolved to."""

    results: tuple[Any, ...]
    weights: Mapping[str, Any]
    attributes: Mapping[str, Any]

    @property
    def result(self) -> Any:
        (array,) = self.results
        return array


def apply_operator(op: Operator, *arrays: Any, **values: Any) -> Applied:
    """One call of an operator; the shape rule is held to what was computed."""
    builder = GraphBuilder()
    tensors = [builder.input(*a.shape, name=f"x{i}", dtype=dtype_of(a)) for i, a in enumerate(arrays)]
    builder.call(op, *tensors, path="layer", **values)
    (node,) = builder.nodes
    weights = {name.removeprefix("layer."): p.data.read() for name, p in builder.parameters.items()}
    given = dict(zip((v.name for v in tensors), arrays, strict=True)) | {f"layer.{n}": w for n, w in weights.items()}
    with np.errstate(all="ignore"):
        results = op.evaluate([None if v is None else given[v.name] for v in node.inputs], node.attributes)
    assert [(a.shape, dtype_of(a)) for a in results] == [(v.type.shape, v.type.dtype) for v in node.outputs]
    return Applied(results, weights, node.attributes)


@pytest.fixture(scope="session")
def apply() -> Callable[..., Applied]:
    return apply_operator


@pytest.fixture
def builder() -> GraphBuilder:
    return GraphBuilder()


@pytest.fixture(scope="session")
def new_builder() -> type[GraphBuilder]:
    """For properties, which build a graph for each example."""
    return GraphBuilder
