"""Amounts of a metric as people read and write them: `300,774,272`, `6.02 MB`, `80 ms`, `301M`."""

from __future__ import annotations

import math

from ..dsl.metrics import Unit

_SCALES: dict[Unit, tuple[tuple[float, str], ...]] = {
    "count": ((1e9, "G"), (1e6, "M"), (1e3, "K"), (1, "")),
    "bytes": ((1e9, "GB"), (1e6, "MB"), (1e3, "KB"), (1, "B")),
    "seconds": ((1, "s"), (1e-3, "ms"), (1e-6, "us")),
}
_DIGITS = 3


def shown(value: float, unit: Unit) -> str:
    """A value to the last digit, or of a time to four."""
    if unit == "seconds":
        return f"{value * 1000:.4g} ms"
    return f"{value:,}" + (" bytes" if unit == "bytes" else "")


def percent(fraction: float) -> str:
    """A fraction to two digits or more: `0.26%`, `12%`, `250%`."""
    return f"{float(f'{100 * fraction:.2g}') if fraction < 1 else round(100 * fraction):g}%"


def percent_up(fraction: float) -> str:
    """The least percentage of two digits that is not below a fraction."""
    step = 10.0 ** (math.floor(math.log10(100 * fraction)) - 1)
    return f"{float(f'{math.ceil(100 * fraction / step - 1e-9) * step:.6g}'):g}%"


def bound(value: float, unit: Unit, *, up: bool) -> str:
    """The next bound of three digits that a program could write: above the value, or below it."""
    scale, suffix = next((pair for pair in _SCALES[unit] if value >= pair[0]), _SCALES[unit][-1])
    scaled = value / scale
    digits = max(0, _DIGITS - len(str(int(scaled)))) if scale != 1 or unit == "seconds" else 0
    step = 10**digits
    rounded = (math.ceil if up else math.floor)(scaled * step) / step
    return f"{rounded:.{digits}f}{suffix}"
