"""Tensor types: an element type and a shape whose first dimension may be symbolic."""

from __future__ import annotations

import math
from typing import cast

from ..dsl.dtypes import DType
from ..dsl.record import record

Dim = int | str
"""A size, or the name of a symbolic batch: the only dimension that may stay open."""

Shape = tuple[Dim, ...]


@record
class TensorType:
    dtype: DType
    shape: Shape

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def is_static(self) -> bool:
        return str not in map(type, self.shape)

    @property
    def static_shape(self) -> tuple[int, ...]:
        """The shape as integers. Raises ValueError where a dimension is symbolic."""
        if not self.is_static:
            raise ValueError(f"{self} has a symbolic dimension")
        return cast("tuple[int, ...]", self.shape)

    def elements(self, batch: int = 1) -> int:
        """The number of elements, counting a symbolic dimension as `batch`."""
        if self.is_static:
            return math.prod(cast("tuple[int, ...]", self.shape))
        return math.prod([batch if isinstance(dim, str) else dim for dim in self.shape])

    def nbytes(self, batch: int = 1) -> int:
        return self.elements(batch) * self.dtype.nbytes

    def with_shape(self, shape: Shape) -> TensorType:
        return TensorType(self.dtype, shape)
