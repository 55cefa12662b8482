"""After a syntax error: what to say, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import codes
from .diagnostics import error

if TYPE_CHECKING:
    from .parser import Machine


def recover(machine: Machine) -> bool:
    """Report the token that the machine stands at. False where there is nothing to go on with."""
    token = machine.tokens[machine.position]
    machine.diagnostics.append(
        error(codes.UNEXPECTED_TOKEN, f"unexpected `{token.text}`", token.span(machine.source.name))
    )
    return False
