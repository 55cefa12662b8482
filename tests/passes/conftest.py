"""Random graphs that every pass has something to do in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from mnet.compiler import ops
from mnet.compiler.annotations import merged
from mnet.compiler.arrays import numpy_dtype
from mnet.compiler.data import ArrayData, TensorData
from mnet.compiler.initializers import Initialized, Written
from mnet.compiler.ir import Annotation, Graph, Node, Output, Parameter, Role, Value
from mnet.compiler.types import TensorType
from mnet.dsl.dtypes import DType
from mnet.dsl.source import Span


class Builder:
    """Appends nodes to a graph, each with the type that its operator infers."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.random = np.random.default_rng(draw(st.integers(0, 2**32)))
        batch = draw(st.sampled_from(["N", 2]))
        shape = (batch, draw(st.integers(3, 7)), draw(st.integers(3, 7)), draw(st.integers(1, 6)))
        self.image = Value("image", TensorType(DType.F32, shape))
        self.nodes: list[Node] = []
        self.parameters: dict[str, Parameter] = {}
        self.values = [self.image]

    def add(self, op: ops.Operator, inputs: Sequence[Value | None], **attributes: Any) -> Value:
        """The node's last result."""
        defaults = {declared.name: declared.default for declared in op.attributes}
        attributes = {name: attributes.get(name, default) for name, default in defaults.items()}
        path = f"block{len(self.nodes) // 3}.{op.name}{len(self.nodes)}"
        types = op.infer([None if value is None else value.type for value in inputs], attributes)
        names = [path] if len(types) == 1 else [f"{path}#{i}" for i in range(len(types))]
        outputs = tuple(map(Value, names, types))
        line = len(self.nodes) + 1
        self.nodes.append(Node(op, tuple(inputs), outputs, attributes, path, Span("random.mnet", line, 5, line, 9)))
        self.values.extend(outputs)
        return outputs[-1]

    def parameter(self, role: Role, *shape: int, low: float = -1.0, high: float = 1.0) -> Value:
        value = Value(f"layer{len(self.parameters)}.{role.value}", TensorType(DType.F32, shape))
        self.parameters[value.name] = Parameter(value, self.data(value, role, low, high), role)
        return value

    def data(self, value: Value, role: Role, low: float, high: float) -> TensorData:
        shape = value.type.static_shape
        array = self.random.uniform(low, high, shape).astype(numpy_dtype(value.type.dtype))
        if role is Role.CONSTANT and self.flip():
            return Written(tuple(array.ravel().tolist()), value.type.dtype, shape)
        if role is Role.WEIGHT and self.flip():
            return Initialized(value.name, role, value.type.dtype, shape, seed=3)
        return ArrayData(array)

    def constant(self, element: float, *shape: int) -> Value:
        return self.parameter(Role.CONSTANT, *shape, low=element, high=element)

    def flip(self) -> bool:
        return bool(self.draw(st.booleans()))

    def pick(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def pads(self, most: int) -> Any:
        amount = st.integers(0, most)
        return self.draw(st.tuples(st.tuples(amount, amount), st.tuples(amount, amount)))

    def graph(self, last: Value) -> Graph:
        outputs = [Output("result", last)]
        if self.flip():
            outputs.append(Output("also", self.pick(*self.values)))
        return Graph("random", (self.image,), tuple(outputs), tuple(self.nodes), self.parameters, "A random graph.")


def _bias(b: Builder, channels: int) -> Value | None:
    return b.parameter(Role.BIAS, channels) if b.flip() else None


def conv(b: Builder, x: Value) -> Value:
    channels = x.type.shape[3]
    groups = b.pick(*(g for g in (1, 2, 3) if channels % g == 0))
    filters = groups * b.draw(st.integers(1, 3))
    weight = b.parameter(Role.WEIGHT, b.pick(1, 2, 3), b.pick(1, 2, 3), channels // groups, filters)
    padding = b.pick(((0, 0), (0, 0)), ((1, 1), (1, 1)), b.pads(2))
    return b.add(
        ops.CONV2D, [x, weight, _bias(b, filters)], groups=groups, padding=padding, stride=(b.pick(1, 2), 1),
        activation=b.pick("none", "none", "relu"),
    )  # fmt: skip


def depthwise(b: Builder, x: Value) -> Value:
    filters = x.type.shape[3] * b.pick(1, 2)
    weight = b.parameter(Role.WEIGHT, b.pick(1, 3), b.pick(1, 2), 1, filters)
    padding = b.pick(((0, 0), (0, 0)), b.pads(1))
    return b.add(ops.DEPTHWISE_CONV2D, [x, weight, _bias(b, filters)], padding=padding)


def transposed(b: Builder, x: Value) -> Value:
    filters = b.pick(2, 3)
    weight = b.parameter(Role.WEIGHT, b.pick(1, 2), 2, x.type.shape[3], filters)
    return b.add(
        ops.TRANSPOSED_CONV2D, [x, weight, _bias(b, filters)], stride=(b.pick(1, 2), 1),
        padding=((0, b.pick(0, 1)), (0, 0)), output_padding=(b.pick(0, 1), 0),
    )  # fmt: skip


def dense(b: Builder, x: Value) -> Value:
    filters = b.pick(2, 4)
    weight = b.parameter(Role.WEIGHT, x.type.shape[3], filters)
    return b.add(ops.DENSE, [x, weight, _bias(b, filters)])


def norm(b: Builder, x: Value) -> Value:
    channels = x.type.shape[3]
    gamma = b.parameter(Role.GAMMA, channels, low=0.5) if b.flip() else None
    beta = b.parameter(Role.BETA, channels) if b.flip() else None
    statistics = [b.parameter(Role.MEAN, channels), b.parameter(Role.VARIANCE, channels, low=0.5, high=2.0)]
    return b.add(ops.BATCH_NORM, [x, gamma, beta, *statistics])


def activation(b: Builder, x: Value) -> Value:
    return b.add(b.pick(ops.RELU, ops.RELU, ops.RELU6, ops.IDENTITY, ops.SWISH, ops.HARD_SIGMOID), [x])


def pad(b: Builder, x: Value) -> Value:
    padding = ((0, 0), *b.pads(2), b.pick((0, 0), (0, 0), (0, 1)))
    return b.add(ops.PAD, [x], padding=padding, value=b.pick(0.0, 0.0, -1.5))


def pool(b: Builder, x: Value) -> Value:
    padding = b.pick(((0, 0), (0, 0)), ((1, 0), (0, 1)))
    if b.flip():
        return b.add(ops.MAX_POOL2D, [x], kernel=(3, 2), stride=(1, 1), padding=padding)
    return b.add(ops.AVG_POOL2D, [x], kernel=(2, 3), stride=(1, 1), padding=padding, count_padding=b.flip())


def padded_pool(b: Builder, x: Value) -> Value:
    lowest = b.add(ops.PAD, [x], padding=((0, 0), (1, 0), (1, 1), (0, 0)), value=-float("inf"))
    return b.add(ops.MAX_POOL2D, [lowest], kernel=(2, 2), stride=(2, 2))


def residual(b: Builder, x: Value) -> Value:
    other = b.pick(*(value for value in b.values if value.type == x.type))
    return b.add(b.pick(ops.ADD, ops.MUL), [x, other], activation=b.pick("none", "relu"))


def scale(b: Builder, x: Value) -> Value:
    shape = b.pick((), (1,), (x.type.shape[3],), (1, 1, 1, x.type.shape[3]))
    constant = b.pick(b.constant(1.0, *shape), b.constant(0.0, *shape), b.parameter(Role.CONSTANT, *shape, low=0.5))
    op = b.pick(ops.ADD, ops.SUB, ops.MUL, ops.DIV)
    if op is ops.DIV:
        constant = b.parameter(Role.CONSTANT, *shape, low=0.5)
    operands = [constant, x] if b.flip() and op.has(ops.Trait.COMMUTATIVE) else [x, constant]
    return b.add(op, operands, activation=b.pick("none", "none", "relu6"))


def computed_scale(b: Builder, x: Value) -> Value:
    constant = b.add(ops.EXP, [b.parameter(Role.CONSTANT, x.type.shape[3])])
    return b.add(ops.MUL, [constant, x])


def split(b: Builder, x: Value) -> Value:
    channels = x.type.shape[3]
    if channels == 1:
        return b.add(ops.CONCAT, [x], axis=3)
    first = b.draw(st.integers(1, channels - 1))
    b.add(ops.SPLIT, [x], axis=3, sizes=(first, channels - first))
    parts = list(b.nodes[-1].outputs)
    return b.add(ops.CONCAT, parts if b.flip() else parts[::-1], axis=3)


def reshape(b: Builder, x: Value) -> Value:
    batch, h, w, c = x.type.shape
    flat = b.add(ops.RESHAPE, [x], shape=(batch, h * w * c))
    return b.add(ops.RESHAPE, [flat], shape=b.pick((batch, h, w, c), (batch, w, h, c)))


def transpose(b: Builder, x: Value) -> Value:
    first = b.add(ops.TRANSPOSE, [x], permutation=b.pick((0, 2, 1, 3), (0, 1, 2, 3), (0, 3, 1, 2)))
    return b.add(ops.TRANSPOSE, [first], permutation=b.pick((0, 2, 1, 3), (0, 2, 3, 1)))


def squeeze(b: Builder, x: Value) -> Value:
    batch, _, _, c = x.type.shape
    keepdims = b.flip()
    mean = b.add(ops.MEAN, [x], axes=(1, 2), keepdims=keepdims)
    flat = b.add(ops.RESHAPE, [mean], shape=(batch, c) if keepdims else (batch, 1, 1, c))
    back = b.add(ops.RESHAPE, [flat], shape=(batch, 1, 1, c))
    return b.add(ops.MUL, [x, back])


def unchanged(b: Builder, x: Value) -> Value:
    _, h, w, _ = x.type.shape
    if b.flip():
        return b.add(ops.RESIZE, [x], size=(h, b.pick(w, w + 1)), method="bilinear", coordinates="half_pixel")
    return b.add(ops.SLICE, [x], axes=(1,), begin=(0,), end=(h,), stride=(1,))


def twice(b: Builder, x: Value) -> Value:
    last = b.nodes[-1] if b.nodes else None
    if last is None or last.outputs[-1] != x:
        return x
    return b.add(ops.ADD, [x, b.add(last.op, last.inputs, **last.attributes)])


STEPS = (
    conv, conv, depthwise, transposed, dense, norm, norm, norm, activation, activation, pad, pool, padded_pool,
    residual, scale, scale, computed_scale, split, reshape, transpose, squeeze, unchanged, twice,
)  # fmt: skip


@st.composite
def random_graphs(draw: Callable[[Any], Any]) -> Graph:
    builder = Builder(draw)
    x: Value = builder.image
    for step in draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=8)):
        x = _apply(builder, step, x)
    return builder.graph(x)


def _apply(builder: Builder, step: Callable[[Builder, Value], Value], x: Value) -> Value:
    """The step's result, or x where the step's operators do not take it."""
    nodes, parameters, values = len(builder.nodes), dict(builder.parameters), len(builder.values)
    try:
        return step(builder, x)
    except ops.OperatorError:
        del builder.nodes[nodes:], builder.values[values:]
        builder.parameters = parameters
        return x


@pytest.fixture(scope="session")
def graphs() -> st.SearchStrategy[Graph]:
    return random_graphs()


SAYINGS = (
    Annotation("precision", {"weights": "int8"}, Span("random.mnet", 1, 1, 1, 3)),
    Annotation("precision", {"weights": "int4", "activations": "int8"}),
    Annotation("sparsity", {"ratio": 0.5, "block": (1, 4)}),
    Annotation("placement", {"device": "cpu"}),
    Annotation("placement", {"device": "gpu"}, Span("random.mnet", 1, 4, 1, 6)),
    Annotation("freeze", {}),
    Annotation("initializer", {"kind": "uniform", "weight": "bias", "limit": 0.5}),
)
"""What the nodes of an annotated graph may say."""


@st.composite
def annotated_graphs(draw: Callable[[Any], Any]) -> Graph:
    graph = draw(random_graphs())
    said = st.lists(st.sampled_from(SAYINGS), max_size=3).map(lambda each: merged(tuple(each)))
    return dataclasses.replace(
        graph, nodes=tuple(dataclasses.replace(node, annotations=draw(said)) for node in graph.nodes)
    )


@pytest.fixture(scope="session")
def annotated() -> st.SearchStrategy[Graph]:
    return annotated_graphs()
