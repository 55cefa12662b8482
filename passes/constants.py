"""Constants that a pass may look at: those of the program, which are in memory. Weights are never read by a pass."""

from __future__ import annotations

from ..compiler.data import Array, ArrayData
from ..compiler.initializers import Written
from ..compiler.ir import Parameter, Role


def known_elements(parameter: Parameter | None) -> Array | None:
    """What a parameter holds, if it is a constant of the program."""
    if parameter is None or parameter.role is not Role.CONSTANT:
        return None
    return parameter.data.read() if isinstance(parameter.data, ArrayData | Written) else None
