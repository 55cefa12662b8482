"""The constant tensors of an artefact, and how they reach the file: piece by piece, each read once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from ...compiler.data import Array, ArrayData, TensorData
from ..elements import row_major
from .layouts import Layout
from .messages import TENSOR_RAW_DATA, external_data, tensor_start
from .wire import chunk_start

_PAGE = 4096  # tensors in a data file start at a page, so that a runtime can map them


@dataclass(frozen=True, eq=False)
class Tensor:
    """A constant as it will be stored: `data`, seen as `grid`, its axes in the order `layout`.

    `shape` is what the file says; it may join axes of that, as the elements are the same.
    """

    name: str
    data: TensorData
    shape: tuple[int, ...]
    grid: tuple[int, ...]
    layout: Layout

    @classmethod
    def of(cls, name: str, array: Array) -> Tensor:
        return cls(name, ArrayData(array), array.shape, array.shape, tuple(range(array.ndim)))

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.data.dtype.nbytes

    @cached_property
    def start(self) -> bytes:
        """Everything of its message but the elements."""
        return tensor_start(self.name, self.data.dtype, self.shape)

    @property
    def inside(self) -> bytes:
        """Its message as far as the elements, which follow."""
        return self.start + chunk_start(TENSOR_RAW_DATA, self.nbytes)

    def outside(self, location: str, offset: int) -> bytes:
        """Its whole message, where the elements are in another file."""
        return self.start + external_data(location, offset, self.nbytes)

    def write_elements(self, file: BinaryIO) -> None:
        for piece in row_major(self.data.read().reshape(self.grid).transpose(self.layout)):
            file.write(piece)


def page_after(position: int) -> int:
    """The first position from here at which a tensor of a data file may start."""
    return -(-position // _PAGE) * _PAGE
