"""Operator versions and the minimum runtime, against what TensorFlow's own converter writes for the same operations."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema

NAMES = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
NO_PADS = ((0, 0), (0, 0))


def versions(model) -> dict[str, int]:
    return {NAMES[code.builtinCode]: code.version for code in model.operatorCodes}


def minimum_runtime(model) -> bytes:
    (entry,) = [m for m in model.metadata if m.name == b"min_runtime_version"]
    return bytes(model.buffers[entry.buffer].data).rstrip(b"\0")


def convert(function, shape) -> bytes:
    concrete = tf.function(function).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()


def floats(*shape):
    return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


IMAGE = (1, 8, 8, 4)
CASES = {
    "conv2d": (
        IMAGE,
        lambda x: tf.nn.conv2d(x, floats(3, 3, 4, 8), 1, "VALID"),
        lambda net, x: net("conv2d", x, floats(3, 3, 4, 8)),
    ),
    "grouped conv2d": (
        IMAGE,
        lambda x: tf.nn.conv2d(x, floats(3, 3, 2, 8), 1, "VALID"),
        lambda net, x: net("conv2d", x, floats(3, 3, 2, 8), groups=2),
    ),
    "depthwise": (
        IMAGE,
        lambda x: tf.nn.depthwise_conv2d(x, floats(3, 3, 4, 1), (1, 1, 1, 1), "VALID"),
        lambda net, x: net("depthwise_conv2d", x, floats(3, 3, 1, 4)),
    ),
    "dilated depthwise": (
        IMAGE,
        lambda x: tf.nn.depthwise_conv2d(x, floats(3, 3, 4, 1), (1, 1, 1, 1), "VALID", dilations=(2, 2)),
        lambda net, x: net("depthwise_conv2d", x, floats(3, 3, 1, 4), dilation=(2, 2)),
    ),
    "transposed conv2d": (
        IMAGE,
        lambda x: tf.nn.conv2d_transpose(x, floats(3, 3, 8, 4), (1, 16, 16, 8), 2, "SAME") + floats(8),
        lambda net, x: net(
            "transposed_conv2d", x, floats(3, 3, 4, 8), floats(8),
            stride=(2, 2), padding=((0, 1), (0, 1)), output_padding=(0, 0),
        ),
    ),
    "transposed conv2d, relu": (
        IMAGE,
        lambda x: tf.nn.relu(tf.nn.conv2d_transpose(x, floats(3, 3, 8, 4), (1, 16, 16, 8), 2, "SAME") + floats(8)),
        lambda net, x: net(
            "transposed_conv2d", x, floats(3, 3, 4, 8), floats(8),
            stride=(2, 2), padding=((0, 1), (0, 1)), output_padding=(0, 0), activation="relu",
        ),
    ),
    "dense": (
        (2, 5),
        lambda x: tf.matmul(x, floats(5, 7)) + floats(7),
        lambda net, x: net("dense", x, floats(5, 7), floats(7)),
    ),
    "dense without bias": (
        (2, 5), lambda x: tf.matmul(x, floats(5, 7)), lambda net, x: net("dense", x, floats(5, 7))
    ),
    "dense of rank 3": (
        (2, 3, 5),
        lambda x: tf.tensordot(x, floats(5, 7), 1) + floats(7),
        lambda net, x: net("dense", x, floats(5, 7), floats(7)),
    ),
    "matmul": (
        (2, 3, 5), lambda x: tf.matmul(x, x, transpose_b=True), lambda net, x: net("matmul", x, x, transpose_b=True)
    ),
    "bilinear, half pixel": (
        IMAGE,
        lambda x: tf.image.resize(x, (16, 16)),
        lambda net, x: net("resize", x, size=(16, 16), method="bilinear", coordinates="half_pixel"),
    ),
    "bilinear, aligned corners": (
        IMAGE,
        lambda x: tf.compat.v1.image.resize_bilinear(x, (16, 16), align_corners=True),
        lambda net, x: net("resize", x, size=(16, 16), method="bilinear", coordinates="align_corners"),
    ),
    "nearest, half pixel": (
        IMAGE,
        lambda x: tf.image.resize(x, (16, 16), "nearest"),
        lambda net, x: net("resize", x, size=(16, 16), method="nearest", coordinates="half_pixel"),
    ),
    "nearest": (
        IMAGE,
        lambda x: tf.compat.v1.image.resize_nearest_neighbor(x, (16, 16)),
        lambda net, x: net("resize", x, size=(16, 16), method="nearest", coordinates="asymmetric"),
    ),
    "split": (IMAGE, lambda x: tf.split(x, 2, axis=3), lambda net, x: net("split", x, axis=3, sizes=(2, 2))),
    "strided slice": (
        IMAGE,
        lambda x: x[:, 1:7:2],
        lambda net, x: net("slice", x, axes=(1,), begin=(1,), end=(7,), stride=(2,)),
    ),
    "strided slice of rank 5": (
        (1, 4, 4, 4, 4),
        lambda x: x[:, 1:4:2],
        lambda net, x: net("slice", x, axes=(1,), begin=(1,), end=(4,), stride=(2,)),
    ),
    "pad": (
        IMAGE,
        lambda x: tf.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))),
        lambda net, x: net("pad", x, padding=((0, 0), (1, 1), (1, 1), (0, 0))),
    ),
    "pad of rank 5": (
        (1, 2, 2, 2, 2),
        lambda x: tf.pad(x, ((0, 0), (1, 1), (0, 0), (0, 0), (0, 0))),
        lambda net, x: net("pad", x, padding=((0, 0), (1, 1), (0, 0), (0, 0), (0, 0))),
    ),
    "pad with a value": (
        IMAGE,
        lambda x: tf.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=2.0),
        lambda net, x: net("pad", x, padding=((0, 0), (1, 1), (1, 1), (0, 0)), value=2.0),
    ),
    "transpose": (
        IMAGE, lambda x: tf.transpose(x, (0, 3, 1, 2)), lambda net, x: net("transpose", x, permutation=(0, 3, 1, 2))
    ),
    "transpose of rank 5": (
        (2, 3, 4, 5, 6),
        lambda x: tf.transpose(x, (4, 1, 3, 0, 2)),
        lambda net, x: net("transpose", x, permutation=(4, 1, 3, 0, 2)),
    ),
    "transpose of rank 6": (
        (2, 3, 4, 5, 6, 2),
        lambda x: tf.transpose(x, (4, 1, 5, 3, 0, 2)),
        lambda net, x: net("transpose", x, permutation=(4, 1, 5, 3, 0, 2)),
    ),
    "pools": (
        IMAGE,
        lambda x: tf.nn.avg_pool2d(tf.nn.max_pool2d(x, 2, 2, "VALID"), 2, 2, "VALID"),
        lambda net, x: net(
            "avg_pool2d", net("max_pool2d", x, kernel=(2, 2), stride=(2, 2)), kernel=(2, 2), stride=(2, 2)
        ),
    ),
    "element by element": (
        (2, 5),
        lambda x: tf.nn.softmax(tf.tanh(tf.sqrt(tf.exp(-tf.abs(x)))) * tf.sigmoid(x)),
        lambda net, x: net(
            "softmax",
            net("mul", net("tanh", net("sqrt", net("exp", net("neg", net("absolute", x))))), net("sigmoid", x)),
            axis=1,
        ),
    ),
    "activations": (
        IMAGE,
        lambda x: tf.nn.leaky_relu(tf.nn.gelu(x * tf.nn.relu6(x + np.float32(3)) * np.float32(1 / 6)), 0.1),
        lambda net, x: net("leaky_relu", net("gelu", net("hard_swish", x)), slope=0.1),
    ),
    "arithmetic of rank 5": (
        (1, 2, 2, 2, 2),
        lambda x: tf.minimum(tf.maximum(floats(2) / (x - floats(2, 1)), floats(2, 1, 2)), floats(2, 1)),
        lambda net, x: net(
            "minimum",
            net("maximum", net("div", floats(2), net("sub", x, floats(2, 1))), floats(2, 1, 2)),
            floats(2, 1),
        ),
    ),
    "mean, concat": (
        IMAGE,
        lambda x: tf.concat([tf.reduce_mean(x, (1, 2)), tf.reduce_mean(x * x, (1, 2))], 1),
        lambda net, x: net(
            "concat", net("mean", x, axes=(1, 2)), net("mean", net("mul", x, x), axes=(1, 2)), axis=1
        ),
    ),
    "reshape": (IMAGE, lambda x: tf.reshape(x, (1, 64, 4)), lambda net, x: net("reshape", x, shape=(1, 64, 4))),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_versions_are_those_of_tensorflow(net, write, parse, case):
    shape, function, build = CASES[case]
    theirs = parse(convert(function, shape))
    results = build(net, net.input(*shape))
    ours = parse(write(net.graph(*(results if isinstance(results, tuple) else (results,)))))
    assert versions(ours) == versions(theirs)
    assert minimum_runtime(ours) == minimum_runtime(theirs)
