"""What TensorFlow lacks, against single-node models in ONNX Runtime: PyTorch's paddings, explicit crops, exact gelu."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from mnet.compiler.ops import (
    AVG_POOL2D,
    CONV2D,
    DEPTHWISE_CONV2D,
    GELU,
    HARD_SIGMOID,
    HARD_SWISH,
    LEAKY_RELU,
    MAX_POOL2D,
    MEAN,
    PRELU,
    RESIZE,
    TRANSPOSED_CONV2D,
)

examples = settings(max_examples=40, deadline=None)
pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
odd_pairs = st.sampled_from([(1, 1), (3, 3), (5, 3), (1, 3)])


@st.composite
def images(draw: st.DrawFn) -> np.ndarray:
    shape = [draw(st.integers(*bounds)) for bounds in ((1, 2), (4, 9), (4, 9), (1, 4))]
    return np.random.default_rng(draw(st.integers(0, 9))).normal(size=shape).astype(np.float32)


def run(op: str, *arrays: Any, opset: int = 20, **attributes: Any) -> np.ndarray:
    """The only result of one ONNX node; an absent operand is None."""
    given = {f"x{i}": array for i, array in enumerate(arrays) if array is not None}
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(arrays)]
    node = helper.make_node(op, names, ["y"], **attributes)
    kinds = {n: helper.np_dtype_to_tensor_dtype(a.dtype) for n, a in given.items()}
    inputs = [helper.make_tensor_value_info(n, kinds[n], a.shape) for n, a in given.items()]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    model = helper.make_model(
        helper.make_graph([node], "one", inputs, [output]), opset_imports=[helper.make_opsetid("", opset)], ir_version=9
    )
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (result,) = session.run(None, given)
    return result


def nchw(x: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2))


def assert_close(ours: np.ndarray, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(nchw(ours), theirs, rtol=1e-5, atol=1e-5)


def pads(attributes: Any) -> list[int]:
    (top, bottom), (left, right) = attributes["padding"]
    return [top, left, bottom, right]


@examples
@given(x=images(), kernel=odd_pairs, stride=pairs, dilation=pairs, groups=st.integers(1, 3), filters=st.integers(1, 3))
def test_symmetric_conv2d(apply, x, kernel, stride, dilation, groups, filters):
    x = np.repeat(x, groups, axis=3)
    values = {"kernel": kernel, "stride": stride, "dilation": dilation, "groups": groups}
    ours = apply(CONV2D, x, filters=filters * groups, **values, padding="symmetric")
    assert pads(ours.attributes)[:2] == [(k - 1) * d // 2 for k, d in zip(kernel, dilation, strict=True)]
    weight = ours.weights["weight"].transpose(3, 2, 0, 1)
    named = {"strides": stride, "dilations": dilation, "group": groups, "pads": pads(ours.attributes)}
    assert_close(ours.result, run("Conv", nchw(x), weight, ours.weights["bias"], **named))


@examples
@given(x=images(), kernel=odd_pairs, stride=pairs, dilation=pairs, multiplier=st.integers(1, 3))
def test_dilated_strided_depthwise_conv2d(apply, x, kernel, stride, dilation, multiplier):
    values = {"kernel": kernel, "stride": stride, "dilation": dilation, "multiplier": multiplier}
    ours = apply(DEPTHWISE_CONV2D, x, **values, padding="symmetric")
    weight = ours.weights["weight"].transpose(3, 2, 0, 1)
    named = {"strides": stride, "dilations": dilation, "group": x.shape[3], "pads": pads(ours.attributes)}
    assert_close(ours.result, run("Conv", nchw(x), weight, ours.weights["bias"], **named))


@examples
@given(x=images(), kernel=pairs, stride=pairs, crops=st.tuples(*[st.integers(0, 1)] * 4), filters=st.integers(1, 3))
def test_transposed_conv2d_with_crops(apply, x, kernel, stride, crops, filters):
    top, bottom, left, right = crops
    values = {"filters": filters, "kernel": kernel, "stride": stride, "padding": ((top, bottom), (left, right))}
    ours = apply(TRANSPOSED_CONV2D, x, **values)
    weight = ours.weights["weight"].transpose(2, 3, 0, 1)
    theirs = run(
        "ConvTranspose", nchw(x), weight, ours.weights["bias"], strides=stride, pads=[top, left, bottom, right]
    )
    assert_close(ours.result, theirs)


@examples
@given(x=images(), more=st.tuples(st.integers(0, 2), st.integers(0, 2)), crop=st.integers(0, 1))
def test_transposed_conv2d_with_output_padding(x, more, crop):
    weight = np.random.default_rng(1).normal(size=(3, 3, x.shape[3], 2)).astype(np.float32)
    padding = ((crop, crop), (crop, crop))
    attributes = {"stride": (3, 3), "padding": padding, "output_padding": more, "activation": "none"}
    (ours,) = TRANSPOSED_CONV2D.evaluate([x, weight, None], attributes)
    named = {"strides": (3, 3), "pads": [crop] * 4, "output_padding": more}
    assert_close(ours, run("ConvTranspose", nchw(x), weight.transpose(2, 3, 0, 1), **named))


@examples
@given(x=images(), stride=pairs, count=st.booleans())
def test_symmetric_avg_pool2d(apply, x, stride, count):
    ours = apply(AVG_POOL2D, x, kernel=3, stride=stride, padding="symmetric", count_padding=count)
    named = {"kernel_shape": (3, 3), "strides": stride, "pads": pads(ours.attributes)}
    assert_close(ours.result, run("AveragePool", nchw(x), **named, count_include_pad=int(count)))


@examples
@given(x=images(), stride=pairs)
def test_symmetric_max_pool2d(apply, x, stride):
    ours = apply(MAX_POOL2D, x - 5, kernel=3, stride=stride, padding="symmetric")  # padding must not win over -5
    named = {"kernel_shape": (3, 3), "strides": stride, "pads": pads(ours.attributes)}
    assert_close(ours.result, run("MaxPool", nchw(x - 5), **named))


@examples
@given(x=images(), size=st.tuples(st.integers(1, 20), st.integers(1, 20)))
@pytest.mark.parametrize("coordinates", ["half_pixel", "align_corners", "asymmetric"])
def test_bilinear_resize(apply, x, size, coordinates):
    ours = apply(RESIZE, x, size=size, method="bilinear", coordinates=coordinates)
    target = np.array([x.shape[0], x.shape[3], *size])
    named = {"mode": "linear", "coordinate_transformation_mode": coordinates}
    assert_close(ours.result, run("Resize", nchw(x), None, None, target, **named))


@pytest.mark.parametrize(
    ("op", "name", "named"),
    [
        (GELU, "Gelu", {}),
        (HARD_SWISH, "HardSwish", {}),
        (HARD_SIGMOID, "HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
        (LEAKY_RELU, "LeakyRelu", {"alpha": 0.01}),
    ],
    ids=["gelu", "hard_swish", "hard_sigmoid", "leaky_relu"],
)
def test_activations(apply, op, name, named):
    x = np.linspace(-9, 9, 4 * 5 * 6 * 7, dtype=np.float32).reshape(4, 5, 6, 7)
    assert_close(apply(op, x).result, run(name, nchw(x), **named))


def test_prelu(apply):
    ours = apply(PRELU, x := np.linspace(-9, 9, 120, dtype=np.float32).reshape(2, 3, 4, 5))
    assert_close(ours.result, run("PRelu", nchw(x), ours.weights["slope"][:, None, None]))


def test_global_average_pool(apply):
    x = np.linspace(0, 1000, 2 * 31 * 33 * 5, dtype=np.float32).reshape(2, 31, 33, 5)
    assert_close(apply(MEAN, x, keepdims=True).result, run("GlobalAveragePool", nchw(x)))
