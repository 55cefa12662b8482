"""Shape rules: what they give with an open batch, and how they say no."""

from __future__ import annotations

import numpy as np
import pytest

from mnet.compiler.arrays import numpy_dtype
from mnet.compiler.ops import (
    ADD,
    AVG_POOL2D,
    BATCH_NORM,
    CONCAT,
    CONV2D,
    DENSE,
    DEPTHWISE_CONV2D,
    DIV,
    MATMUL,
    MAX_POOL2D,
    MEAN,
    OPERATORS,
    PAD,
    PRELU,
    RELU,
    RESHAPE,
    RESIZE,
    SLICE,
    SOFTMAX,
    SPLIT,
    SUB,
    SWISH,
    TRANSPOSE,
    TRANSPOSED_CONV2D,
    OperatorError,
    Trait,
)
from mnet.compiler.types import TensorType
from mnet.dsl.dtypes import DType

IMAGE = ("N", 5, 5, 6)

RESULTS = [
    (CONV2D, [IMAGE], {"filters": 8, "stride": 2}, ["f32[N, 3, 3, 8]"]),
    (CONV2D, [IMAGE], {"filters": 8, "kernel": (3, 1), "padding": "valid"}, ["f32[N, 3, 5, 8]"]),
    (CONV2D, [IMAGE], {"filters": 8, "padding": ((1, 0), (2, 2))}, ["f32[N, 4, 7, 8]"]),
    (DEPTHWISE_CONV2D, [IMAGE], {"multiplier": 2}, ["f32[N, 5, 5, 12]"]),
    (TRANSPOSED_CONV2D, [IMAGE], {"filters": 2, "kernel": 3, "stride": 2}, ["f32[N, 10, 10, 2]"]),
    (TRANSPOSED_CONV2D, [IMAGE], {"filters": 2, "kernel": 2, "stride": 3}, ["f32[N, 15, 15, 2]"]),
    (DENSE, [("N", 7, 6)], {"units": 3}, ["f32[N, 7, 3]"]),
    (MATMUL, [("N", 4, 7, 6), (6, 2)], {}, ["f32[N, 4, 7, 2]"]),
    (MATMUL, [("N", 7, 6), ("N", 8, 6)], {"transpose_b": True}, ["f32[N, 7, 8]"]),
    (BATCH_NORM, [IMAGE], {}, ["f32[N, 5, 5, 6]"]),
    (SOFTMAX, [("N", 6)], {}, ["f32[N, 6]"]),
    (MAX_POOL2D, [IMAGE], {"kernel": 3, "stride": 2, "padding": "symmetric"}, ["f32[N, 3, 3, 6]"]),
    (AVG_POOL2D, [IMAGE], {"kernel": 2, "stride": 2}, ["f32[N, 2, 2, 6]"]),
    (MEAN, [IMAGE], {}, ["f32[N, 6]"]),
    (MEAN, [IMAGE], {"axes": [-2, 1], "keepdims": True}, ["f32[N, 1, 1, 6]"]),
    (ADD, [IMAGE, (6,)], {}, ["f32[N, 5, 5, 6]"]),
    (SUB, [("N", 1, 1, 6), ("N", 5, 5, 1)], {}, ["f32[N, 5, 5, 6]"]),
    (PRELU, [IMAGE], {}, ["f32[N, 5, 5, 6]"]),
    (CONCAT, [IMAGE, ("N", 5, 5, 2)], {}, ["f32[N, 5, 5, 8]"]),
    (SPLIT, [IMAGE], {"sections": [1, 2, 3]}, ["f32[N, 5, 5, 1]", "f32[N, 5, 5, 2]", "f32[N, 5, 5, 3]"]),
    (SPLIT, [IMAGE], {"sections": 2}, ["f32[N, 5, 5, 3]"] * 2),
    (SLICE, [IMAGE], {"axes": [1, -1], "begin": [1, -4], "end": [-1, 6]}, ["f32[N, 3, 5, 4]"]),
    (SLICE, [IMAGE], {"axes": [1], "begin": [0], "end": [5], "stride": [2]}, ["f32[N, 3, 5, 6]"]),
    (PAD, [IMAGE], {"padding": [(0, 0), (1, 2), (0, 0), (0, 1)]}, ["f32[N, 8, 5, 7]"]),
    (RESIZE, [IMAGE], {"size": (10, 3)}, ["f32[N, 10, 3, 6]"]),
    (RESHAPE, [IMAGE], {"shape": [-1]}, ["f32[N, 150]"]),
    (RESHAPE, [IMAGE], {"shape": [25, -1, 2]}, ["f32[N, 25, 3, 2]"]),
    (TRANSPOSE, [IMAGE], {"permutation": [0, 3, 1, 2]}, ["f32[N, 6, 5, 5]"]),
]


@pytest.mark.parametrize(("op", "shapes", "values", "expected"), RESULTS)
def test_results_with_an_open_batch(builder, op, shapes, values, expected):
    tensors = [builder.input(*shape, name=f"x{i}") for i, shape in enumerate(shapes)]
    builder.call(op, *tensors, **values)
    (node,) = builder.nodes
    assert [str(value.type) for value in node.outputs] == expected


REFUSALS = [
    (CONV2D, [("N", 6)], {"filters": 2}, "`x` has rank 2, not 4: expected [N, H, W, C], found f32[N, 6]"),
    (
        CONV2D,
        [IMAGE],
        {"filters": 2, "kernel": 7, "padding": "valid"},
        "kernel 7x7 does not fit 5x5 input with valid padding",
    ),
    (
        CONV2D,
        [IMAGE],
        {"filters": 2, "dilation": 3, "padding": ((0, 0), (1, 0))},
        "kernel 3x3 with dilation 3x3 does not fit 5x5 input with padding ((0, 0), (1, 0))",
    ),
    (CONV2D, [IMAGE], {"filters": 8, "groups": 4}, "4 groups do not divide 6 input channels"),
    (CONV2D, [IMAGE], {"filters": 8, "groups": 3}, "3 groups do not divide 8 filters"),
    (CONV2D, [IMAGE], {"filters": 8, "groups": 0}, "groups is 0, it must be at least 1"),
    (CONV2D, [IMAGE], {"filters": 0}, "filters is 0, it must be at least 1"),
    (CONV2D, [IMAGE], {"filters": 8, "stride": 0}, "stride is 0, it must be at least 1"),
    (CONV2D, [IMAGE], {"filters": 8, "kernel": (3, -1)}, "kernel is -1, it must be at least 1"),
    (CONV2D, [IMAGE], {"filters": 8, "padding": ((-1, 0), (0, 0))}, "padding is -1, it must be at least 0"),
    (DEPTHWISE_CONV2D, [IMAGE], {"multiplier": 0}, "multiplier is 0, it must be at least 1"),
    (
        TRANSPOSED_CONV2D,
        [IMAGE],
        {"filters": 2, "kernel": 1, "stride": 1, "padding": ((3, 2), (0, 0))},
        "cropping ((3, 2), (0, 0)) leaves a 0x5 result, nothing of the image",
    ),
    (DENSE, [(6,)], {"units": 2}, "`x` has rank 1, at least 2 is needed: found f32[6]"),
    (DENSE, [IMAGE], {"units": -3}, "units is -3, it must be at least 1"),
    (
        MATMUL,
        [("N", 7, 6), ("N", 8, 6)],
        {},
        "`a` has 6 columns but `b` has 8 rows: can't multiply f32[N, 7, 6] by f32[N, 8, 6]",
    ),
    (
        MATMUL,
        [("N", 7, 6), ("N", 6, 8)],
        {"transpose_b": True},
        "`a` has 6 columns but `b` has 8 rows: can't multiply f32[N, 7, 6] by f32[N, 6, 8], with b transposed",
    ),
    (BATCH_NORM, [IMAGE], {"epsilon": -1.0}, "epsilon is -1, it must be at least 0 and below 1"),
    (SOFTMAX, [IMAGE], {"axis": 4}, "axis 4 is out of range for a tensor of rank 4"),
    (
        MAX_POOL2D,
        [IMAGE],
        {"kernel": 2, "stride": 1, "padding": ((2, 0), (0, 0))},
        "padding 2 is not below the kernel size 2: a window would see no image",
    ),
    (MEAN, [IMAGE], {"axes": [1, -3]}, "axes [1, 1] must be distinct, ascending and at least one"),
    (MEAN, [IMAGE], {"axes": []}, "axes [] must be distinct, ascending and at least one"),
    (ADD, [IMAGE, ("N", 5, 4, 6)], {}, "shapes [N, 5, 5, 6] and [N, 5, 4, 6] can't be broadcast together: 5 against 4"),
    (ADD, [IMAGE, (3, 5, 5, 6)], {}, "shapes [N, 5, 5, 6] and [3, 5, 5, 6] can't be broadcast together: N against 3"),
    (ADD, [("N", 6), (2, 1, 6)], {}, "the result [2, N, 6] would have the symbolic batch `N` at axis 1, not 0"),
    (
        CONCAT,
        [IMAGE, ("N", 4, 5, 6)],
        {},
        "`xs[1]` f32[N, 4, 5, 6] and `xs[0]` f32[N, 5, 5, 6] differ elsewhere than along axis 3",
    ),
    (CONCAT, [IMAGE, IMAGE], {"axis": 0}, "axis 0 of `xs[0]` is the symbolic batch `N`, a known size is needed"),
    (SPLIT, [IMAGE], {"sections": 4}, "4 sections do not divide the 6 elements of axis 3"),
    (SPLIT, [IMAGE], {"sections": 0}, "sections is 0, it must be at least 1"),
    (SPLIT, [IMAGE], {"sections": [2, 2]}, "sections of [2, 2] make 4 elements, but axis 3 has 6"),
    (SPLIT, [IMAGE], {"sections": [7, -1]}, "a section's size is -1, it must be at least 1"),
    (SLICE, [IMAGE], {"axes": [1], "begin": [2], "end": [9]}, "2..9 is not a range within the 5 elements of axis 1"),
    (SLICE, [IMAGE], {"axes": [1], "begin": [-9], "end": [3]}, "-4..3 is not a range within the 5 elements of axis 1"),
    (SLICE, [IMAGE], {"axes": [1, -3], "begin": [0, 0], "end": [1, 1]}, "axes [1, 1] name one axis twice"),
    (
        SLICE,
        [IMAGE],
        {"axes": [1], "begin": [0, 0], "end": [1]},
        "axes, begin, end and stride must be equally long, not of 1, 2, 1, 1 elements",
    ),
    (SLICE, [IMAGE], {"axes": [1], "begin": [0], "end": [1], "stride": [0]}, "stride is 0, it must be at least 1"),
    (
        SLICE,
        [IMAGE],
        {"axes": [0], "begin": [0], "end": [1]},
        "axis 0 of `x` is the symbolic batch `N`, a known size is needed",
    ),
    (PAD, [IMAGE], {"padding": [(1, 1)]}, "padding has 1 pairs, but `x` f32[N, 5, 5, 6] has 4 axes"),
    (PAD, [IMAGE], {"padding": [(0, 0), (-1, 0), (0, 0), (0, 0)]}, "padding is -1, it must be at least 0"),
    (RESIZE, [IMAGE], {"size": (0, 4)}, "size is 0, it must be at least 1"),
    (RESHAPE, [IMAGE], {"shape": [7, -1]}, "can't reshape 150 elements per image to [7, -1]"),
    (RESHAPE, [IMAGE], {"shape": [149]}, "can't reshape 150 elements per image to [149]"),
    (RESHAPE, [IMAGE], {"shape": [-1, -1]}, "shape [-1, -1] has more than one -1"),
    (RESHAPE, [IMAGE], {"shape": [0, 150]}, "a size is 0, it must be at least 1"),
    (TRANSPOSE, [IMAGE], {"permutation": [0, 1, 1, 2]}, "[0, 1, 1, 2] is not a permutation of the 4 axes of `x`"),
    (
        TRANSPOSE,
        [IMAGE],
        {"permutation": [1, 0, 2, 3]},
        "the result [5, N, 5, 6] would have the symbolic batch `N` at axis 1, not 0",
    ),
]


@pytest.mark.parametrize(("op", "shapes", "values", "message"), REFUSALS)
def test_refusals_of_calls(builder, op, shapes, values, message):
    tensors = [builder.input(*shape, name=f"x{i}") for i, shape in enumerate(shapes)]
    with pytest.raises(OperatorError) as caught:
        builder.call(op, *tensors, **values)
    assert caught.value.message == message


WINDOW = {"stride": (1, 1), "dilation": (1, 1), "padding": ((0, 0), (0, 0)), "activation": "none"}
GROUPED = {**WINDOW, "groups": 2}
TRANSPOSED = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "output_padding": (0, 0), "activation": "none"}
SINGLE = {**WINDOW, "groups": 1}

BROKEN_NODES = [
    (CONV2D, [IMAGE], SINGLE, "operand `weight` is missing"),
    (CONV2D, [IMAGE, (3, 3, 5, 8)], SINGLE, "`weight` has 5 input channels but `x` has 6"),
    (CONV2D, [IMAGE, (3, 3, 6, 8)], GROUPED, "`weight` has 6 input channels but `x` has 6 / 2 groups"),
    (
        CONV2D,
        [IMAGE, (3, 3, 6)],
        SINGLE,
        "`weight` has rank 3, not 4: expected [kh, kw, C / groups, F], found f32[3, 3, 6]",
    ),
    (CONV2D, [IMAGE, (3, 3, 6, 8), (6,)], SINGLE, "`bias` has shape [6], not [8]: one element per output channel"),
    (
        DEPTHWISE_CONV2D,
        [IMAGE, (3, 3, 1, 8)],
        WINDOW,
        "`weight` f32[3, 3, 1, 8] does not filter 6 channels: expected [kh, kw, 1, 6 * m]",
    ),
    (TRANSPOSED_CONV2D, [IMAGE, (3, 3, 8, 6)], TRANSPOSED, "`weight` has 8 input channels but `x` has 6"),
    (
        TRANSPOSED_CONV2D,
        [IMAGE, (3, 3, 6, 8)],
        {**TRANSPOSED, "output_padding": (-1, 0)},
        "output_padding is -1, it must be at least 0",
    ),
    (DENSE, [IMAGE, (5, 8)], {"activation": "none"}, "`weight` has 5 input channels but `x` has 6"),
    (BATCH_NORM, [IMAGE, None, None, (6,)], {"epsilon": 0.1}, "operand `variance` is missing"),
    (
        BATCH_NORM,
        [IMAGE, (5,), None, (6,), (6,)],
        {"epsilon": 0.1},
        "`gamma` has shape [5], not [6]: one element per channel",
    ),
    (PRELU, [IMAGE, (1,)], {}, "`slope` has shape [1], not [6]: one element per channel"),
    (SOFTMAX, [IMAGE], {"axis": -1}, "axis -1 is out of range for a tensor of rank 4"),
    (
        RESHAPE,
        [IMAGE],
        {"shape": ("M", 150)},
        "can't reshape [N, 5, 5, 6] to [M, 150]: the symbolic batch must stay in front",
    ),
    (
        RESHAPE,
        [IMAGE],
        {"shape": (1, 150)},
        "can't reshape [N, 5, 5, 6] to [1, 150]: the symbolic batch must stay in front",
    ),
    (RESHAPE, [IMAGE], {"shape": ("N", 15)}, "can't reshape [N, 5, 5, 6] to [N, 15]: 150 against 15 elements"),
    (ADD, [IMAGE], {"activation": "none"}, "operand `b` is missing"),
    (CONCAT, [], {"axis": 0}, "operand `xs` is missing"),
]


@pytest.mark.parametrize(("op", "shapes", "attributes", "message"), BROKEN_NODES)
def test_refusals_of_nodes(op, shapes, attributes, message):
    types = [None if shape is None else TensorType(DType.F32, shape) for shape in shapes]
    with pytest.raises(OperatorError) as caught:
        op.infer(types, attributes)
    assert caught.value.message == message


INTS = TensorType(DType.I32, IMAGE)
FLOATS = TensorType(DType.F32, IMAGE)
BOOLS = TensorType(DType.BOOL, IMAGE)


@pytest.mark.parametrize(
    ("op", "types", "message"),
    [
        (SWISH, [INTS], "`x` is i32, a floating-point tensor is needed"),
        (DIV, [INTS, INTS], "`a` is i32, a floating-point tensor is needed"),
        (ADD, [FLOATS, INTS], "`b` is i32 but `a` is f32"),
        (ADD, [BOOLS, BOOLS], "`a` is bool, a tensor of numbers is needed"),
        (MAX_POOL2D, [BOOLS], "`x` is bool, a tensor of numbers is needed"),
    ],
)
def test_refusals_of_dtypes(op, types, message):
    with pytest.raises(OperatorError) as caught:
        op.infer(types, {"activation": "none"})
    assert caught.value.message == message


def test_integers_are_added_pooled_and_moved(apply):
    x = np.arange(2 * 4 * 4 * 3, dtype=np.int32).reshape(2, 4, 4, 3) - 50
    assert (apply(ADD, x, x).result == 2 * x).all()
    pooled = apply(MAX_POOL2D, x, kernel=3, stride=1, padding="same").result
    assert (pooled[:, 0, 0] == x[:, 1, 1]).all()
    assert (apply(RESIZE, x, size=8).result[:, ::2, ::2] == x).all()


@pytest.mark.parametrize("dtype", [DType.F16, DType.BF16])
@pytest.mark.parametrize("op", [CONV2D, DEPTHWISE_CONV2D, DENSE, BATCH_NORM, SOFTMAX, MEAN, RELU, SWISH])
def test_short_floats_stay_short(apply, op, dtype):
    values = {"conv2d": {"filters": 4}, "dense": {"units": 3}}.get(op.name, {})
    x = np.linspace(-1, 1, 2 * 4 * 4 * 3, dtype=np.float32).reshape(2, 4, 4, 3)
    short = apply(op, x.astype(numpy_dtype(dtype)), **values).result
    np.testing.assert_allclose(short.astype(np.float32), apply(op, x, **values).result, rtol=0.05, atol=0.05)


@pytest.mark.parametrize("activation", ["relu", "relu6"])
@pytest.mark.parametrize("op", [op for op in OPERATORS.values() if "activation" in {a.name for a in op.attributes}])
def test_fused_activation_clips_the_result(builder, op, activation):
    tensors = [builder.input(2, 6, 6, 3, name=f"x{i}") for i in range(op.surface.tensors)]
    values = {"filters": 4, "units": 4, "kernel": 3, "stride": 1}
    wanted = {p.name for p in op.surface.parameters}
    builder.call(op, *tensors, **{name: value for name, value in values.items() if name in wanted})
    (node,) = builder.nodes
    arrays = {v.name: np.random.default_rng(0).normal(size=v.type.shape).astype(np.float32) * 9 for v in tensors}
    arrays |= {name: p.data.read() for name, p in builder.parameters.items()}
    operands = [None if v is None else arrays[v.name] for v in node.inputs]
    (plain,) = op.evaluate(operands, node.attributes)
    (clipped,) = op.evaluate(operands, {**node.attributes, "activation": activation})
    np.testing.assert_array_equal(clipped, np.clip(plain, 0, 6 if activation == "relu6" else np.inf))


@pytest.mark.parametrize("operator", [op for op in OPERATORS.values() if op.has(Trait.NONNEGATIVE)], ids=str)
def test_what_is_said_to_be_never_negative_is_not(operator):
    x = np.array([-np.inf, -3e38, -7.5, -1e-30, -0.0, 0.0, 1e-30, 7.5], np.float32)
    (y,) = operator.evaluate([x], {"axis": 0})
    assert not np.any(y < 0)
