"""The border between our element types and NumPy's."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..dsl.dtypes import DType
from .numpy_later import np

if TYPE_CHECKING:
    import numpy.typing as npt

_NUMPY = {
    DType.F32: "<f4",
    DType.F16: "<f2",
    DType.I8: "i1",
    DType.U8: "u1",
    DType.I16: "<i2",
    DType.I32: "<i4",
    DType.I64: "<i8",
    DType.BOOL: "?",
}


@cache
def numpy_dtype(dtype: DType) -> np.dtype[Any]:
    """Little-endian, whatever the machine."""
    made: np.dtype[Any] = np.dtype(_bfloat16() if dtype is DType.BF16 else _NUMPY[dtype])
    return made


def _bfloat16() -> Any:
    import ml_dtypes  # noqa: PLC0415  # it needs NumPy at once, which a check never does

    return ml_dtypes.bfloat16


@cache
def _ours() -> dict[np.dtype[Any], DType]:
    return {numpy_dtype(dtype): dtype for dtype in DType}


def dtype_of(array: npt.NDArray[Any]) -> DType:
    """Raises KeyError for an element type that we do not have."""
    return _ours()[array.dtype]
