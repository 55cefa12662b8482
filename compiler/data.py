"""What a parameter holds, read only when it is needed.

Weights are large and are read once, when an artefact is written. Passes therefore compose
`TensorData` instead of arrays: folding a batch norm into a convolution makes a `Derived` over
both, and the product is computed tensor by tensor while the file streams out. Peak memory is
that of the largest tensor, not of the model.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..dsl.dtypes import DType
from .arrays import dtype_of, numpy_dtype

Array = npt.NDArray[Any]


class TensorData(ABC):
    """A constant tensor: its type is known now, its elements when `read` is called."""

    dtype: DType
    shape: tuple[int, ...]

    @abstractmethod
    def read(self) -> Array:
        """The elements, of `shape` and `dtype`; the caller must not write to them."""

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.nbytes


@dataclass(frozen=True, eq=False)
class ArrayData(TensorData):
    """Elements already in memory."""

    array: Array

    @property
    def dtype(self) -> DType:  # type: ignore[override]  # a read-only view of the array's own
        return dtype_of(self.array)

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]  # a read-only view of the array's own
        return self.array.shape

    def read(self) -> Array:
        return self.array


@dataclass(frozen=True, eq=False)
class MappedData(TensorData):
    """Little-endian, C-ordered elements of a file, mapped for as long as the array that `read` gave lives."""

    path: str
    offset: int
    dtype: DType
    shape: tuple[int, ...]

    def read(self) -> Array:
        return np.memmap(self.path, numpy_dtype(self.dtype), "r", self.offset, self.shape)


@dataclass(frozen=True, eq=False)
class Derived(TensorData):
    """A function of other tensors. Not cached: it is read once, when it is written."""

    sources: tuple[TensorData, ...]
    function: Callable[..., Array]
    dtype: DType
    shape: tuple[int, ...]

    def read(self) -> Array:
        result = self.function(*(source.read() for source in self.sources))
        assert result.shape == self.shape, (result.shape, self.shape)
        return np.asarray(result, dtype=numpy_dtype(self.dtype))
