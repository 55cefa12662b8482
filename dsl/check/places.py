"""Statements that are about a whole model, and so stand in its body, once."""

from __future__ import annotations

from .. import codes
from ..source import Span
from .frame import Frame, Place


def need_model(frame: Frame, what: str, span: Span, *, in_block: str, in_loop: str) -> bool:
    """Whether a statement stands in the body of a model and in no loop; the hints say what to do where it does not."""
    place = frame.body.place
    if place is Place.MODEL and not frame.in_loop:
        return True
    where, hint = ("in a loop", in_loop) if place is Place.MODEL else (f"in {place.value}", in_block)
    frame.report.error(codes.MISPLACED, f"`{what}` can't stand {where}", span, "not here", hint=hint)
    return False
