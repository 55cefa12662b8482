"""Networks of the mobile field run in one XNNPACK partition, with nothing left outside."""

from __future__ import annotations

from typing import Any

import pytest

from mnet.backends.tflite import runtime

PADS = {1: ((0, 0), (0, 0)), 3: ((1, 1), (1, 1)), 5: ((2, 2), (2, 2))}
STRIDED = {1: ((0, 0), (0, 0)), 3: ((0, 1), (0, 1)), 5: ((1, 2), (1, 2))}


class Mobile:
    """Layers with random weights over an even-sized image, in TensorFlow's padding."""

    def __init__(self, net: Any) -> None:
        self.net = net

    def conv(self, x: Any, filters: int, kernel: int = 1, stride: int = 1, act: str = "none") -> Any:
        weight = self.net.normal(kernel, kernel, x.type.shape[3], filters, scale=0.2)
        return self._window("conv2d", x, weight, kernel, stride, act)

    def depthwise(self, x: Any, kernel: int, stride: int, act: str) -> Any:
        weight = self.net.normal(kernel, kernel, 1, x.type.shape[3], scale=0.2)
        return self._window("depthwise_conv2d", x, weight, kernel, stride, act)

    def _window(self, op: str, x: Any, weight: Any, kernel: int, stride: int, act: str) -> Any:
        fused = act if act in ("relu", "relu6") else "none"
        padding = (PADS if stride == 1 else STRIDED)[kernel]
        bias = self.net.normal(weight.shape[3])
        y = self.net(op, x, weight, bias, stride=(stride, stride), padding=padding, activation=fused)
        return y if act == fused else self.net(act, y)

    def squeeze(self, x: Any, act: str, gate: str) -> Any:
        channels = x.type.shape[3]
        pooled = self.net("mean", x, axes=(1, 2), keepdims=True)
        reduced = self.conv(pooled, channels // 4, act=act)
        return self.net("mul", x, self.net(gate, self.conv(reduced, channels)))

    def inverted(
        self, x: Any, expand: int, filters: int, kernel: int, stride: int, act: str, se: tuple[str, str]
    ) -> Any:
        y = self.conv(x, x.type.shape[3] * expand, act=act)
        y = self.squeeze(self.depthwise(y, kernel, stride, act), *se)
        y = self.conv(y, filters)
        return self.net("add", x, y) if y.type == x.type else y


def network(net: Any, act: str, se: tuple[str, str], batch: int | str) -> Any:
    layers = Mobile(net)
    x = layers.conv(net.input(batch, 64, 64, 3), 16, 3, 2, act)
    for expand, filters, kernel, stride in [(1, 16, 3, 2), (4, 24, 5, 2), (4, 24, 5, 1), (3, 40, 3, 1)]:
        x = layers.inverted(x, expand, filters, kernel, stride, act, se)
    x = layers.conv(x, 96, act=act)
    x = net("mean", x, axes=(1, 2), keepdims=False)
    return net.graph(net("softmax", net("dense", x, net.normal(96, 10), net.normal(10)), axis=1))


@pytest.mark.parametrize("batch", ["N", 1])
@pytest.mark.parametrize(
    ("act", "se"),
    [("hard_swish", ("relu", "hard_sigmoid")), ("swish", ("swish", "sigmoid"))],
    ids=["MobileNetV3", "EfficientNet"],
)
def test_one_partition(net, agrees, act, se, batch):
    content = agrees(network(net, act, se, batch), batch=3 if batch == "N" else batch)
    assert runtime.partitions(content) == (1, 0)


def test_cells_of_nasnet_are_one_partition(net, agrees):
    """Six inputs to a concatenation, and the subsampling of a factorised reduction."""
    layers = Mobile(net)
    x = net.input("N", 16, 16, 8)
    path = net("avg_pool2d", x, kernel=(1, 1), stride=(2, 2), padding=((0, 0), (0, 0)), count_padding=False)
    shifted = net("pad", x, padding=((0, 0), (0, 1), (0, 1), (0, 0)))
    shifted = net("slice", shifted, axes=(1, 2), begin=(1, 1), end=(17, 17), stride=(1, 1))
    other = net("avg_pool2d", shifted, kernel=(1, 1), stride=(2, 2), padding=((0, 0), (0, 0)), count_padding=False)
    parts = [path, other, layers.conv(path, 4), layers.conv(other, 4)]
    parts += [net("max_pool2d", net("relu", path), kernel=(3, 3), stride=(1, 1), padding=((1, 1), (1, 1)))]
    parts += [net("avg_pool2d", path, kernel=(3, 3), stride=(1, 1), padding=((1, 1), (1, 1)), count_padding=False)]
    assert runtime.partitions(agrees(net.graph(net("concat", *parts, axis=3)))) == (1, 0)


def test_a_transposed_convolution_needs_a_fixed_batch_for_that(net, write):
    x = net.input("N", 8, 8, 4)
    y = net(
        "transposed_conv2d", x, net.normal(3, 3, 4, 4), stride=(2, 2), padding=((0, 1), (0, 1)), output_padding=(0, 0)
    )
    graph = net.graph(net("relu", y))
    assert runtime.partitions(write(graph, batch=1)) == (1, 0)
    assert runtime.partitions(write(graph)) == (1, 4)  # it and what computes its shape
