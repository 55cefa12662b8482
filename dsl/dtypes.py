"""Element types. Free of NumPy, so that the language can be read without it."""

from __future__ import annotations

import enum


class DType(enum.Enum):
    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    I8 = "i8"
    U8 = "u8"
    I16 = "i16"
    I32 = "i32"
    I64 = "i64"
    BOOL = "bool"

    def __str__(self) -> str:
        return self.value

    @property
    def nbytes(self) -> int:
        """Bytes per element."""
        return _NBYTES[self]

    @property
    def is_float(self) -> bool:
        return self in (DType.F32, DType.F16, DType.BF16)

    def holds(self, number: float) -> bool:
        """Whether a finite number can be an element: it is in the range, and whole where elements are."""
        lowest, highest = _RANGES[self]
        return lowest <= number <= highest and (self.is_float or number == int(number))


_NBYTES = {
    DType.F32: 4,
    DType.F16: 2,
    DType.BF16: 2,
    DType.I8: 1,
    DType.U8: 1,
    DType.I16: 2,
    DType.I32: 4,
    DType.I64: 8,
    DType.BOOL: 1,
}

_RANGES = {
    DType.F32: (-3.4028235e38, 3.4028235e38),
    DType.F16: (-65504, 65504),
    DType.BF16: (-3.3895314e38, 3.3895314e38),
    DType.I8: (-(2**7), 2**7 - 1),
    DType.U8: (0, 2**8 - 1),
    DType.I16: (-(2**15), 2**15 - 1),
    DType.I32: (-(2**31), 2**31 - 1),
    DType.I64: (-(2**63), 2**63 - 1),
    DType.BOOL: (0, 1),
}
