"""The rule for resizing an image, and when ONNX's own `Resize` can be trusted with it.

Where a result lies exactly between two elements of the image, which of them is the nearest depends on how a runtime
rounds on the way there; ONNX Runtime divides by the factor of magnification, LiteRT and the reference multiply by its
inverse. Such results are gathered by their indices instead.
"""

from __future__ import annotations

import math

import numpy as np

from ...compiler.data import Array
from ...compiler.ir import Node
from ...compiler.ops import RESIZE
from .emitter import Emitter
from .layouts import IMAGE, stored

_ROUNDING = {"half_pixel": "round_prefer_ceil", "align_corners": "round_prefer_ceil", "asymmetric": "floor"}


def resize(e: Emitter, node: Node) -> None:
    """`Resize`; two `Gather` where its choice of the nearest element would depend on rounding."""
    coordinates = str(node.attributes["coordinates"])
    if node.attributes["method"] == "bilinear":
        _resize(e, node, mode="linear", coordinate_transformation_mode=coordinates)
    elif all(_is_clear_cut(*sides, coordinates) for sides in _sides(e, node)):
        rounding = _ROUNDING[coordinates]
        _resize(e, node, mode="nearest", coordinate_transformation_mode=coordinates, nearest_mode=rounding)
    else:
        _gather(e, node)


def _sides(e: Emitter, node: Node) -> tuple[tuple[int, int], ...]:
    """(size, count) of the image and of the result, down and across."""
    (x,) = node.operands
    return tuple((e.static(x, axis), e.static(node.output, axis)) for axis in (1, 2))


def _resize(e: Emitter, node: Node, **modes: str) -> None:
    (x,) = node.operands
    e.result(node, IMAGE, "Resize", e.read(x, IMAGE), *_new_size(e, node), **modes)


def _new_size(e: Emitter, node: Node) -> tuple[str, ...]:
    """The inputs `roi`, `scales` and `sizes`, of which the first is never needed.

    Sizes of height and width alone, which `axes` allows since opset 18, break ONNX Runtime's transpose optimiser.
    """
    shape = stored(e.shape(node.output), IMAGE)
    if all(isinstance(dim, int) for dim in shape):
        return "", "", e.dims(shape)
    return "", e.floats((1.0, 1.0, *(_scale(*sides) for sides in _sides(e, node))))


def _scale(size: int, count: int) -> float:
    """The least float32 that makes a runtime, which multiplies and rounds down, arrive at `count`."""
    scale = np.float32(count / size)
    if float(scale) * size < count:
        scale = np.nextafter(scale, np.float32(np.inf))
    return float(scale)


def _gather(e: Emitter, node: Node) -> None:
    (x,), (down, across) = node.operands, _sides(e, node)
    coordinates = str(node.attributes["coordinates"])
    rows, columns = (tuple(map(int, _nearest(*sides, coordinates))) for sides in (down, across))
    gathered = e.helper("Gather", e.read(x, IMAGE), e.integers(rows), axis=2)
    e.result(node, IMAGE, "Gather", gathered, e.integers(columns), axis=3)


def _nearest(size: int, count: int, coordinates: str) -> Array:
    """The elements that the reference takes along one side."""
    ramp = np.arange(size, dtype=np.int32).reshape(1, size, 1, 1)
    (taken,) = RESIZE.evaluate([ramp], {"size": (count, 1), "method": "nearest", "coordinates": coordinates})
    return taken.reshape(count)


def _is_clear_cut(size: int, count: int, coordinates: str) -> bool:
    """Whether any sensible arithmetic takes the elements that the reference takes."""
    places, unit = _places(size, count, coordinates)
    clear = bool(np.all((places % unit != 0) | (places == 0))) or _has_exact_factor(size, count)
    return clear and bool(np.all(np.minimum(places // unit, size - 1) == _nearest(size, count, coordinates)))


def _places(size: int, count: int, coordinates: str) -> tuple[Array, int]:
    """Where the results lie, as whole multiples of 1 / unit of an element; rounded down they are the nearest."""
    i = np.arange(count, dtype=np.int64)
    if coordinates == "half_pixel":
        return (2 * i + 1) * size, 2 * count
    if coordinates == "align_corners" and count > 1:
        return 2 * i * (size - 1) + (count - 1), 2 * (count - 1)
    return i * size, count


def _has_exact_factor(size: int, count: int) -> bool:
    """Whether count / size is a binary fraction."""
    divisor = size // math.gcd(size, count)
    return divisor & (divisor - 1) == 0
