"""Pooling over windows, and means over whole axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..numpy_later import np
from ..types import TensorType
from .base import (
    Application,
    Attribute,
    Operand,
    Operator,
    OperatorError,
    Surface,
    Trait,
    Types,
    Values,
)
from .checks import image, need_axis, need_float, need_number, required, resolve_axis, result, sizes
from .filters import IMAGE
from .fused import FUSED, fused, fused_steps
from .windows import (
    INT_OR_PAIR,
    PADDING,
    PAIR,
    STRIDE,
    Pads,
    Pair,
    need_pads,
    pad_image,
    padding_parameter,
    pair,
    resolve_padding,
    taps,
    window_counts,
)

# max_pool2d and avg_pool2d ------------------------------------------------------------------

_UNDILATED = (1, 1)


def _pool_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x = image(types)
    kernel, stride = pair("kernel", attributes["kernel"]), pair("stride", attributes["stride"])
    padding = need_pads(attributes["padding"])
    _need_image_in_each_window(kernel, padding)
    return (result(x.dtype, (x.shape[0], *window_counts(sizes(x), kernel, stride, padding), x.shape[3])),)


def _need_image_in_each_window(kernel: Pair, padding: Pads) -> None:
    for size, pads in zip(kernel, padding, strict=True):
        if max(pads) >= size:
            raise OperatorError(f"padding {max(pads)} is not below the kernel size {size}: a window would see no image")


def _max_pool_types(types: Types, attributes: Values) -> tuple[TensorType]:
    need_number("x", required(types, 0, "x"))
    return _pool_types(types, attributes)


def _avg_pool_types(types: Types, attributes: Values) -> tuple[TensorType]:
    need_float("x", required(types, 0, "x"))
    return _pool_types(types, attributes)


def _max_pool_apply(types: Sequence[TensorType], values: Values) -> Application:
    x = image(types)
    kernel, stride = pair("kernel", values["kernel"]), pair("stride", values["stride"])
    padding = resolve_padding(values["padding"], sizes(x), kernel, stride)
    return Application({"kernel": kernel, "stride": stride, "padding": padding, "activation": "none"})


def _avg_pool_apply(types: Sequence[TensorType], values: Values) -> Application:
    attributes = _max_pool_apply(types, values).attributes
    return Application({**attributes, "count_padding": values["count_padding"]})


def _lowest(dtype: Any) -> Any:
    return np.iinfo(dtype).min if dtype.kind in "iu" else -np.inf


def _max_pool(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,), kernel, stride = arrays, attributes["kernel"], attributes["stride"]
    counts = window_counts(x.shape[1:3], kernel, stride, attributes["padding"])
    padded = pad_image(x, attributes["padding"], _lowest(x.dtype))
    best = np.full((x.shape[0], *counts, x.shape[3]), _lowest(x.dtype), x.dtype)
    for _, _, view in taps(padded, kernel, stride, _UNDILATED, counts):
        np.maximum(best, view, out=best)
    return (fused(best, attributes),)


def _sums(x: Array, attributes: Values) -> Array:
    kernel, stride = attributes["kernel"], attributes["stride"]
    counts = window_counts(x.shape[1:3], kernel, stride, attributes["padding"])
    total = np.zeros((x.shape[0], *counts, x.shape[3]), np.float64)
    for _, _, view in taps(pad_image(x, attributes["padding"]), kernel, stride, _UNDILATED, counts):
        total += view
    return total


def _avg_pool(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,) = arrays
    if attributes["count_padding"]:
        size: Any = attributes["kernel"][0] * attributes["kernel"][1]
    else:
        size = _sums(np.ones((1, *x.shape[1:3], 1)), attributes)
    return (fused((_sums(x, attributes) / size).astype(x.dtype), attributes),)


def _pool_flops(_types: Types, results: Sequence[TensorType], attributes: Values) -> int:
    kernel: Pair = attributes["kernel"]
    return results[0].elements() * (kernel[0] * kernel[1] + fused_steps(attributes))


_KERNEL = Attribute("kernel", PAIR, "size of the window")
_POOL_PARAMETERS = (
    t.Parameter("kernel", INT_OR_PAIR, doc="size of the window"),
    t.Parameter("stride", INT_OR_PAIR, doc="step of the window"),
    padding_parameter("valid", "same", "valid", "symmetric"),
)

MAX_POOL2D = Operator(
    name="max_pool2d",
    doc="The largest element of each window; padding never wins.",
    operands=(IMAGE,),
    attributes=(_KERNEL, STRIDE, PADDING, FUSED),
    infer=_max_pool_types,
    evaluate=_max_pool,
    flops=_pool_flops,
    traits=frozenset({Trait.FUSES_ACTIVATION}),
    surface=Surface(_POOL_PARAMETERS, _max_pool_apply),
)

AVG_POOL2D = Operator(
    name="avg_pool2d",
    doc="The mean of each window.",
    operands=(IMAGE,),
    attributes=(
        _KERNEL,
        STRIDE,
        PADDING,
        Attribute(
            "count_padding", t.BOOL, "whether padding counts as zeros (PyTorch) or not at all (TensorFlow)", False
        ),
        FUSED,
    ),
    infer=_avg_pool_types,
    evaluate=_avg_pool,
    flops=_pool_flops,
    traits=frozenset({Trait.FUSES_ACTIVATION}),
    surface=Surface(
        (
            *_POOL_PARAMETERS,
            t.Parameter(
                "count_padding", t.BOOL, False, "whether padding counts as zeros (PyTorch) or not (TensorFlow)"
            ),
        ),
        _avg_pool_apply,
    ),
)

# mean ---------------------------------------------------------------------------------------


def _mean_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, axes = required(types, 0, "x"), attributes["axes"]
    need_float("x", x)
    _need_axes(axes, x.rank)
    kept = ((1 if axis in axes else dim) for axis, dim in enumerate(x.shape))
    left = (dim for axis, dim in enumerate(x.shape) if axis not in axes)
    return (result(x.dtype, kept if attributes["keepdims"] else left),)


def _need_axes(axes: tuple[int, ...], rank: int) -> None:
    for axis in axes:
        need_axis(axis, rank)
    if not axes or list(axes) != sorted(set(axes)):
        raise OperatorError(f"axes {list(axes)} must be distinct, ascending and at least one")


def _mean_apply(types: Sequence[TensorType], values: Values) -> Application:
    rank = required(types, 0, "x").rank
    axes = tuple(sorted(resolve_axis(axis, rank) for axis in values["axes"]))
    _need_axes(axes, rank)
    return Application({"axes": axes, "keepdims": values["keepdims"]})


def _mean(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,) = arrays
    mean = x.mean(axis=attributes["axes"], keepdims=attributes["keepdims"], dtype=np.float64)
    return (mean.astype(x.dtype),)


def _mean_flops(types: Types, _results: Sequence[TensorType], _attributes: Values) -> int:
    return required(types, 0, "x").elements()


MEAN = Operator(
    name="mean",
    doc="The mean over whole axes: global average pooling over axes [1, 2].",
    operands=(Operand("x", "of any shape"),),
    attributes=(
        Attribute("axes", t.ListOf(t.INT), "averaged over, ascending"),
        Attribute("keepdims", t.BOOL, "whether the axes stay, with size 1", False),
    ),
    infer=_mean_types,
    evaluate=_mean,
    flops=_mean_flops,
    surface=Surface(
        (
            t.Parameter("axes", t.ListOf(t.INT), (1, 2), "averaged over"),
            t.Parameter("keepdims", t.BOOL, False, "whether the axes stay, with size 1"),
        ),
        _mean_apply,
    ),
)
