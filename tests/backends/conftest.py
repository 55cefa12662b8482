"""Graphs made by hand, for tests of what the backends write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mnet.compiler.arrays import dtype_of
from mnet.compiler.data import ArrayData
from mnet.compiler.ir import Graph, Node, Output, Parameter, Role, Value
from mnet.compiler.ops import OPERATORS
from mnet.compiler.types import TensorType
from mnet.dsl.dtypes import DType
from mnet.dsl.source import Span


class Net:
    """A graph in the making. Calling it applies an operator; arrays among the operands become parameters."""

    def __init__(self, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self._inputs: list[Value] = []
        self._nodes: list[Node] = []
        self._parameters: dict[str, Parameter] = {}

    def input(self, *shape: int | str, name: str = "x", dtype: DType = DType.F32) -> Value:
        value = Value(name, TensorType(dtype, shape))
        self._inputs.append(value)
        return value

    def normal(self, *shape: int, scale: float = 1.0) -> Any:
        return (self.random.standard_normal(shape) * scale).astype(np.float32)

    def __call__(self, op: str, *operands: Any, path: str | None = None, **attributes: Any) -> Any:
        """The result of a node, a tuple of them where the operator has several."""
        operator = OPERATORS[op]
        path = path or f"{op}_{len(self._nodes)}"
        values = tuple(self._value(f"{path}.{place}", operand) for place, operand in enumerate(operands))
        optional = () if operator.operands[0].variadic else (None,) * (len(operator.operands) - len(values))
        values += optional
        full = {a.name: attributes.pop(a.name, a.default) for a in operator.attributes}
        assert not attributes, attributes
        types = operator.infer([value.type if value else None for value in values], full)
        names = [path] if not operator.many_results else [f"{path}#{i}" for i in range(len(types))]
        results = tuple(map(Value, names, types))
        span = Span("net.mnet", len(self._nodes) + 1, 3, len(self._nodes) + 1, 9)
        self._nodes.append(Node(operator, values, results, full, path, span))
        return results if operator.many_results else results[0]

    def _value(self, name: str, operand: Any) -> Value | None:
        if operand is None or isinstance(operand, Value):
            return operand
        array = np.asarray(operand)
        value = Value(name, TensorType(dtype_of(array), array.shape))
        self._parameters[name] = Parameter(value, ArrayData(array), Role.WEIGHT)
        return value

    def graph(self, *outputs: Value, name: str = "net") -> Graph:
        named = [Output(f"y{i}" if i else "y", value) for i, value in enumerate(outputs)]
        return Graph(name, tuple(self._inputs), tuple(named), tuple(self._nodes), dict(self._parameters))


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture(scope="session")
def new_net() -> type[Net]:
    """For properties, which build a graph for each example."""
    return Net
