"""Tensors as a file holds them: typed and shaped now, read when they are written somewhere else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np

from ...dsl.dtypes import DType
from ...dsl.record import record
from ..arrays import numpy_dtype
from ..data import Array, Derived, MappedData, TensorData

Shape = tuple[int, ...]
NumpyType = np.dtype[Any]

_DTYPES = {numpy_dtype(dtype): dtype for dtype in DType}
_BF16 = numpy_dtype(DType.BF16)
_NUMBERS = "fiuc"  # NumPy's kinds of which the letter and the bits are the name


@dataclass(frozen=True, eq=False)
class Stored:
    """One tensor of a file. `name` and `element` are the file's words.

    `data` is None where the element type is none of ours. Of an `f64` it is the rounding to
    `f32`, which the binder uses only when it was asked to.
    """

    name: str
    element: str
    shape: Shape
    data: TensorData | None

    def __str__(self) -> str:
        return f"{self.element}{list(self.shape)}"

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def reshaped(self, shape: Shape) -> Stored:
        return self._with(shape, partial(_reshape, shape=shape)) if shape != self.shape else self

    def permuted(self, axes: tuple[int, ...]) -> Stored:
        if axes == tuple(range(len(axes))):
            return self
        return self._with(tuple(self.shape[axis] for axis in axes), partial(np.transpose, axes=axes))

    def _with(self, shape: Shape, function: Callable[..., Array]) -> Stored:
        data = self.data and Derived((self.data,), function, self.data.dtype, shape)
        return replace(self, shape=shape, data=data)


def _reshape(array: Array, shape: Shape) -> Array:
    return array.reshape(shape)


def element_of(dtype: NumpyType) -> str:
    """The name of an element type in messages: `f64`, `u32`, `bool`, or NumPy's own word."""
    if dtype == _BF16:
        return "bf16"
    if dtype.kind == "b":
        return "bool"
    return f"{dtype.kind}{dtype.itemsize * 8}" if dtype.kind in _NUMBERS else str(dtype)


def dtype_of_element(dtype: NumpyType) -> DType | None:
    """Our element type for NumPy's, byte order aside; f32 for f64."""
    little = dtype.newbyteorder("<")
    return DType.F32 if little == np.dtype("<f8") else _DTYPES.get(little)


def nbytes_of(dtype: NumpyType, shape: Shape) -> int:
    """The bytes of so many elements, in Python's unbounded integers."""
    return math.prod(shape) * dtype.itemsize


@record
class Extent:
    """Elements that lie together in a file, from byte `offset` on."""

    path: str
    offset: int
    dtype: NumpyType
    shape: Shape
    order: Literal["C", "F"] = "C"

    def mapped(self) -> Array:
        return np.memmap(self.path, self.dtype, "r", self.offset, self.shape, self.order)


def in_file(name: str, extent: Extent) -> Stored:
    """A tensor that is mapped when it is read."""
    return Stored(name, element_of(extent.dtype), extent.shape, _data(extent))


def _data(extent: Extent) -> TensorData | None:
    ours = dtype_of_element(extent.dtype)
    if ours is None:
        return None
    if numpy_dtype(ours) == extent.dtype and extent.order == "C":
        return MappedData(extent.path, extent.offset, ours, extent.shape)
    return ForeignData(extent, ours, extent.shape)


@dataclass(frozen=True, eq=False)
class ForeignData(TensorData):
    """Mapped elements in another byte order, in Fortran's order of axes, or to be rounded from f64."""

    extent: Extent
    dtype: DType
    shape: Shape

    def read(self) -> Array:
        return converted(self.extent.mapped(), self.dtype)


def converted(array: Array, dtype: DType) -> Array:
    """The elements in our order and type. What is too large for f32 becomes infinite, which the binder refuses."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ascontiguousarray(array, numpy_dtype(dtype)).reshape(array.shape)
