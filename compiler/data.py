"""What a parameter holds, read only when it is needed.

Weights are large and are read once, when an artefact is written. Passes therefore compose
`TensorData` instead of arrays: folding a batch norm into a convolution makes a `Derived` over
both, and the product is computed tensor by tensor while the file streams out. Peak memory is
that of the largest tensor, not of the model.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from ..dsl.dtypes import DType
from .arrays import dtype_of, numpy_dtype
from .numpy_later import np

if TYPE_CHECKING:
    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[Any]"


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

    sources: tuple[TensorData, ...] = field(repr=False)  # what they share would be printed again and again
    function: Callable[..., Array]
    dtype: DType
    shape: tuple[int, ...]

    @cached_property
    def depth(self) -> int:
        """How many functions there are from a source that is not derived up to here."""
        return 1 + max(map(depth_of, self.sources), default=0)

    def read(self) -> Array:
        """Computes what it is made of, each piece once and none longer in memory than it is needed."""
        order = _in_order(self)
        uses = Counter(id(source) for derived in order for source in derived.sources)
        arrays: dict[int, Array] = {}
        for derived in order:
            arrays[id(derived)] = derived._compute(arrays, uses)
        return arrays[id(self)]

    def _compute(self, arrays: dict[int, Array], uses: Counter[int]) -> Array:
        """The elements, from those of the sources. Takes out of `arrays` what has been used for the last time."""
        result = self.function(*[_take(source, arrays, uses) for source in self.sources])
        assert result.shape == self.shape, (result.shape, self.shape)
        return np.asarray(result, dtype=numpy_dtype(self.dtype))


def depth_of(data: TensorData) -> int:
    """How deep a tensor is derived from others; 0 where it is not."""
    return data.depth if isinstance(data, Derived) else 0


def _take(source: TensorData, arrays: dict[int, Array], uses: Counter[int]) -> Array:
    """One use of a source. What is not derived is read at its first use."""
    key = id(source)
    array = arrays.pop(key) if key in arrays else source.read()
    uses[key] -= 1
    if uses[key]:
        arrays[key] = array
    return array


def _in_order(last: Derived) -> list[Derived]:
    """Everything derived that `last` is made of, each once and after its sources. A chain may be of any length."""
    order: list[Derived] = []
    seen: set[int] = set()
    pending = [(last, False)]
    while pending:
        derived, sources_done = pending.pop()
        if sources_done:
            order.append(derived)
        elif id(derived) not in seen:
            seen.add(id(derived))
            pending.append((derived, True))
            pending += [(source, False) for source in reversed(derived.sources) if isinstance(source, Derived)]
    return order
