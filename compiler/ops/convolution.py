"""Convolutions over images [N, H, W, C]. A weight's last axis is its output channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...dsl import types as t
from ..ir import Role
from ..types import TensorType
from .base import (
    Application,
    Array,
    Attribute,
    MaybeType,
    Operand,
    Operator,
    OperatorError,
    Surface,
    Trait,
    Weight,
)
from .checks import (
    need_at_least,
    need_dtype,
    need_float,
    need_rank,
    need_vector,
    optional,
    required,
    result,
)
from .fused import FUSED, fused, fused_steps
from .windows import (
    DILATION,
    INT_OR_PAIR,
    PADDING,
    PADS,
    PAIR,
    STRIDE,
    Pair,
    extent,
    need_pads,
    pad_image,
    padding_parameter,
    pair,
    resolve_padding,
    taps,
    window_counts,
)

Attrs = Mapping[str, Any]
Types = Sequence[MaybeType]

_IMAGE = Operand("x", "image, [N, H, W, C]")
_BIAS = Operand("bias", "[F], added to each output channel", optional=True)
_BIAS_PARAMETER = t.Parameter("bias", t.BOOL, True, "whether a learned bias is added")
_TRAITS = frozenset({Trait.LINEAR, Trait.FUSES_ACTIVATION})


def _image(types: Types) -> TensorType:
    x = required(types, 0, "x")
    need_rank("x", x, 4, "[N, H, W, C]")
    need_float("x", x)
    return x


def _image_and_weight(types: Types, layout: str) -> tuple[TensorType, tuple[int, ...]]:
    x, weight = _image(types), required(types, 1, "weight")
    need_rank("weight", weight, 4, layout)
    need_dtype("weight", weight, x.dtype, "x")
    return x, weight.static_shape


def _sizes(x: TensorType) -> Pair:
    _, h, w, _ = x.shape
    assert isinstance(h, int)
    assert isinstance(w, int)
    return h, w


def _channels(x: TensorType) -> int:
    channels = x.shape[3]
    assert isinstance(channels, int)
    return channels


def _window_result(x: TensorType, kernel: Pair, filters: int, attributes: Attrs) -> tuple[TensorType]:
    stride, dilation = pair("stride", attributes["stride"]), pair("dilation", attributes["dilation"])
    h, w = window_counts(_sizes(x), kernel, stride, need_pads(attributes["padding"]), dilation)
    return (result(x.dtype, (x.shape[0], h, w, filters)),)


def _weights(x: TensorType, shape: tuple[int, ...], values: Mapping[str, Any]) -> tuple[Weight, ...]:
    weight = Weight("weight", TensorType(x.dtype, shape), Role.WEIGHT)
    if not values["bias"]:
        return (weight,)
    return weight, Weight("bias", TensorType(x.dtype, shape[3:]), Role.BIAS)


def _window_flops(types: Types, results: Sequence[TensorType], attributes: Attrs) -> int:
    """One addition for a bias, one operation for an activation, per result element."""
    return results[0].elements() * ((optional(types, 2) is not None) + fused_steps(attributes))


def _finish(total: Array, bias: Array | None, x: Array, attributes: Attrs) -> tuple[Array]:
    if bias is not None:
        total += bias
    return (fused(total, attributes).astype(x.dtype, copy=False),)


# conv2d -------------------------------------------------------------------------------------


def _need_groups(channels: int, filters: int, groups: int) -> None:
    need_at_least("groups", groups, 1)
    for name, count in (("input channels", channels), ("filters", filters)):
        if count % groups:
            raise OperatorError(f"{groups} groups do not divide {count} {name}")


def _conv2d_types(types: Types, attributes: Attrs) -> tuple[TensorType]:
    x, (kh, kw, depth, filters) = _image_and_weight(types, "[kh, kw, C / groups, F]")
    channels, groups = _channels(x), attributes["groups"]
    _need_groups(channels, filters, groups)
    if depth * groups != channels:
        expected = "" if groups == 1 else f" / {groups} groups"
        raise OperatorError(f"`weight` has {depth} input channels but `x` has {channels}{expected}")
    need_vector("bias", optional(types, 2), x, filters)
    return _window_result(x, (kh, kw), filters, attributes)


def _conv2d_apply(types: Sequence[TensorType], values: Mapping[str, Any]) -> Application:
    x = _image(types)
    channels, filters, groups = _channels(x), values["filters"], values["groups"]
    need_at_least("filters", filters, 1)
    _need_groups(channels, filters, groups)
    kernel, window = _window(x, values)
    weights = _weights(x, (*kernel, channels // groups, filters), values)
    return Application({**window, "groups": groups, "activation": "none"}, weights)


def _window(x: TensorType, values: Mapping[str, Any]) -> tuple[Pair, dict[str, Any]]:
    """A call's kernel, and the stride, dilation and padding attributes that it asks for."""
    kernel, stride, dilation = (pair(name, values[name]) for name in ("kernel", "stride", "dilation"))
    padding = resolve_padding(values["padding"], _sizes(x), kernel, stride, dilation)
    return kernel, {"stride": stride, "dilation": dilation, "padding": padding}


def _conv2d(arrays: Sequence[Any], attributes: Attrs) -> tuple[Array]:
    x, weight, bias = arrays
    kh, kw, depth, filters = weight.shape
    groups, dilation = attributes["groups"], attributes["dilation"]
    padded = pad_image(x.astype(np.float32, copy=False), attributes["padding"])
    counts = window_counts(x.shape[1:3], (kh, kw), attributes["stride"], attributes["padding"], dilation)
    by_group = weight.astype(np.float32, copy=False).reshape(kh, kw * depth, groups, filters // groups)
    total = np.zeros((groups, x.shape[0] * counts[0] * counts[1], filters // groups), np.float32)
    for row in range(kh):
        patches = _row_patches(padded[:, row * dilation[0] :], kw, attributes, counts)
        total += patches @ by_group[row].transpose(1, 0, 2)
    return _finish(total.transpose(1, 0, 2).reshape(x.shape[0], *counts, filters), bias, x, attributes)


def _row_patches(x: Array, width: int, attributes: Attrs, counts: Pair) -> Array:
    """What one row of the kernel meets: [groups, N * OH * OW, width * C / groups]."""
    groups, step = attributes["groups"], (1, attributes["dilation"][1])
    views = [view for _, _, view in taps(x, (1, width), attributes["stride"], step, counts)]
    columns = [view.reshape(-1, groups, x.shape[3] // groups) for view in views]
    return np.concatenate(columns, axis=2).transpose(1, 0, 2)


def _conv2d_macs(types: Types, results: Sequence[TensorType], _attributes: Attrs) -> int:
    kh, kw, depth, _ = required(types, 1, "weight").static_shape
    return results[0].elements() * kh * kw * depth


CONV2D = Operator(
    name="conv2d",
    doc="Two-dimensional convolution (cross-correlation), grouped and dilated where asked.",
    operands=(_IMAGE, Operand("weight", "filters, [kh, kw, C / groups, F]"), _BIAS),
    attributes=(
        STRIDE,
        DILATION,
        Attribute("groups", t.INT, "input and output channels are split into as many independent parts", 1),
        PADDING,
        FUSED,
    ),
    infer=_conv2d_types,
    evaluate=_conv2d,
    macs=_conv2d_macs,
    flops=_window_flops,
    traits=_TRAITS,
    surface=Surface(
        (
            t.Parameter("filters", t.INT, doc="output channels"),
            t.Parameter("kernel", INT_OR_PAIR, 3, "size of the window"),
            t.Parameter("stride", INT_OR_PAIR, 1, "step of the window"),
            t.Parameter("dilation", INT_OR_PAIR, 1, "distance between neighbouring kernel elements"),
            t.Parameter("groups", t.INT, 1, "independent parts of the channels"),
            padding_parameter("same", "same", "valid", "symmetric"),
            _BIAS_PARAMETER,
        ),
        _conv2d_apply,
    ),
)


# depthwise_conv2d ---------------------------------------------------------------------------


def _depthwise_types(types: Types, attributes: Attrs) -> tuple[TensorType]:
    x, (kh, kw, one, filters) = _image_and_weight(types, "[kh, kw, 1, C * multiplier]")
    channels = _channels(x)
    if one != 1 or filters % channels:
        found = required(types, 1, "weight")
        raise OperatorError(
            f"`weight` {found} does not filter {channels} channels: expected [kh, kw, 1, {channels} * m]"
        )
    need_vector("bias", optional(types, 2), x, filters)
    return _window_result(x, (kh, kw), filters, attributes)


def _depthwise_apply(types: Sequence[TensorType], values: Mapping[str, Any]) -> Application:
    x = _image(types)
    need_at_least("multiplier", values["multiplier"], 1)
    kernel, window = _window(x, values)
    weights = _weights(x, (*kernel, 1, _channels(x) * values["multiplier"]), values)
    return Application({**window, "activation": "none"}, weights)


def _depthwise(arrays: Sequence[Any], attributes: Attrs) -> tuple[Array]:
    x, weight, bias = arrays
    kernel, filters = weight.shape[:2], weight.shape[3]
    stride, dilation, padding = attributes["stride"], attributes["dilation"], attributes["padding"]
    counts = window_counts(x.shape[1:3], kernel, stride, padding, dilation)
    repeated = np.repeat(x.astype(np.float32, copy=False), filters // x.shape[3], axis=3)
    total = np.zeros((x.shape[0], *counts, filters), np.float32)
    for row, column, view in taps(pad_image(repeated, padding), kernel, stride, dilation, counts):
        total += view * weight[row, column, 0].astype(np.float32, copy=False)
    return _finish(total, bias, x, attributes)


DEPTHWISE_CONV2D = Operator(
    name="depthwise_conv2d",
    doc="Convolution of each channel alone. Input channel c makes the output channels c * multiplier + m.",
    operands=(_IMAGE, Operand("weight", "filters, [kh, kw, 1, C * multiplier]"), _BIAS),
    attributes=(STRIDE, DILATION, PADDING, FUSED),
    infer=_depthwise_types,
    evaluate=_depthwise,
    macs=_conv2d_macs,
    flops=_window_flops,
    traits=_TRAITS,
    surface=Surface(
        (
            t.Parameter("kernel", INT_OR_PAIR, 3, "size of the window"),
            t.Parameter("stride", INT_OR_PAIR, 1, "step of the window"),
            t.Parameter("dilation", INT_OR_PAIR, 1, "distance between neighbouring kernel elements"),
            t.Parameter("multiplier", t.INT, 1, "output channels per input channel"),
            padding_parameter("same", "same", "valid", "symmetric"),
            _BIAS_PARAMETER,
        ),
        _depthwise_apply,
    ),
    source="https://arxiv.org/abs/1704.04861",
)


# transposed_conv2d --------------------------------------------------------------------------


def _transposed_counts(sizes: Pair, kernel: Pair, attributes: Attrs) -> Pair:
    """out = (in - 1) * stride + kernel - crops + output_padding."""
    h, w = (
        (size - 1) * stride + k - sum(crops) + more
        for size, k, stride, crops, more in zip(
            sizes, kernel, attributes["stride"], attributes["padding"], attributes["output_padding"], strict=True
        )
    )
    if min(h, w) < 1:
        raise OperatorError(f"cropping {attributes['padding']} leaves a {h}x{w} result, nothing of the image")
    return h, w


def _transposed_types(types: Types, attributes: Attrs) -> tuple[TensorType]:
    x, (kh, kw, depth, filters) = _image_and_weight(types, "[kh, kw, C, F]")
    if depth != _channels(x):
        raise OperatorError(f"`weight` has {depth} input channels but `x` has {_channels(x)}")
    need_vector("bias", optional(types, 2), x, filters)
    pair("stride", attributes["stride"])
    need_pads(attributes["padding"])
    for more in attributes["output_padding"]:
        need_at_least("output_padding", more, 0)
    h, w = _transposed_counts(_sizes(x), (kh, kw), attributes)
    return (result(x.dtype, (x.shape[0], h, w, filters)),)


def _transposed_apply(types: Sequence[TensorType], values: Mapping[str, Any]) -> Application:
    x = _image(types)
    need_at_least("filters", values["filters"], 1)
    kernel, stride = pair("kernel", values["kernel"]), pair("stride", values["stride"])
    padding, more = _transposed_padding(values["padding"], kernel, stride)
    attributes = {"stride": stride, "padding": padding, "output_padding": more, "activation": "none"}
    return Application(attributes, _weights(x, (*kernel, _channels(x), values["filters"]), values))


def _transposed_padding(padding: Any, kernel: Pair, stride: Pair) -> tuple[Any, Pair]:
    """The crops and the output padding. A kernel shorter than its stride leaves a gap, filled as Keras does."""
    if not isinstance(padding, str):
        return need_pads(padding), (0, 0)
    gap = (max(stride[0] - kernel[0], 0), max(stride[1] - kernel[1], 0))
    totals = [max(k - s, 0) if padding == "same" else 0 for k, s in zip(kernel, stride, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals), gap


def _transposed(arrays: Sequence[Any], attributes: Attrs) -> tuple[Array]:
    x, weight, bias = arrays
    kh, kw, _, filters = weight.shape
    (top, _), (left, _) = attributes["padding"]
    h, w = _transposed_counts(x.shape[1:3], (kh, kw), attributes)
    full = _scatter(x.astype(np.float32, copy=False), weight.astype(np.float32, copy=False), attributes)
    total = np.zeros((x.shape[0], h, w, filters), np.float32)
    kept = full[:, top : top + h, left : left + w]
    total[:, : kept.shape[1], : kept.shape[2]] = kept
    return _finish(total, bias, x, attributes)


def _scatter(x: Array, weight: Array, attributes: Attrs) -> Array:
    """The uncropped result: each input element adds its multiple of the kernel."""
    sizes: Pair = x.shape[1:3]  # type: ignore[assignment]  # NumPy can't know that an image has rank 4
    stride, (kh, kw, _, filters) = attributes["stride"], weight.shape
    h, w = (extent(size, s) + k - 1 for size, s, k in zip(sizes, stride, (kh, kw), strict=True))
    full = np.zeros((x.shape[0], h, w, filters), np.float32)
    for row, column, view in taps(full, (kh, kw), stride, (1, 1), sizes):
        view += x @ weight[row, column]  # noqa: PLW2901  # adds into `full` through the view
    return full


def _transposed_macs(types: Types, _results: Sequence[TensorType], _attributes: Attrs) -> int:
    kh, kw, _, filters = required(types, 1, "weight").static_shape
    return required(types, 0, "x").elements() * kh * kw * filters


TRANSPOSED_CONV2D = Operator(
    name="transposed_conv2d",
    doc="Transposed convolution: the gradient of a convolution with the same stride. "
    "The result has (size - 1) * stride + kernel - crops + output_padding elements along each side.",
    operands=(_IMAGE, Operand("weight", "filters, [kh, kw, C, F]"), _BIAS),
    attributes=(
        STRIDE,
        Attribute("padding", PADS, "elements cropped from the full result: ((top, bottom), (left, right))"),
        Attribute("output_padding", PAIR, "elements added at the bottom and right", (0, 0)),
        FUSED,
    ),
    infer=_transposed_types,
    evaluate=_transposed,
    macs=_transposed_macs,
    flops=_window_flops,
    traits=_TRAITS,
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
            _BIAS_PARAMETER,
        ),
        _transposed_apply,
    ),
    source="https://arxiv.org/abs/1603.07285",
)
