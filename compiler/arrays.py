"""The border between our element types and NumPy's."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt

from ..dsl.dtypes import DType

_NUMPY: dict[DType, np.dtype[Any]] = {
    DType.F32: np.dtype("<f4"),
    DType.F16: np.dtype("<f2"),
    DType.BF16: np.dtype(ml_dtypes.bfloat16),
    DType.I8: np.dtype("i1"),
    DType.U8: np.dtype("u1"),
    DType.I16: np.dtype("<i2"),
    DType.I32: np.dtype("<i4"),
    DType.I64: np.dtype("<i8"),
    DType.BOOL: np.dtype("?"),
}
_OURS = {numpy: ours for ours, numpy in _NUMPY.items()}


def numpy_dtype(dtype: DType) -> np.dtype[Any]:
    """Little-endian, whatever the machine."""
    return _NUMPY[dtype]


def dtype_of(array: npt.NDArray[Any]) -> DType:
    """Raises KeyError for an element type that we do not have."""
    return _OURS[array.dtype]
