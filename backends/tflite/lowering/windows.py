"""Convolutions and pools: where TFLite's two paddings do not place the windows, an operation of its own pads.

TFLite knows SAME (TensorFlow's: an odd element goes to the end) and VALID. Padding that puts every window
where one of them would is written so, even if it adds elements behind the last window, which nobody reads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ....compiler.ops.fused import is_never_negative
from ....compiler.ops.windows import Pair, extent, resolve_padding
from ..draft import Site
from ..schema import ABSENT, SAME, VALID

OHWI = (3, 0, 1, 2)  # of [kh, kw, C, F]
_DEPTHWISE = (2, 0, 1, 3)  # of [kh, kw, 1, C * multiplier]
_LOWEST = float(np.finfo(np.float32).min)


def conv2d(at: Site) -> None:
    x, padding = _padded(at, _kernel(at))
    inputs = (x, at.transposed(1, OHWI), _bias(at))
    at.emit("CONV_2D", inputs, **padding, **_dilation(at), fused_activation_function=at.activation)


def depthwise_conv2d(at: Site) -> None:
    x, padding = _padded(at, _kernel(at))
    inputs = (x, at.transposed(1, _DEPTHWISE), _bias(at))
    multiplier = at.output_shape[3] // at.input_shape()[3]
    options = {"depth_multiplier": multiplier, "fused_activation_function": at.activation}
    at.emit("DEPTHWISE_CONV_2D", inputs, **padding, **_dilation(at), **options)


def max_pool2d(at: Site) -> None:
    if at.attributes["kernel"] == (1, 1):
        _subsample(at)
        return
    border = 0.0 if is_never_negative(at.producer) else _LOWEST  # PAD runs in XNNPACK, PADV2 does not
    x, padding = _padded(at, at.attributes["kernel"], border)
    at.emit("MAX_POOL_2D", (x,), **padding, **_filter(at), fused_activation_function=at.activation)


def _subsample(at: Site) -> None:
    """A pool over single elements. XNNPACK takes no such pool, but a depthwise convolution by one."""
    channels = at.output_shape[3]
    ones, zeros = at.numbers("one", np.ones((1, 1, 1, channels))), at.numbers("zero", np.zeros(channels))
    options = {**placement(at, VALID), "depth_multiplier": 1, "dilation_w_factor": 1, "dilation_h_factor": 1}
    at.emit("DEPTHWISE_CONV_2D", (at.operand(0), ones, zeros), **options, fused_activation_function=at.activation)


def avg_pool2d(at: Site) -> None:
    kernel, counts_padding = at.attributes["kernel"], at.attributes["count_padding"]
    if kernel == (1, 1):
        _subsample(at)
        return
    word = _word(at, kernel)
    if word == VALID or (word == SAME and not counts_padding):
        options = {**placement(at, word), **_filter(at), "fused_activation_function": at.activation}
        at.emit("AVERAGE_POOL_2D", at.operands, **options)
        return
    x, options = _bordered(at, 0.0), {**placement(at, VALID), **_filter(at)}
    if counts_padding:
        at.emit("AVERAGE_POOL_2D", (x,), **options, fused_activation_function=at.activation)
        return
    mean = at.step("mean", at.output_shape, "AVERAGE_POOL_2D", (x,), **options, fused_activation_function=0)
    share = at.numbers("share", _window_size_over_image_elements(at, kernel))
    at.emit("MUL", (mean, share), fused_activation_function=at.activation)


def _kernel(at: Site) -> Pair:
    kh, kw, *_ = at.input_shape(1)
    return kh, kw


def _bias(at: Site) -> int:
    """The bias, or zeros: some delegates insist on one."""
    bias = at.operand(2)
    return bias if bias != ABSENT else at.numbers("bias", np.zeros(at.output_shape[-1]))


def _padded(at: Site, kernel: Pair, border: float = 0.0) -> tuple[int, dict[str, int]]:
    """The image with what padding TFLite can't express, and the options for the rest."""
    word = _word(at, kernel)
    if word is None:
        return _bordered(at, border), placement(at, VALID)
    return at.operand(0), placement(at, word)


def _word(at: Site, kernel: Pair) -> int | None:
    """SAME or VALID, where one of them places all windows as the node's padding does."""
    sizes = at.input_shape()[1:3]
    stride, dilation = at.attributes["stride"], at.attributes.get("dilation", (1, 1))
    starts = [before for before, _ in at.attributes["padding"]]
    for name, word in (("valid", VALID), ("same", SAME)):
        pads = resolve_padding(name, sizes, kernel, stride, dilation)
        counts = [
            (size + sum(pair) - extent(k, d)) // s + 1
            for size, pair, k, s, d in zip(sizes, pads, kernel, stride, dilation, strict=True)
        ]
        if [before for before, _ in pads] == starts and counts == list(at.output_shape[1:3]):
            return word
    return None


def _bordered(at: Site, value: float) -> int:
    n, h, w, c = at.input_shape()
    (top, bottom), (left, right) = at.attributes["padding"]
    shape = (n, h + top + bottom, w + left + right, c)
    pads = at.integers("padding", ((0, 0), (top, bottom), (left, right), (0, 0)))
    if value == 0:
        return at.step("padded", shape, "PAD", (at.operand(0), pads))
    return at.step("padded", shape, "PADV2", (at.operand(0), pads, at.numbers("border", value)))


def placement(at: Site, word: int) -> dict[str, int]:
    """The options that say where windows lie, with padding as `word` says."""
    stride_h, stride_w = at.attributes["stride"]
    return {"padding": word, "stride_w": stride_w, "stride_h": stride_h}


def _dilation(at: Site) -> dict[str, int]:
    h, w = at.attributes["dilation"]
    return {"dilation_w_factor": w, "dilation_h_factor": h}


def _filter(at: Site) -> dict[str, int]:
    h, w = at.attributes["kernel"]
    return {"filter_width": w, "filter_height": h}


def _window_size_over_image_elements(at: Site, kernel: Pair) -> Any:
    """[1, OH, OW, 1]: what turns a mean that counts padding into one that does not."""
    rows, columns = (_image_elements(at, axis, kernel[axis]) for axis in (0, 1))
    return (kernel[0] * kernel[1] / (rows[:, None] * columns[None, :]))[None, :, :, None]


def _image_elements(at: Site, axis: int, kernel: int) -> Any:
    """How many elements of the image, not of its border, each window covers along an axis."""
    size, count = at.input_shape()[1 + axis], at.output_shape[1 + axis]
    starts = np.arange(count) * at.attributes["stride"][axis] - at.attributes["padding"][axis][0]
    return np.minimum(starts + kernel, size) - np.maximum(starts, 0)
