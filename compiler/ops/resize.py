"""Resizing of images.

Coordinates are computed in float32, as TensorFlow and LiteRT do: on exact ties the choice of the
nearest element depends on that rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..numpy_later import function, np
from ..types import TensorType
from .base import Application, Attribute, Operator, Surface, Types, Values
from .checks import image, need_float, need_number, result
from .filters import IMAGE
from .windows import INT_OR_PAIR, PAIR, pair

_METHOD = t.Words(("nearest", "bilinear"))
_COORDINATES = t.Words(("half_pixel", "align_corners", "asymmetric"))


def _resize_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x = image(types)
    need = need_float if attributes["method"] == "bilinear" else need_number
    need("x", x)
    return (result(x.dtype, (x.shape[0], *pair("size", attributes["size"]), x.shape[3])),)


def _resize_apply(_types: Sequence[TensorType], values: Values) -> Application:
    attributes = {name: values[name] for name in ("method", "coordinates")}
    return Application({"size": pair("size", values["size"]), **attributes})


def _scale(size: int, count: int, coordinates: str) -> np.float32:
    """Distance between neighbouring results, in elements of the image."""
    if coordinates == "align_corners" and count > 1:
        return np.float32(size - 1) / np.float32(count - 1)
    return np.float32(size) / np.float32(count)


def _round_half_up(places: Array) -> Array:
    return np.floor(places + np.float32(0.5))


_OFFSETS = {"half_pixel": 0.5, "align_corners": 0.0, "asymmetric": 0.0}
_TO_NEAREST: dict[str, Callable[[Array], Array]] = {
    "half_pixel": function("floor"),
    "align_corners": _round_half_up,
    "asymmetric": function("floor"),
}


def _places(size: int, count: int, coordinates: str) -> Array:
    """Where the results lie in the image, measured from the left edge of its first element if `half_pixel`."""
    steps = np.arange(count, dtype=np.float32) + _OFFSETS[coordinates]
    return steps * _scale(size, count, coordinates)


def _nearest(x: Array, axis: int, count: int, coordinates: str) -> Array:
    size = x.shape[axis]
    places = _TO_NEAREST[coordinates](_places(size, count, coordinates))
    return x.take(np.clip(places, 0, size - 1).astype(np.intp), axis=axis)


def _bilinear(x: Array, axis: int, count: int, coordinates: str) -> Array:
    size = x.shape[axis]
    places = _places(size, count, coordinates) - _OFFSETS[coordinates]
    below = np.floor(places)
    share = (places - below).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    left, right = (np.clip(i, 0, size - 1).astype(np.intp) for i in (below, np.ceil(places)))
    start = x.take(left, axis=axis).astype(np.float32, copy=False)
    return start + (x.take(right, axis=axis) - start) * share


def _resize(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,), coordinates = arrays, attributes["coordinates"]
    along = _bilinear if attributes["method"] == "bilinear" else _nearest
    h, w = attributes["size"]
    return (along(along(x, 1, h, coordinates), 2, w, coordinates).astype(x.dtype, copy=False),)


def _resize_flops(_types: Types, results: Sequence[TensorType], attributes: Values) -> int:
    """Three interpolations of three operations each; choosing an element costs none."""
    return results[0].elements() * (9 if attributes["method"] == "bilinear" else 0)


RESIZE = Operator(
    name="resize",
    doc="An image sampled at another size. Result i lies at (i + 0.5) * size / count - 0.5 (`half_pixel`), "
    "i * (size - 1) / (count - 1) (`align_corners`) or i * size / count (`asymmetric`). The nearest element is "
    "floor((i + 0.5) * size / count), the place rounded half up, or the place rounded down, in that order.",
    operands=(IMAGE,),
    attributes=(
        Attribute("size", PAIR, "(height, width) of the result"),
        Attribute("method", _METHOD, "take the nearest element, or interpolate between four"),
        Attribute("coordinates", _COORDINATES, "where results lie in the image"),
    ),
    infer=_resize_types,
    evaluate=_resize,
    flops=_resize_flops,
    surface=Surface(
        (
            t.Parameter("size", INT_OR_PAIR, doc="(height, width) of the result"),
            t.Parameter("method", _METHOD, "nearest", "take the nearest element, or interpolate between four"),
            t.Parameter("coordinates", _COORDINATES, "half_pixel", "where results lie in the image"),
        ),
        _resize_apply,
    ),
)
