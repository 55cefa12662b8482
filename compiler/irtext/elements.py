"""The elements of a parameter as text: a few in the line, many as base64 of their little-endian bytes."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import numpy as np

from ...dsl.dtypes import DType
from ..arrays import numpy_dtype
from ..data import Array

INLINE_LIMIT = 8
"""Most elements that are spelled out in the parameter's line."""


class ElementsError(ValueError):
    """Elements that are not what the tensor's type asks for; the parser adds the place."""


def spell_inline(array: Array, dtype: DType) -> str | None:
    """`[0.5, nan]`, or None where there are too many or the spelling would not be exact (the bits of a NaN)."""
    if array.size > INLINE_LIMIT:
        return None
    elements = [_spell_element(element) for element in array.ravel()]
    back = np.array([_parse_literal(element) for element in elements], numpy_dtype(dtype))
    return f"[{', '.join(elements)}]" if back.tobytes() == array.tobytes() else None


def parse_inline(elements: list[int | float | bool], dtype: DType, shape: tuple[int, ...]) -> Array:
    """Raises ElementsError where count, kind or range do not fit."""
    if len(elements) != math.prod(shape):
        raise ElementsError(f"the type has {math.prod(shape)} elements, {len(elements)} are given")
    for element in elements:
        _check_element(element, dtype)
    with np.errstate(over="ignore"):  # a literal beyond the type's range is its infinity, as in any float literal
        return np.array(elements, numpy_dtype(dtype)).reshape(shape)


def spell_base64(array: Array) -> str:
    """Base64 of the little-endian bytes in row-major order."""
    return base64.b64encode(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data).decode("ascii")


def parse_base64(text: str, dtype: DType, shape: tuple[int, ...]) -> Array:
    """Raises ElementsError where it is no base64 or the number of bytes does not fit."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise ElementsError("this is not base64") from cause
    wanted = math.prod(shape) * dtype.nbytes
    if len(content) != wanted:
        raise ElementsError(f"the type has {wanted} bytes, {len(content)} are given")
    if dtype is DType.BOOL and content.strip(b"\0\1"):
        raise ElementsError("a bool is a byte of 0 or 1")
    return np.frombuffer(content, numpy_dtype(dtype)).reshape(shape)


def _spell_element(element: Any) -> str:
    if isinstance(element, np.bool_):
        return "true" if element else "false"
    if isinstance(element, np.integer):
        return str(int(element))
    return _spell_float(element)


def _spell_float(element: Any) -> str:
    """The type's own shortest decimal where reading it as a double and rounding gives the element again."""
    double = float(element)
    if not math.isfinite(double):
        return repr(double)
    short = repr(float(str(element)))
    return short if type(element)(float(short)) == element else repr(double)


def _parse_literal(text: str) -> int | float | bool:
    if text in ("true", "false"):
        return text == "true"
    return float(text) if "." in text or "e" in text or "n" in text else int(text)


def _check_element(element: int | float | bool, dtype: DType) -> None:
    wanted = bool if dtype is DType.BOOL else float if dtype.is_float else int
    if type(element) is not wanted:
        raise ElementsError(f"`{str(element).lower()}` is no element of {dtype}")
    if wanted is int:
        limits = np.iinfo(numpy_dtype(dtype))
        if not limits.min <= element <= limits.max:
            raise ElementsError(f"`{element}` is outside of {dtype}, {limits.min} to {limits.max}")
