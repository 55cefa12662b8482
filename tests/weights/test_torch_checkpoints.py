"""State dicts of torchvision and of timm, by the settings and rename files that docs/weights.md names for them.

data/ has the layers of each state dict, listed by PyTorch from modules of our own that follow the libraries' sources
in names, shapes and order. That is the order of construction, in these networks also that of execution: `Walk`
computes them in NumPy by following it, and was compared with PyTorch's numbers when it was written.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.lib.stride_tricks import sliding_window_view
from safetensors.numpy import save_file

import mnet
from mnet.cli import main
from mnet.dsl.diagnostics import DiagnosticError

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "weights.md").read_text()
RESOLUTION = 64


def rows():
    """The checkpoints of the guide's table: name, program, model, settings, rename file."""
    for line in re.findall(r"^\| (?:torchvision|timm).*$", GUIDE, re.M):
        library = line.split()[1]
        (name,), (program, model), settings, (rename,) = (re.findall("`(.*?)`", cell) for cell in line.split("|")[1:-1])
        yield f"{library}.{name}", program, model, dict(one.split("=") for one in settings), rename


TABLE = {name: row for name, *row in rows()}


def layers_of(name):
    """(name, kind, shape) of each layer. A `tf_` model of timm has the layers of the other."""
    for line in (ROOT / "tests/weights/data" / f"{name.replace('.tf_', '.')}.txt").read_text().splitlines():
        layer, kind, shape = line.split()
        yield layer, kind, tuple(map(int, shape.split("x")))


def drawn(layers):
    """Random tensors under the names that PyTorch gives them. Activations keep their size from layer to layer, and
    variances are small, so that every epsilon shows."""
    draw = np.random.default_rng(5)
    for layer, kind, shape in layers:
        if kind == "bn":
            yield f"{layer}.weight", draw.uniform(0.5, 1.5, shape)
            yield f"{layer}.bias", draw.uniform(-0.3, 0.7, shape)
            yield f"{layer}.running_mean", draw.uniform(-0.05, 0.05, shape)
            yield f"{layer}.running_var", draw.uniform(0.01, 0.05, shape)
            yield f"{layer}.num_batches_tracked", np.array(7)
            continue
        yield f"{layer}.weight", draw.standard_normal(shape) * np.sqrt(0.03 / np.prod(shape[1:]))
        if kind != "conv":
            yield f"{layer}.bias", draw.uniform(-0.5, 0.5, shape[:1])


def saved(name):
    """The tensors of a checkpoint, which is a file now."""
    tensors = {key: np.asarray(t, np.int64 if t.dtype == int else np.float32) for key, t in drawn(layers_of(name))}
    save_file(tensors, "net.safetensors")
    return tensors


def load(name, settings=None, rename=True):
    program, model, documented, rules = TABLE[name]
    return mnet.load(
        ROOT / "examples" / program,
        model,
        set={**documented, **(settings or {})},
        weights="net.safetensors",
        rename=ROOT / "examples/weights" / rules if rename else None,
    )


class Walk:
    """A state dict, applied layer by layer to images [N, C, H, W] in double precision."""

    def __init__(self, layers, tensors, padding, epsilon):
        self.layers, self.tensors = list(layers), tensors
        self.padding, self.epsilon = padding, epsilon

    @property
    def next(self):
        return self.layers[0]

    def take(self):
        name, _, _ = self.layers.pop(0)
        return {key.rpartition(".")[2]: t for key, t in self.tensors.items() if key.rpartition(".")[0] == name}

    def linear(self, x, stride=1):
        """A convolution, or a dense layer over [N, C, 1, 1]."""
        layer = self.take()
        weight = np.atleast_3d(layer["weight"]).astype(float)
        weight = weight if weight.ndim == 4 else weight[..., np.newaxis]
        pads = [(0, 0), (0, 0), *(self.pads(size, weight.shape[2], stride) for size in x.shape[2:])]
        windows = sliding_window_view(np.pad(x, pads), weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
        depthwise = weight.shape[1] < x.shape[1]
        y = np.einsum("nchwij,cdij->nchw" if depthwise else "nchwij,ocij->nohw", windows, weight)
        return y + layer.get("bias", np.zeros(1)).reshape(1, -1, 1, 1)

    def pads(self, size, kernel, stride):
        if self.padding == "symmetric":
            return kernel // 2, kernel // 2
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        return total // 2, total - total // 2

    def conv_bn(self, x, stride=1):
        x = self.linear(x, stride)
        layer = {key: t.astype(float).reshape(-1, 1, 1) for key, t in self.take().items()}
        normal = (x - layer["running_mean"]) / np.sqrt(layer["running_var"] + self.epsilon)
        return normal * layer["weight"] + layer["bias"]


def relu(x):
    return np.maximum(x, 0)


def relu6(x):
    return np.clip(x, 0, 6)


def sigmoid(x):
    return (1 + np.tanh(x / 2)) / 2


def swish(x):
    return x * sigmoid(x)


def hard_sigmoid(x):
    return relu6(x + 3) / 6


def hard_swish(x):
    return x * hard_sigmoid(x)


def mean(x):
    return x.mean((2, 3), keepdims=True)


def inverted_residual(walk, x, stride, act, gate, squeeze):
    """What there is to do, the layers that come next say: a 1x1 kernel expands, a bias is squeeze-and-excite's."""
    y = act(walk.conv_bn(x)) if walk.next[2][2] == 1 else x
    y = act(walk.conv_bn(y, stride))
    if walk.next[1] == "conv+bias":
        y = y * gate(walk.linear(squeeze(walk.linear(mean(y)))))
    y = walk.conv_bn(y)
    return x + y if x.shape == y.shape else y


def mobile(strides, acts, stem, gate=sigmoid, squeeze=swish):
    """MobileNetV2 and EfficientNet, and MobileNetV3 up to its head."""

    def forward(walk, x):
        x = stem(walk.conv_bn(x, 2))
        for stride, act in zip(strides, acts, strict=True):
            x = inverted_residual(walk, x, stride, act, gate, squeeze)
        return mean(stem(walk.conv_bn(x)))

    return forward


def classified(forward, hidden=None):
    def whole(walk, x):
        x = forward(walk, x)
        return walk.linear(hidden(walk.linear(x)) if hidden else x)[:, :, 0, 0]

    return whole


def bottleneck(walk, x, stride):
    y = relu(walk.conv_bn(x))
    y = relu(walk.conv_bn(y, stride))
    y = walk.conv_bn(y)
    if x.shape != y.shape:
        x = walk.conv_bn(x, stride)
    return relu(x + y)


def resnet50(walk, x):
    x = np.pad(relu(walk.conv_bn(x, 2)), [(0, 0), (0, 0), (1, 1), (1, 1)])  # a ReLU's maximum is never below 0
    x = sliding_window_view(x, (3, 3), axis=(2, 3))[:, :, ::2, ::2].max((4, 5))
    for repeats, first in ((3, 1), (4, 2), (6, 2), (3, 2)):
        for index in range(repeats):
            x = bottleneck(walk, x, first if index == 0 else 1)
    return walk.linear(mean(x))[:, :, 0, 0]


def each(*stages):
    """(repeats, stride) of each stage as the stride of each block."""
    return [stride if index == 0 else 1 for repeats, stride in stages for index in range(repeats)]


V2 = classified(mobile(each((1, 1), (2, 2), (3, 2), (4, 2), (3, 1), (3, 2), (1, 1)), [relu6] * 17, relu6))
LARGE = mobile(
    each((1, 1), (2, 2), (3, 2), (6, 2), (3, 2)), [relu] * 6 + [hard_swish] * 9, hard_swish, hard_sigmoid, relu
)
SMALL = mobile(each((1, 2), (2, 2), (5, 2), (3, 2)), [relu] * 3 + [hard_swish] * 8, hard_swish, hard_sigmoid, relu)
B0 = classified(mobile(each((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1)), [swish] * 16, swish))

# What they compute, where their convolutions pad, their epsilon and the number of parameters, as published.
PUBLISHED = {
    "torchvision.mobilenet_v2": (V2, "symmetric", 1e-5, 3_504_872),
    "torchvision.mobilenet_v3_large": (classified(LARGE, hard_swish), "symmetric", 1e-3, 5_483_032),
    "torchvision.mobilenet_v3_small": (classified(SMALL, hard_swish), "symmetric", 1e-3, 2_542_856),
    "torchvision.efficientnet_b0": (B0, "symmetric", 1e-5, 5_288_548),
    "torchvision.resnet50": (resnet50, "symmetric", 1e-5, 25_557_032),
    "timm.mobilenetv2_100": (V2, "symmetric", 1e-5, 3_504_872),
    "timm.mobilenetv3_large_100": (classified(LARGE, hard_swish), "symmetric", 1e-5, 5_483_032),
    "timm.tf_mobilenetv3_large_100": (classified(LARGE, hard_swish), "same", 1e-3, 5_483_032),
    "timm.tf_mobilenetv3_small_100": (classified(SMALL, hard_swish), "same", 1e-3, 2_542_856),
    "timm.efficientnet_b0": (B0, "symmetric", 1e-5, 5_288_548),
    "timm.tf_efficientnet_b0": (B0, "same", 1e-3, 5_288_548),
}
every_checkpoint = pytest.mark.parametrize("name", PUBLISHED)


def test_the_guide_names_these():
    assert TABLE.keys() == PUBLISHED.keys()


@every_checkpoint
def test_the_lists_of_layers_have_the_published_number_of_parameters(name):
    statistics = ("running_mean", "running_var", "num_batches_tracked")
    count = sum(tensor.size for key, tensor in drawn(layers_of(name)) if not key.endswith(statistics))
    assert count == PUBLISHED[name][-1]


@every_checkpoint
def test_every_tensor_is_where_it_belongs(name):
    """Layers by their order of construction, values in this program's order of axes."""
    tensors = saved(name)
    network = load(name)
    filled = network.binding.filled
    assert [one.match.stored for one in filled] == [layer for layer, _, _ in layers_of(name)]
    slots = {"gamma": "weight", "beta": "bias", "mean": "running_mean", "variance": "running_var"}
    for one in filled:
        for parameter in one.tensors:
            slot = parameter.rpartition(".")[2]
            expected = tensors[f"{one.match.stored}.{slots.get(slot, slot)}"]
            turned = expected.transpose((2, 3, 1, 0)) if expected.ndim == 4 else expected.T
            value = network.graph.parameters[parameter].data.read()
            np.testing.assert_array_equal(value, turned.reshape(value.shape), err_msg=parameter)


@every_checkpoint
def test_the_numbers_are_those_of_the_other_library(name):
    forward, padding, epsilon, _ = PUBLISHED[name]
    tensors = saved(name)
    images = np.random.default_rng(6).uniform(-1, 1, (2, RESOLUTION, RESOLUTION, 3)).astype(np.float32)
    walk = Walk(layers_of(name), tensors, padding, epsilon)
    expected = forward(walk, images.transpose(0, 3, 1, 2).astype(float))
    assert not walk.layers
    found = load(name, {"resolution": RESOLUTION}).run(image=images)["logits"]
    assert np.max(np.abs(found - expected)) <= 1e-4 * np.max(np.abs(expected))


@every_checkpoint
def test_another_epsilon_is_an_error_at_every_normalisation(name):
    saved(name)
    with pytest.raises(DiagnosticError) as caught:
        load(name, {"epsilon": 0.01})
    assert {one.code.id for one in caught.value.diagnostics} == {"E0713"}


@every_checkpoint
def test_without_the_rules_nothing_is_guessed(name):
    saved(name)
    with pytest.raises(DiagnosticError, match=r"E07(08|11)"):  # missing where `classifier` is called alike in both
        load(name, rename=False)


def test_the_command_of_the_guide():
    (command,) = re.findall(r"```sh\nmnet (.*?)```", GUIDE, re.S)
    saved("torchvision.mobilenet_v2")
    Path("net.safetensors").rename("mobilenet_v2.safetensors")
    Path("examples").symlink_to(ROOT / "examples")
    done = CliRunner().invoke(main, shlex.split(command.replace("\\\n", " ")), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert Path("mobilenet_v2.tflite").exists()
