"""Every operator, as LiteRT runs it, against its reference semantics."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from mnet.backends.tflite.constraints import CONSTRAINTS
from mnet.backends.tflite.lowering import RULES
from mnet.compiler.ops import OPERATORS, OperatorError
from mnet.dsl.dtypes import DType

few = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

pads = st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
activations = st.sampled_from(("none", "relu", "relu6"))


def test_every_operator_has_a_rule_or_is_refused():
    assert CONSTRAINTS.keys() == OPERATORS.keys()
    assert OPERATORS.keys() - RULES.keys() == {"batch_norm"}
    assert RULES.keys() <= OPERATORS.keys()


# Windows ------------------------------------------------------------------------------------


@few
@given(padding=pads, kernel=pairs, stride=pairs, dilation=pairs, groups=st.sampled_from((1, 2, 4)), act=activations)
def test_conv2d(new_net, agrees, padding, kernel, stride, dilation, groups, act):
    net = new_net()
    x = net.input("N", 9, 10, 4)
    weight = net.normal(*kernel, 4 // groups, 8)
    window = {"padding": padding, "stride": stride, "dilation": dilation}
    agrees(net.graph(net("conv2d", x, weight, net.normal(8), **window, groups=groups, activation=act)))


@few
@given(padding=pads, kernel=pairs, stride=pairs, dilation=pairs, multiplier=st.integers(1, 3), act=activations)
def test_depthwise_conv2d(new_net, agrees, padding, kernel, stride, dilation, multiplier, act):
    net = new_net()
    weight = net.normal(*kernel, 1, 4 * multiplier)
    window = {"padding": padding, "stride": stride, "dilation": dilation}
    agrees(net.graph(net("depthwise_conv2d", net.input("N", 9, 10, 4), weight, **window, activation=act)))


@few
@given(
    padding=pads, kernel=pairs, stride=pairs, extra=st.tuples(st.integers(0, 2), st.integers(0, 2)), act=activations,
    batch=st.sampled_from(("N", 1, 3)),
)  # fmt: skip
def test_transposed_conv2d(new_net, agrees, padding, kernel, stride, extra, act, batch):
    net = new_net()
    x, weight = net.input(batch, 4, 5, 4), net.normal(*kernel, 4, 6)
    window = {"padding": padding, "stride": stride, "output_padding": extra}
    try:
        y = net("transposed_conv2d", x, weight, net.normal(6), **window, activation=act)
    except OperatorError:
        assume(False)
    graph = net.graph(y)
    assume(not any(limit.violation(graph.nodes[0]) for limit in CONSTRAINTS["transposed_conv2d"]))
    agrees(graph)


@few
@given(
    padding=pads,
    kernel=pairs,
    stride=pairs,
    before=st.sampled_from(["identity", "relu", "sigmoid", "exp"]),
    act=activations,
)
def test_max_pool2d(new_net, agrees, padding, kernel, stride, before, act):
    net = new_net()
    x = net.input("N", 9, 10, 4)
    try:
        y = net(
            "max_pool2d",
            net(before, x),
            kernel=kernel,
            stride=stride,
            padding=padding,
            activation=act,
        )
    except OperatorError:
        assume(False)
    agrees(net.graph(y))


@few
@given(padding=pads, kernel=pairs, stride=pairs, count_padding=st.booleans(), act=activations)
def test_avg_pool2d(new_net, agrees, padding, kernel, stride, count_padding, act):
    net = new_net()
    window = {"kernel": kernel, "stride": stride, "padding": padding, "count_padding": count_padding}
    try:
        y = net("avg_pool2d", net.input("N", 9, 10, 4), **window, activation=act)
    except OperatorError:
        assume(False)
    agrees(net.graph(y))


@pytest.mark.parametrize(
    ("padding", "stride", "size", "expected"),
    [
        (((0, 0), (0, 0)), (1, 1), 8, ["CONV_2D"]),
        (((1, 1), (1, 1)), (1, 1), 8, ["CONV_2D"]),
        (((0, 1), (0, 1)), (2, 2), 8, ["CONV_2D"]),
        (((1, 1), (1, 1)), (2, 2), 9, ["CONV_2D"]),  # symmetric padding of an odd size is SAME
        (((1, 2), (1, 2)), (2, 2), 9, ["CONV_2D"]),  # nobody reads the last row
        (((1, 1), (1, 1)), (2, 2), 8, ["PAD", "CONV_2D"]),
    ],
)
def test_padding_is_same_or_valid_wherever_it_can_be(net, write, operator_names, padding, stride, size, expected):
    x = net.input("N", size, size, 2)
    y = net("conv2d", x, net.normal(3, 3, 2, 4), padding=padding, stride=stride)
    assert operator_names(write(net.graph(y))) == expected


# Matrix products ----------------------------------------------------------------------------


@pytest.mark.parametrize("rank", range(2, 7))
@pytest.mark.parametrize("bias", [True, False])
def test_dense(net, agrees, rank, bias):
    x = net.input("N", *range(2, rank), 7)
    agrees(net.graph(net("dense", x, net.normal(7, 5), net.normal(5) if bias else None, activation="relu")))


def test_dense_with_a_computed_weight(net, agrees):
    x, weight = net.input("N", 7), net.input(7, 5, name="w")
    agrees(net.graph(net("dense", x, net("neg", weight))))


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
@pytest.mark.parametrize(
    "shapes", [((6, 7), (7, 5)), ((2, 6, 7), (2, 7, 5)), ((2, 6, 7), (1, 7, 5)), ((3, 2, 6, 7), (7, 5))]
)
def test_matmul(net, agrees, transpose_a, transpose_b, shapes):
    (*ahead_a, m, k), (*ahead_b, _, n) = shapes
    a = net.input("N", *ahead_a, *((k, m) if transpose_a else (m, k)))
    b = net.input(*ahead_b, *((n, k) if transpose_b else (k, n)), name="b")
    agrees(net.graph(net("matmul", a, b, transpose_a=transpose_a, transpose_b=transpose_b)))


# Element by element -------------------------------------------------------------------------

ACTIVATIONS = [
    ("relu", {}), ("relu6", {}), ("hard_swish", {}), ("hard_sigmoid", {}), ("swish", {}), ("sigmoid", {}), ("tanh", {}),
    ("identity", {}), ("gelu", {"approximate": False}), ("gelu", {"approximate": True}), ("leaky_relu", {"slope": 0.2}),
    ("neg", {}), ("absolute", {}), ("exp", {}),
]  # fmt: skip


@pytest.mark.parametrize(("op", "attributes"), ACTIVATIONS)
@pytest.mark.parametrize("shape", [(5,), (3, 4, 5), (2, 1, 3, 2, 5)])
def test_unary(net, agrees, op, attributes, shape):
    x = net("mul", net.input("N", *shape), np.float32(3))
    agrees(net.graph(net(op, x, **attributes)))


def test_sqrt(net, agrees):
    agrees(net.graph(net("sqrt", net("absolute", net.input("N", 3, 5)))))


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4), (2, 2, 3, 2, 4)])
def test_prelu(net, agrees, shape):
    agrees(net.graph(net("prelu", net.input("N", *shape), net.normal(4))))


@pytest.mark.parametrize("op", ["add", "sub", "mul", "div", "maximum", "minimum"])
@pytest.mark.parametrize("shape", [(), (4,), (3, 1, 4), (2, 1, 1, 1), (1, 1, 1, 1)])
@pytest.mark.parametrize("swapped", [False, True])
def test_broadcasting(net, agrees, op, shape, swapped):
    x = net("exp", net.input("N", 2, 3, 2, 4))
    constant = np.exp(net.normal(*shape)) if shape else np.float32(2.5)
    agrees(net.graph(net(op, *((constant, x) if swapped else (x, constant)))))


@pytest.mark.parametrize("op", ["add", "sub", "mul", "div"])
@pytest.mark.parametrize("act", ["relu", "relu6"])
def test_arithmetic_with_an_activation(net, agrees, op, act):
    x = net("mul", net.input("N", 3, 4), np.float32(5))
    agrees(net.graph(net(op, x, net.input("N", 3, 4, name="b"), activation=act)), tolerance=1e-4)


@pytest.mark.parametrize("rank", range(1, 7))
def test_softmax_along_each_axis(net, agrees, rank):
    x = net.input(*range(2, rank + 2))
    agrees(net.graph(*(net("softmax", x, axis=axis) for axis in range(rank))))


@pytest.mark.parametrize("axes", [(1,), (2,), (3,), (1, 2), (2, 3), (1, 2, 3)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_mean(net, agrees, axes, keepdims):
    agrees(net.graph(net("mean", net.input("N", 5, 6, 7), axes=axes, keepdims=keepdims)))


# Shapes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 5, 6, 9, 13])
@pytest.mark.parametrize("axis", [1, 3])
def test_concat(net, agrees, count, axis):
    x = net.input("N", 2, 3, 4)
    parts = [net("add", x, np.float32(i)) for i in range(count)]
    agrees(net.graph(net("concat", *parts, axis=axis)))


@pytest.mark.parametrize("sizes", [(12,), (6, 6), (3, 3, 3, 3), (2,) * 6, (1, 7, 4)])
@pytest.mark.parametrize("axis", [1, 3])
def test_split(net, agrees, sizes, axis):
    x = net.input("N", 12, 2, 12)
    agrees(net.graph(*net("split", x, axis=axis, sizes=sizes)))


@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
@pytest.mark.parametrize("shape", [("N", 9, 11, 4), ("N", 9, 11), (2, 9, 11, 3, 2)])
def test_slice(net, agrees, stride, shape):
    agrees(net.graph(net("slice", net.input(*shape), axes=(1, 2), begin=(1, 0), end=(8, 7), stride=stride)))


@pytest.mark.parametrize("value", [0.0, -1.5])
@pytest.mark.parametrize("rank", range(2, 6))
def test_pad(net, agrees, value, rank):
    padding = ((0, 0), *((i, 2 * i) for i in range(1, rank)))
    agrees(net.graph(net("pad", net.input("N", *range(2, rank + 1)), padding=padding, value=value)))


@pytest.mark.parametrize("method", ["nearest", "bilinear"])
@pytest.mark.parametrize("coordinates", ["half_pixel", "align_corners", "asymmetric"])
@pytest.mark.parametrize("size", [(18, 22), (5, 4), (1, 7), (9, 11)])
def test_resize(net, agrees, method, coordinates, size):
    agrees(net.graph(net("resize", net.input("N", 9, 11, 3), size=size, method=method, coordinates=coordinates)))


def test_reshape_and_transpose(net, agrees):
    x = net.input("N", 4, 6, 2)
    y = net("reshape", x, shape=("N", 24, 2))
    agrees(net.graph(y, net("transpose", y, permutation=(0, 2, 1)), net("transpose", x, permutation=(0, 3, 1, 2))))


def test_integers(net, agrees):
    x, b = (net.input("N", 4, 6, 2, name=name, dtype=DType.I32) for name in ("x", "b"))
    ys = [net(op, x, b) for op in ("add", "sub", "mul", "maximum", "minimum")]
    ys += [net("neg", x), net("absolute", x), net("identity", x), net("concat", x, b, axis=3)]
    ys += net("split", x, axis=2, sizes=(1, 5))
    ys += [net("pad", x, padding=((0, 0), (1, 2), (0, 0), (0, 0)), value=7.0)]
    ys += [net("transpose", x, permutation=(0, 2, 1, 3)), net("reshape", x, shape=("N", 48))]
    ys += [net("resize", x, size=(8, 9), method="nearest", coordinates="half_pixel")]
    agrees(net.graph(*ys))


# The limits ---------------------------------------------------------------------------------

SIX = ("N", 2, 1, 3, 2, 4)
AT_SIX_AXES = {
    **{op: lambda net, x, op=op: net(op, x) for op, _ in ACTIVATIONS},
    **{
        op: lambda net, x, op=op: net(op, net("exp", x), np.exp(net.normal(2, 1, 2, 1)))
        for op in ("add", "sub", "mul", "div", "maximum", "minimum")
    },
    "concat": lambda net, x: net("concat", x, x, axis=3),
    "dense": lambda net, x: net("dense", x, net.normal(4, 3)),
    "mean": lambda net, x: net("mean", x, axes=(1, 3, 5)),
    "prelu": lambda net, x: net("prelu", x, net.normal(4)),
    "reshape": lambda net, x: net("reshape", x, shape=("N", 2, 3, 2, 2, 2)),
    "slice": lambda net, x: net("slice", x, axes=(3, 5), begin=(1, 0), end=(2, 4), stride=(1, 3)),
    "softmax": lambda net, x: net("softmax", x, axis=3),
    "split": lambda net, x: net("split", x, axis=5, sizes=(1, 3)),
    "sqrt": lambda net, x: net("sqrt", net("absolute", x)),
    "transpose": lambda net, x: net("transpose", x, permutation=(0, 5, 3, 2, 4, 1)),
}


@pytest.mark.parametrize("op", AT_SIX_AXES)
def test_six_axes(net, agrees, op):
    results = AT_SIX_AXES[op](net, net.input(*SIX))
    agrees(net.graph(*(results if isinstance(results, tuple) else (results,))))


def test_every_limit_of_six_axes_is_tried():
    images = {"avg_pool2d", "conv2d", "depthwise_conv2d", "max_pool2d", "resize", "transposed_conv2d"}
    six = {op for op, limits in CONSTRAINTS.items() if any("6 axes" in limit.sentence for limit in limits)}
    assert six - images == AT_SIX_AXES.keys()


# Graphs -------------------------------------------------------------------------------------


def test_inputs_and_repeated_values_can_be_outputs(net, agrees):
    x = net.input("N", 3, 4)
    y = net("relu", x)
    agrees(net.graph(x, y, y))


def test_shared_weights_are_one_tensor(net, agrees, parse):
    x, weight = net.input("N", 8, 8, 3), net.normal(3, 3, 3, 4)
    first = net("conv2d", x, weight, padding=((1, 1), (1, 1)))
    shared = net._nodes[0].inputs[1]
    second = net("conv2d", net("neg", x), shared, padding=((0, 0), (0, 0)))
    subgraph = parse(agrees(net.graph(first, second))).subgraphs[0]
    convolutions = [op for op in subgraph.operators if len(op.inputs) == 3]
    assert convolutions[0].inputs[1] == convolutions[1].inputs[1]
