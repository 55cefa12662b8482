"""Rules for operators that look at neighbours or channels: ONNX has them with the channels second only."""

from __future__ import annotations

from ...compiler.ir import Node, Value
from .attributes import attributes, pads
from .emitter import Emitter
from .layouts import IMAGE, Layout, channels_first, without

_OUTPUT_CHANNELS_FIRST = (3, 2, 0, 1)
_INPUT_CHANNELS_FIRST = (2, 3, 0, 1)


def conv2d(e: Emitter, node: Node) -> None:
    """`Conv`, the weight stored as [F, C / groups, kh, kw]."""
    _convolve(e, node, "Conv", _OUTPUT_CHANNELS_FIRST, dilations=_dilation(node), group=attributes(node)["groups"])


def depthwise_conv2d(e: Emitter, node: Node) -> None:
    """`Conv` with as many groups as channels, the weight stored as [C * multiplier, 1, kh, kw]."""
    channels = e.static(next(node.operands), axis=3)
    _convolve(e, node, "Conv", _OUTPUT_CHANNELS_FIRST, dilations=_dilation(node), group=channels)


def transposed_conv2d(e: Emitter, node: Node) -> None:
    """`ConvTranspose`, the weight stored as [C, F, kh, kw]."""
    more = attributes(node)["output_padding"]
    _convolve(e, node, "ConvTranspose", _INPUT_CHANNELS_FIRST, output_padding=more)


def _dilation(node: Node) -> tuple[int, int]:
    dilation: tuple[int, int] = attributes(node)["dilation"]
    return dilation


def _convolve(e: Emitter, node: Node, op_type: str, weight_layout: Layout, **more: int | tuple[int, ...]) -> None:
    x, weight, *bias = node.operands
    inputs = (e.read(x, IMAGE), e.read(weight, weight_layout), *map(e.read, bias))
    kernel, stride = weight.type.static_shape[:2], attributes(node)["stride"]
    e.activated(node, IMAGE, op_type, *inputs, kernel_shape=kernel, strides=stride, pads=pads(node), **more)


def max_pool2d(e: Emitter, node: Node) -> None:
    """`MaxPool`."""
    _pool(e, node, "MaxPool")


def avg_pool2d(e: Emitter, node: Node) -> None:
    """`AveragePool`, with `count_include_pad` as the operator says."""
    _pool(e, node, "AveragePool", count_include_pad=int(attributes(node)["count_padding"]))


def _pool(e: Emitter, node: Node, op_type: str, **more: int) -> None:
    (x,) = node.operands
    kernel, stride = attributes(node)["kernel"], attributes(node)["stride"]
    e.activated(node, IMAGE, op_type, e.read(x, IMAGE), kernel_shape=kernel, strides=stride, pads=pads(node), **more)


def mean(e: Emitter, node: Node) -> None:
    """`GlobalAveragePool` over height and width of an image, else `ReduceMean`."""
    (x,), axes, keepdims = node.operands, attributes(node)["axes"], attributes(node)["keepdims"]
    layout = e.layout(x)
    result_layout = layout if keepdims else without(layout, axes)
    if (layout, axes) == (IMAGE, (1, 2)):
        _global_average(e, node, result_layout)
        return
    stored_axes = tuple(sorted(map(layout.index, axes)))
    if e.opset < 18:
        e.result(node, result_layout, "ReduceMean", e.read(x, layout), axes=stored_axes, keepdims=int(keepdims))
    else:
        inputs = e.read(x, layout), e.integers(stored_axes)
        e.result(node, result_layout, "ReduceMean", *inputs, keepdims=int(keepdims))


def _global_average(e: Emitter, node: Node, layout: Layout) -> None:
    (x,) = node.operands
    if node.attributes["keepdims"]:
        e.result(node, layout, "GlobalAveragePool", e.read(x, IMAGE))
        return
    pooled = e.helper("GlobalAveragePool", e.read(x, IMAGE))
    e.result(node, layout, "Flatten", pooled, axis=1)


def batch_norm(e: Emitter, node: Node) -> None:
    """`BatchNormalization`, where no layer has taken it in."""
    x = next(node.operands)
    _, gamma, beta, mean_, variance = node.inputs
    layout, channels = channels_first(x.type.rank), e.static(x, axis=-1)

    def vector(value: Value | None, default: float) -> str:
        return e.filled(default, channels, x.type.dtype) if value is None else e.read(value)

    inputs = e.read(x, layout), vector(gamma, 1.0), vector(beta, 0.0), vector(mean_, 0.0), vector(variance, 1.0)
    e.result(node, layout, "BatchNormalization", *inputs, epsilon=attributes(node)["epsilon"])
