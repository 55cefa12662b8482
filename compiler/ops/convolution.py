"""Convolutions over images [N, H, W, C]. A weight's last axis is its output channel."""

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
from .windows import (
    DILATION,
    INT_OR_PAIR,
    PADDING,
    STRIDE,
    Pair,
    need_pads,
    pad_image,
    padding_parameter,
    pair,
    resolve_padding,
    taps,
    window_counts,
)


def _window_result(x: TensorType, kernel: Pair, filters: int, attributes: Values) -> tuple[TensorType]:
    stride, dilation = pair("stride", attributes["stride"]), pair("dilation", attributes["dilation"])
    h, w = window_counts(sizes(x), kernel, stride, need_pads(attributes["padding"]), dilation)
    return (result(x.dtype, (x.shape[0], h, w, filters)),)


# conv2d -------------------------------------------------------------------------------------


def _need_groups(channels: int, filters: int, groups: int) -> None:
    need_at_least("groups", groups, 1)
    for name, count in (("input channels", channels), ("filters", filters)):
        if count % groups:
            raise OperatorError(f"{groups} groups do not divide {count} {name}", hint=_near_divisors(count, groups))


MOST_CHANNELS = 1 << 16
"""Divisors of more are not searched for."""


def _near_divisors(count: int, wanted: int) -> str | None:
    """The divisors of `count` next to a number that is none."""
    if count > MOST_CHANNELS:
        return None
    below = next(n for n in range(min(wanted, count), 0, -1) if count % n == 0)
    above = next((n for n in range(wanted, count + 1) if count % n == 0), below)
    return f"{' and '.join(map(str, sorted({below, above})))} would divide {count}"


def _conv2d_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, (kh, kw, depth, filters) = image_and_weight(types, "[kh, kw, C / groups, F]")
    channels, groups = channels_of(x), attributes["groups"]
    _need_groups(channels, filters, groups)
    if depth * groups != channels:
        expected = "" if groups == 1 else f" / {groups} groups"
        raise OperatorError(f"`weight` has {depth} input channels but `x` has {channels}{expected}")
    need_vector("bias", optional(types, 2), x, filters)
    return _window_result(x, (kh, kw), filters, attributes)


def _conv2d_apply(types: Sequence[TensorType], values: Values) -> Application:
    x = float_image(types)
    channels, filters, groups = channels_of(x), values["filters"], values["groups"]
    need_at_least("filters", filters, 1)
    _need_groups(channels, filters, groups)
    kernel, window = _window(x, values)
    weights = filter_weights(x, (*kernel, channels // groups, filters), values)
    return Application({**window, "groups": groups, "activation": "none"}, weights)


def _window(x: TensorType, values: Values) -> tuple[Pair, dict[str, Any]]:
    """A call's kernel, and the stride, dilation and padding attributes that it asks for."""
    kernel, stride, dilation = (pair(name, values[name]) for name in ("kernel", "stride", "dilation"))
    padding = resolve_padding(values["padding"], sizes(x), kernel, stride, dilation)
    return kernel, {"stride": stride, "dilation": dilation, "padding": padding}


def _conv2d(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
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
    return finished(total.transpose(1, 0, 2).reshape(x.shape[0], *counts, filters), bias, x, attributes)


def _row_patches(x: Array, width: int, attributes: Values, counts: Pair) -> Array:
    """What one row of the kernel meets: [groups, N * OH * OW, width * C / groups]."""
    groups, step = attributes["groups"], (1, attributes["dilation"][1])
    views = [view for _, _, view in taps(x, (1, width), attributes["stride"], step, counts)]
    columns = [view.reshape(-1, groups, x.shape[3] // groups) for view in views]
    return np.concatenate(columns, axis=2).transpose(1, 0, 2)


def _conv2d_macs(types: Types, results: Sequence[TensorType], _attributes: Values) -> int:
    kh, kw, depth, _ = required(types, 1, "weight").static_shape
    return results[0].elements() * kh * kw * depth


CONV2D = Operator(
    name="conv2d",
    doc="Two-dimensional convolution (cross-correlation), grouped and dilated where asked.",
    operands=(IMAGE, Operand("weight", "filters, [kh, kw, C / groups, F]"), BIAS),
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
    flops=finishing_flops,
    traits=LINEAR_TRAITS,
    surface=Surface(
        (
            t.Parameter("filters", t.INT, doc="output channels"),
            t.Parameter("kernel", INT_OR_PAIR, 3, "size of the window"),
            t.Parameter("stride", INT_OR_PAIR, 1, "step of the window"),
            t.Parameter("dilation", INT_OR_PAIR, 1, "distance between neighbouring kernel elements"),
            t.Parameter("groups", t.INT, 1, "independent parts of the channels"),
            padding_parameter("same", "same", "valid", "symmetric"),
            BIAS_PARAMETER,
        ),
        _conv2d_apply,
    ),
)


# depthwise_conv2d ---------------------------------------------------------------------------


def _depthwise_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, (kh, kw, one, filters) = image_and_weight(types, "[kh, kw, 1, C * multiplier]")
    channels = channels_of(x)
    if one != 1 or filters % channels:
        found = required(types, 1, "weight")
        raise OperatorError(
            f"`weight` {found} does not filter {channels} channels: expected [kh, kw, 1, {channels} * m]"
        )
    need_vector("bias", optional(types, 2), x, filters)
    return _window_result(x, (kh, kw), filters, attributes)


def _depthwise_apply(types: Sequence[TensorType], values: Values) -> Application:
    x = float_image(types)
    need_at_least("multiplier", values["multiplier"], 1)
    kernel, window = _window(x, values)
    weights = filter_weights(x, (*kernel, 1, channels_of(x) * values["multiplier"]), values)
    return Application({**window, "activation": "none"}, weights)


def _depthwise(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    x, weight, bias = arrays
    kernel, filters = weight.shape[:2], weight.shape[3]
    stride, dilation, padding = attributes["stride"], attributes["dilation"], attributes["padding"]
    counts = window_counts(x.shape[1:3], kernel, stride, padding, dilation)
    repeated = np.repeat(x.astype(np.float32, copy=False), filters // x.shape[3], axis=3)
    total = np.zeros((x.shape[0], *counts, filters), np.float32)
    for row, column, view in taps(pad_image(repeated, padding), kernel, stride, dilation, counts):
        total += view * weight[row, column, 0].astype(np.float32, copy=False)
    return finished(total, bias, x, attributes)


DEPTHWISE_CONV2D = Operator(
    name="depthwise_conv2d",
    doc="Convolution of each channel alone. Input channel c makes the output channels c * multiplier + m.",
    operands=(IMAGE, Operand("weight", "filters, [kh, kw, 1, C * multiplier]"), BIAS),
    attributes=(STRIDE, DILATION, PADDING, FUSED),
    infer=_depthwise_types,
    evaluate=_depthwise,
    macs=_conv2d_macs,
    flops=finishing_flops,
    traits=LINEAR_TRAITS,
    surface=Surface(
        (
            t.Parameter("kernel", INT_OR_PAIR, 3, "size of the window"),
            t.Parameter("stride", INT_OR_PAIR, 1, "step of the window"),
            t.Parameter("dilation", INT_OR_PAIR, 1, "distance between neighbouring kernel elements"),
            t.Parameter("multiplier", t.INT, 1, "output channels per input channel"),
            padding_parameter("same", "same", "valid", "symmetric"),
            BIAS_PARAMETER,
        ),
        _depthwise_apply,
    ),
    source="https://arxiv.org/abs/1704.04861",
)
