"""Sliding windows: kernels, strides and paddings, as convolutions and pools share them.

Pairs are (height, width); a padding is ((top, bottom), (left, right)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..numpy_later import np
from .base import Attribute, OperatorError
from .checks import need_at_least

Pair = tuple[int, int]
Pads = tuple[Pair, Pair]

PAIR = t.TupleOf((t.INT, t.INT))
PADS = t.TupleOf((PAIR, PAIR))
INT_OR_PAIR = t.OneOf((t.INT, PAIR))

STRIDE = Attribute("stride", PAIR, "step of the window, in elements", (1, 1))
DILATION = Attribute("dilation", PAIR, "distance between neighbouring kernel elements", (1, 1))
PADDING = Attribute(
    "padding", PADS, "elements added around the image: ((top, bottom), (left, right))", ((0, 0), (0, 0))
)

_PADDING_DOC = (
    '"same" is TensorFlow\'s: ceil(size / stride) results, an odd element is added at the end; '
    '"symmetric" is PyTorch\'s: dilation * (kernel - 1) // 2 on both sides; "valid" adds nothing'
)


def padding_parameter(default: str, *words: str, doc: str = _PADDING_DOC) -> t.Parameter:
    """The `padding` of a call: one of `words`, or explicit numbers."""
    return t.Parameter("padding", t.OneOf((t.Words(words), PADS)), default, doc)


def pair(name: str, value: Any) -> Pair:
    """Both sizes of a window property, from one number or two. Raises OperatorError below 1."""
    h, w = value if isinstance(value, tuple | list) else (value, value)
    need_at_least(name, h, 1)
    need_at_least(name, w, 1)
    return h, w


def extent(kernel: int, dilation: int) -> int:
    """Elements that a dilated kernel spans."""
    return (kernel - 1) * dilation + 1


def resolve_padding(padding: Any, sizes: Pair, kernel: Pair, stride: Pair, dilation: Pair = (1, 1)) -> Pads:
    """The numbers behind a padding word, or the numbers themselves.

    The one place where "same" (TensorFlow), "symmetric" (PyTorch) and "valid" are defined.
    """
    if not isinstance(padding, str):
        return need_pads(padding)
    rule = _RULES[padding]
    h, w = (rule(*axis) for axis in zip(sizes, kernel, stride, dilation, strict=True))
    return h, w


def need_pads(padding: Any) -> Pads:
    """Explicit padding as nested tuples. Raises OperatorError where an element is negative."""
    (top, bottom), (left, right) = padding
    for amount in (top, bottom, left, right):
        need_at_least("padding", amount, 0)
    return (top, bottom), (left, right)


def _same(size: int, kernel: int, stride: int, dilation: int) -> Pair:
    results = -(-size // stride)
    total = max((results - 1) * stride + extent(kernel, dilation) - size, 0)
    return total // 2, total - total // 2


def _symmetric(_size: int, kernel: int, _stride: int, dilation: int) -> Pair:
    return (dilation * (kernel - 1) // 2,) * 2


def _valid(*_: int) -> Pair:
    return 0, 0


_RULES: dict[str, Callable[[int, int, int, int], Pair]] = {"same": _same, "symmetric": _symmetric, "valid": _valid}


def window_counts(sizes: Pair, kernel: Pair, stride: Pair, padding: Pads, dilation: Pair = (1, 1)) -> Pair:
    """How many windows fit, down and across. Raises OperatorError where none does."""
    h, w = (
        (size + sum(pads) - extent(k, d)) // s + 1
        for size, k, s, pads, d in zip(sizes, kernel, stride, padding, dilation, strict=True)
    )
    if min(h, w) < 1:
        raise OperatorError(_does_not_fit(sizes, kernel, padding, dilation), hint='try padding="same"')
    return h, w


def _does_not_fit(sizes: Pair, kernel: Pair, padding: Pads, dilation: Pair) -> str:
    spans = "" if dilation == (1, 1) else f" with dilation {_by(dilation)}"
    padded = "valid padding" if padding == ((0, 0), (0, 0)) else f"padding {padding}"
    return f"kernel {_by(kernel)}{spans} does not fit {_by(sizes)} input with {padded}"


def _by(pair: Pair) -> str:
    return f"{pair[0]}x{pair[1]}"


def pad_image(x: Array, padding: Pads, value: float = 0.0) -> Array:
    """`x` [N, H, W, C] with a border of `value`."""
    if padding == ((0, 0), (0, 0)):
        return x
    return np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=value)


def taps(x: Array, kernel: Pair, stride: Pair, dilation: Pair, counts: Pair) -> Iterator[tuple[int, int, Array]]:
    """For each kernel element (row, column): the view of the padded `x` that it meets, [N, *counts, C]."""
    for row in range(kernel[0]):
        for column in range(kernel[1]):
            yield row, column, _tap(x, (row * dilation[0], column * dilation[1]), stride, counts)


def _tap(x: Array, begin: Pair, stride: Pair, counts: Pair) -> Array:
    rows, columns = (slice(b, b + (n - 1) * s + 1, s) for b, n, s in zip(begin, counts, stride, strict=True))
    return x[:, rows, columns]
