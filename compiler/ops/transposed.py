"""The transposed convolution over images [N, H, W, C]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..numpy_later import np
from ..types import TensorType
from .base import Application, Attribute, Operand, Operator, OperatorError, Surface, Types, Values
from .checks import need_at_least, need_vector, optional, required, result, sizes
from .filters import (
    BIAS,
    BIAS_PARAMETER,
    IMAGE,
    LINEAR_TRAITS,
    channels_of,
    filter_weights,
    finished,
    finishing_flops,
    float_image,
    image_and_weight,
)
from .fused import FUSED
from .windows import INT_OR_PAIR, PADS, PAIR, STRIDE, Pair, extent, need_pads, padding_parameter, pair, taps


def _transposed_counts(image_sizes: Pair, kernel: Pair, attributes: Values) -> Pair:
    """out = (in - 1) * stride + kernel - crops + output_padding."""
    h, w = (
        (size - 1) * stride + k - sum(crops) + more
        for size, k, stride, crops, more in zip(
            image_sizes, kernel, attributes["stride"], attributes["padding"], attributes["output_padding"], strict=True
        )
    )
    if min(h, w) < 1:
        raise OperatorError(f"cropping {attributes['padding']} leaves a {h}x{w} result, nothing of the image")
    return h, w


def _transposed_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, (kh, kw, depth, filters) = image_and_weight(types, "[kh, kw, C, F]")
    if depth != channels_of(x):
        raise OperatorError(f"`weight` has {depth} input channels but `x` has {channels_of(x)}")
    need_vector("bias", optional(types, 2), x, filters)
    pair("stride", attributes["stride"])
    need_pads(attributes["padding"])
    for more in attributes["output_padding"]:
        need_at_least("output_padding", more, 0)
    h, w = _transposed_counts(sizes(x), (kh, kw), attributes)
    return (result(x.dtype, (x.shape[0], h, w, filters)),)


def _transposed_apply(types: Sequence[TensorType], values: Values) -> Application:
    x = float_image(types)
    need_at_least("filters", values["filters"], 1)
    kernel, stride = pair("kernel", values["kernel"]), pair("stride", values["stride"])
    padding, more = _transposed_padding(values["padding"], kernel, stride)
    attributes = {"stride": stride, "padding": padding, "output_padding": more, "activation": "none"}
    return Application(attributes, filter_weights(x, (*kernel, channels_of(x), values["filters"]), values))


def _transposed_padding(padding: Any, kernel: Pair, stride: Pair) -> tuple[Any, Pair]:
    """The crops and the output padding. A kernel shorter than its stride leaves a gap, filled as Keras does."""
    if not isinstance(padding, str):
        return need_pads(padding), (0, 0)
    gap = (max(stride[0] - kernel[0], 0), max(stride[1] - kernel[1], 0))
    totals = [max(k - s, 0) if padding == "same" else 0 for k, s in zip(kernel, stride, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals), gap


def _transposed(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    x, weight, bias = arrays
    kh, kw, _, filters = weight.shape
    (top, _), (left, _) = attributes["padding"]
    h, w = _transposed_counts(x.shape[1:3], (kh, kw), attributes)
    full = _scatter(x.astype(np.float32, copy=False), weight.astype(np.float32, copy=False), attributes)
    total = np.zeros((x.shape[0], h, w, filters), np.float32)
    kept = full[:, top : top + h, left : left + w]
    total[:, : kept.shape[1], : kept.shape[2]] = kept
    return finished(total, bias, x, attributes)


def _scatter(x: Array, weight: Array, attributes: Values) -> Array:
    """The uncropped result: each input element adds its multiple of the kernel."""
    counts: Pair = x.shape[1:3]
    stride, (kh, kw, _, filters) = attributes["stride"], weight.shape
    h, w = (extent(size, s) + k - 1 for size, s, k in zip(counts, stride, (kh, kw), strict=True))
    full = np.zeros((x.shape[0], h, w, filters), np.float32)
    for row, column, view in taps(full, (kh, kw), stride, (1, 1), counts):
        view += x @ weight[row, column]  # noqa: PLW2901  # adds into `full` through the view
    return full


def _transposed_macs(types: Types, _results: Sequence[TensorType], _attributes: Values) -> int:
    kh, kw, _, filters = required(types, 1, "weight").static_shape
    return required(types, 0, "x").elements() * kh * kw * filters


TRANSPOSED_CONV2D = Operator(
    name="transposed_conv2d",
    doc="Transposed convolution: the gradient of a convolution with the same stride. "
    "The result has (size - 1) * stride + kernel - crops + output_padding elements along each side.",
    operands=(IMAGE, Operand("weight", "filters, [kh, kw, C, F]"), BIAS),
    attributes=(
        STRIDE,
        Attribute("padding", PADS, "elements cropped from the full result: ((top, bottom), (left, right))"),
        Attribute("output_padding", PAIR, "elements added at the bottom and right", (0, 0)),
        FUSED,
    ),
    infer=_transposed_types,
    evaluate=_transposed,
    macs=_transposed_macs,
    flops=finishing_flops,
    traits=LINEAR_TRAITS,
    surface=Surface(
        (
            t.Parameter("filters", t.INT, doc="output channels"),
            t.Parameter("kernel", INT_OR_PAIR, doc="size of the window"),
            t.Parameter("stride", INT_OR_PAIR, 1, "how many times larger the result is"),
            padding_parameter(
                "same",
                "same",
                "valid",
                doc='"same" gives size * stride results, as in TensorFlow; "valid" crops nothing; numbers are crops',
            ),
            BIAS_PARAMETER,
        ),
        _transposed_apply,
    ),
    source="https://arxiv.org/abs/1603.07285",
)
