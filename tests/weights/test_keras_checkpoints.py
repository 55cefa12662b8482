"""Checkpoints as Keras itself writes them, of every kind of layer and of every family among the examples."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from mnet.compiler.evaluate import evaluate
from mnet.compiler.weights import bind, open_checkpoint, parse_rename
from mnet.driver import load
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.source import Source

EXAMPLES = Path(__file__).parents[2] / "examples"


def randomise(model):
    draw = np.random.default_rng(3)
    for variable in model.variables:
        if variable.dtype == "float32":
            low = 0.5 if variable.name in ("gamma", "moving_variance", "variance") else -0.5
            variable.assign(draw.uniform(low, low + 1, variable.shape))
    model.get_layer("scale").finalize_state()


def save(model, suffix):
    path = Path(f"model{suffix}")
    if suffix == ".weights.h5":
        model.save_weights(path)
    else:
        model.save(path)
    return path


KINDS = """\
model Kinds() {
  input image: f32[N, 9, 9, 3]
  x = image |> scale: batch_norm(epsilon=0.0, scale=false, center=false)
  x = x |> conv2d(6, kernel=3, stride=2)
  a = x |> separable_depthwise: depthwise_conv2d(kernel=3, bias=false) |> separable_pointwise: conv2d(4, kernel=1)
  b = x |> depthwise_conv2d(kernel=5, multiplier=2, dilation=1) |> grouped: conv2d(4, kernel=3, groups=2, bias=false)
  x = [b, a] |> concat() |> bn: batch_norm(epsilon=0.002)
  twice = conv2d(8, kernel=3)
  x = x |> twice |> twice
  x = x |> up: transposed_conv2d(5, kernel=3, stride=2) |> bn_b: batch_norm(scale=false) |> relu()
  x = x |> mean(axes=[1, 2])
  output y = x |> dense(7)
}
"""


def kinds():
    layers = keras.layers
    image = layers.Input((9, 9, 3))
    x = layers.Normalization(name="scale")(image)
    x = layers.Conv2D(6, 3, strides=2, padding="same")(x)
    a = layers.SeparableConv2D(4, 3, padding="same")(x)
    b = layers.DepthwiseConv2D(5, depth_multiplier=2, padding="same")(x)
    b = layers.Conv2D(4, 3, groups=2, padding="same", use_bias=False)(b)
    x = layers.BatchNormalization(epsilon=0.002)(layers.Concatenate()([b, a]))
    twice = layers.Conv2D(8, 3, padding="same")
    x = twice(twice(x))
    x = layers.Conv2DTranspose(5, 3, strides=2, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization(scale=False)(x))
    return keras.Model(image, layers.Dense(7)(layers.GlobalAveragePooling2D()(x)))


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5", ".h5"])
def test_every_kind_of_layer(graph_of, suffix):
    twin = kinds()
    randomise(twin)
    checkpoint = open_checkpoint(save(twin, suffix))
    graph = bind(graph_of(KINDS), checkpoint).graph
    image = np.random.default_rng(4).uniform(-1, 1, (2, 9, 9, 3)).astype(np.float32)
    np.testing.assert_allclose(evaluate(graph, {"image": image})["y"], twin(image), rtol=1e-4, atol=1e-5)


FAMILIES = {
    "MobileNet": ("mobilenet_v1", "MobileNetV1", {}, None),
    "MobileNetV2": ("mobilenet_v2", "MobileNetV2", {}, None),
    "MobileNetV3Large": ("mobilenet_v3", "MobileNetV3Large", {}, None),
    "EfficientNetB0": ("efficientnet", "EfficientNetB0", {}, None),
    "ResNet50": ("resnet", "ResNet50", {"bias": True, "epsilon": 1.001e-5}, "resnet"),
    "NASNetMobile": ("nasnet", "NASNetAMobile", {}, "nasnet_mobile"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_from_a_file_that_knows_no_connections(family):
    """The same layers are paired as with the topology of a `.keras` file; tests/parity has what they compute."""
    file, model, values, rules = FAMILIES[family]
    keras.backend.clear_session()  # the names that Keras makes up count from the start
    twin = getattr(keras.applications, family)(weights=None)
    graph = load(EXAMPLES / f"{file}.mnet", model, set=values).graph
    by_topology = bind(graph, open_checkpoint(save(twin, ".keras")))
    rename = None
    if rules is not None:
        path = EXAMPLES / "weights" / f"{rules}.keras.rename"
        rename = parse_rename(Source(path.name, path.read_text()))
        with pytest.raises(DiagnosticError, match="E0711"):
            bind(graph, open_checkpoint(save(twin, ".weights.h5")))
    found = bind(graph, open_checkpoint(save(twin, ".weights.h5")), rename)
    assert pairs(found) == pairs(by_topology)


def pairs(bound):
    return {one.match.path: one.match.stored for one in bound.report.filled}
