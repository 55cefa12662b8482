"""Numbers with a unit, as bounds are written: `300M`, `250KB`, `80ms`."""

from __future__ import annotations

from .source import Span
from .tree import Quantity

_COUNTS = {"K": 10**3, "M": 10**6, "G": 10**9}
_BYTES = {
    "B": 1,
    **{f"{prefix}B": scale for prefix, scale in _COUNTS.items()},
    **{f"{prefix}iB": 2 ** (10 * power) for power, prefix in enumerate("KMG", 1)},
}
_PARTS_OF_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6}

UNITS = (*_COUNTS, *_BYTES, *_PARTS_OF_A_SECOND)


def quantity(text: str, span: Span) -> Quantity:
    """What a token of kind `QUANTITY` says. Its value is an int where that is exact, or else the nearest float."""
    number = text.rstrip("KMGiBmus").replace("_", "")
    unit = text[len(text.rstrip("KMGiBmus")) :]
    whole, _, fraction = number.partition(".")
    times, parts = _scale(unit)
    digits, parts = int(whole + fraction) * times, parts * 10 ** len(fraction)
    value = digits // parts if digits % parts == 0 else digits / parts
    return Quantity(value, _measure(unit), times / parts, span)


def _scale(unit: str) -> tuple[int, int]:
    """How much one of the unit is, as a fraction."""
    if unit in _PARTS_OF_A_SECOND:
        return 1, _PARTS_OF_A_SECOND[unit]
    return _COUNTS.get(unit) or _BYTES[unit], 1


def _measure(unit: str) -> str:
    if unit in _COUNTS:
        return "count"
    return "bytes" if unit in _BYTES else "seconds"
