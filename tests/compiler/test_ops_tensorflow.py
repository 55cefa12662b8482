"""Each operator's reference semantics against TensorFlow's."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler.ops import (
    ABSOLUTE,
    ADD,
    AVG_POOL2D,
    BATCH_NORM,
    CONCAT,
    CONV2D,
    DENSE,
    DEPTHWISE_CONV2D,
    DIV,
    EXP,
    GELU,
    HARD_SIGMOID,
    HARD_SWISH,
    LEAKY_RELU,
    MATMUL,
    MAX_POOL2D,
    MAXIMUM,
    MEAN,
    MINIMUM,
    MUL,
    NEG,
    PAD,
    PRELU,
    RELU,
    RELU6,
    RESIZE,
    SIGMOID,
    SLICE,
    SOFTMAX,
    SPLIT,
    SQRT,
    SUB,
    SWISH,
    TANH,
    TRANSPOSE,
    TRANSPOSED_CONV2D,
    Operator,
)

examples = settings(max_examples=40, deadline=None)
sizes = st.integers(1, 9)
small = st.integers(1, 4)
pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
words = st.sampled_from(["same", "valid"])
strided_or_dilated = st.tuples(pairs, st.just((1, 1))) | st.tuples(st.just((1, 1)), pairs)  # TensorFlow's limit


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@st.composite
def images(draw: st.DrawFn) -> np.ndarray:
    return random(draw(st.integers(1, 2)), draw(sizes), draw(sizes), draw(small), seed=draw(st.integers(0, 9)))


def where_it_fits(padding: str, x: np.ndarray, kernel: tuple[int, int], dilation: tuple[int, int] = (1, 1)) -> str:
    """ "valid" only where at least one window is valid."""
    fits = all(size > (k - 1) * d for size, k, d in zip(x.shape[1:3], kernel, dilation, strict=True))
    return padding if fits else "same"


def assert_close(ours: np.ndarray, theirs: object, tolerance: float = 1e-5) -> None:
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=tolerance, atol=tolerance)


@examples
@given(x=images(), filters=small, kernel=pairs, steps=strided_or_dilated, groups=st.integers(1, 3), padding=words)
def test_conv2d(apply, x, filters, kernel, steps, groups, padding):
    stride, dilation = steps
    x = np.repeat(x, groups, axis=3)
    padding = where_it_fits(padding, x, kernel, dilation)
    windows = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    ours = apply(CONV2D, x, filters=filters * groups, groups=groups, **windows)
    # in float64, for which TensorFlow has no oneDNN kernel: in float32 that one misreads images of width 1
    x, weight = x.astype(np.float64), ours.weights["weight"].astype(np.float64)
    theirs = tf.nn.conv2d(x, weight, stride, padding.upper(), dilations=dilation)
    assert_close(ours.result, theirs + ours.weights["bias"])


@examples
@given(x=images(), kernel=pairs, stride=small, multiplier=small, padding=words)
def test_depthwise_conv2d(apply, x, kernel, stride, multiplier, padding):
    padding = where_it_fits(padding, x, kernel)
    ours = apply(DEPTHWISE_CONV2D, x, kernel=kernel, stride=stride, multiplier=multiplier, padding=padding, bias=False)
    weight = ours.weights["weight"].reshape(*kernel, x.shape[3], multiplier)
    theirs = tf.nn.depthwise_conv2d(x, weight, (1, stride, stride, 1), padding.upper())
    assert_close(ours.result, theirs)


@examples
@given(x=images(), filters=small, kernel=pairs, stride=pairs, padding=words)
def test_transposed_conv2d(apply, x, filters, kernel, stride, padding):
    ours = apply(TRANSPOSED_CONV2D, x, filters=filters, kernel=kernel, stride=stride, padding=padding)
    layer = tf.keras.layers.Conv2DTranspose(filters, kernel, stride, padding)
    layer.build(x.shape)
    layer.set_weights([ours.weights["weight"].swapaxes(2, 3), ours.weights["bias"]])
    assert_close(ours.result, layer(x))


@examples
@given(x=images(), kernel=pairs, stride=pairs, padding=words)
@pytest.mark.parametrize(("op", "theirs"), [(MAX_POOL2D, tf.nn.max_pool2d), (AVG_POOL2D, tf.nn.avg_pool2d)])
def test_pools(apply, op, theirs, x, kernel, stride, padding):
    padding = where_it_fits(padding, x, kernel)
    ours = apply(op, x, kernel=kernel, stride=stride, padding=padding)
    assert_close(ours.result, theirs(x, kernel, stride, padding.upper()))


@examples
@given(x=images(), axes=st.sets(st.integers(-4, -1), min_size=1), keepdims=st.booleans())
def test_mean(apply, x, axes, keepdims):
    ours = apply(MEAN, x, axes=list(axes), keepdims=keepdims)
    assert_close(ours.result, tf.reduce_mean(x, list(axes), keepdims))


@examples
@given(x=images(), scale=st.booleans(), center=st.booleans())
def test_batch_norm(apply, x, scale, center):
    ours = apply(BATCH_NORM, x, scale=scale, center=center, epsilon=0.01)
    w = ours.weights
    theirs = tf.nn.batch_normalization(x, w["mean"], w["variance"], w.get("beta"), w.get("gamma"), 0.01)
    assert_close(ours.result, theirs)


@examples
@given(x=images(), axis=st.integers(-4, 3), scale=st.sampled_from([1.0, 100.0]))
def test_softmax(apply, x, axis, scale):
    assert_close(apply(SOFTMAX, x * np.float32(scale), axis=axis).result, tf.nn.softmax(x * scale, axis))


@examples
@given(x=images(), units=small)
def test_dense(apply, x, units):
    ours = apply(DENSE, x, units=units)
    assert_close(ours.result, tf.tensordot(x, ours.weights["weight"], 1) + ours.weights["bias"])


@examples
@given(m=small, k=small, n=small, batch=st.lists(small, max_size=2), a=st.booleans(), b=st.booleans())
def test_matmul(apply, m, k, n, batch, a, b):
    left = random(*batch, *((k, m) if a else (m, k)))
    right = random(*batch[1:], *((n, k) if b else (k, n)), seed=1)
    ours = apply(MATMUL, left, right, transpose_a=a, transpose_b=b)
    assert_close(ours.result, tf.matmul(left, right, a, b))


@pytest.mark.parametrize(
    ("op", "theirs"),
    [
        (RELU, tf.nn.relu),
        (RELU6, tf.nn.relu6),
        (HARD_SWISH, tf.keras.activations.hard_swish),
        (HARD_SIGMOID, tf.keras.activations.hard_sigmoid),
        (SWISH, tf.nn.silu),
        (SIGMOID, tf.sigmoid),
        (TANH, tf.tanh),
        (GELU, lambda x: tf.nn.gelu(x, approximate=False)),
        (LEAKY_RELU, lambda x: tf.nn.leaky_relu(x, 0.01)),
        (ABSOLUTE, tf.abs),
        (NEG, tf.negative),
        (EXP, tf.exp),
        (SQRT, tf.sqrt),
    ],
    ids=lambda value: value.name if isinstance(value, Operator) else "",
)
def test_functions_of_one_tensor(apply, op, theirs):
    x = np.concatenate([np.linspace(-12, 12, 999, dtype=np.float32), np.float32([-90, 90, 0, -0.0])]).reshape(17, 59)
    assert_close(apply(op, x).result, theirs(x), 2e-6)


def test_gelu_by_tanh(apply):
    x = random(50, 9) * 3
    assert_close(apply(GELU, x, approximate=True).result, tf.nn.gelu(x, approximate=True), 2e-6)


def test_prelu(apply):
    ours = apply(PRELU, x := random(2, 3, 4, 5))
    assert_close(ours.result, tf.where(x >= 0, x, x * ours.weights["slope"]))


@examples
@given(shape=st.lists(small, min_size=1, max_size=4), ones=st.lists(st.booleans(), min_size=4, max_size=4))
@pytest.mark.parametrize(
    ("op", "theirs"),
    [
        (ADD, tf.add),
        (SUB, tf.subtract),
        (MUL, tf.multiply),
        (DIV, tf.divide),
        (MAXIMUM, tf.maximum),
        (MINIMUM, tf.minimum),
    ],
)
def test_functions_of_two_tensors(apply, op, theirs, shape, ones):
    other = [1 if one else size for size, one in zip(shape, ones, strict=False)][sum(ones) // 3 :]
    a, b = random(*shape), random(*other, seed=1)
    assert_close(apply(op, a, b).result, theirs(a, b))


@examples
@given(x=images(), size=st.tuples(st.integers(1, 20), st.integers(1, 20)))
@pytest.mark.parametrize("coordinates", ["half_pixel", "align_corners", "asymmetric"])
@pytest.mark.parametrize(
    ("method", "theirs"),
    [("nearest", "ResizeNearestNeighbor"), ("bilinear", "ResizeBilinear")],
    ids=["nearest", "linear"],
)
def test_resize(apply, method, theirs, coordinates, x, size):
    ours = apply(RESIZE, x, size=size, method=method, coordinates=coordinates)
    kind = {"align_corners": coordinates == "align_corners", "half_pixel_centers": coordinates == "half_pixel"}
    assert_close(ours.result, getattr(tf.raw_ops, theirs)(images=x, size=size, **kind))


@examples
@given(x=images(), axis=st.integers(-4, 3), sections=st.lists(small, min_size=1, max_size=3))
def test_split_and_concat_undo_each_other(apply, x, axis, sections):
    x = np.concatenate([x] * sum(sections), axis)
    sizes = [size * x.shape[axis] // sum(sections) for size in sections]
    parts = apply(SPLIT, x, sections=sizes, axis=axis).results
    for ours, theirs in zip(parts, tf.split(x, sizes, axis), strict=True):
        assert_close(ours, theirs)
    assert_close(apply(CONCAT, *parts, axis=axis).result, x)


@examples
@given(x=images(), pads=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=4))
def test_pad(apply, x, pads):
    assert_close(apply(PAD, x, padding=pads, value=-1.5).result, tf.pad(x, pads, constant_values=-1.5))


@examples
@given(data=st.data(), x=images())
def test_slice(apply, data, x):
    begin = [data.draw(st.integers(0, size - 1)) for size in x.shape]
    end = [data.draw(st.integers(b + 1, size)) for b, size in zip(begin, x.shape, strict=True)]
    stride = data.draw(st.lists(small, min_size=4, max_size=4))
    ours = apply(SLICE, x, axes=[-4, 1, -2, 3], begin=begin, end=end, stride=stride)
    assert_close(ours.result, tf.strided_slice(x, begin, end, stride))


@examples
@given(x=images(), permutation=st.permutations(range(4)))
def test_transpose(apply, x, permutation):
    assert_close(apply(TRANSPOSE, x, permutation=permutation).result, tf.transpose(x, permutation))
