"""Comments that were meant as divisions: `half = c // 2` says no more than `half = c`."""

from __future__ import annotations

import re

from .. import codes
from ..assignable import fits
from ..source import Span
from ..tree import Division
from ..types import ANY, FLOAT
from .frame import Frame
from .scope import Scope

_NAME = re.compile(r"[A-Za-z_]\w*")


def refuse_divisions(frame: Frame, span: Span) -> None:
    """Report every comment in what stands at `span` that is made of numbers, and of names that stand for numbers."""
    if not frame.report.divisions:
        return
    for line in range(span.line, span.end_line + 1):
        division = frame.report.divisions.get(line)
        if division and _stands_in(division.left.span, span) and _is_of_numbers(frame.scope, division):
            _refuse(frame, division)


def _stands_in(inner: Span, outer: Span) -> bool:
    after_start = (outer.line, outer.column) <= (inner.line, inner.column)
    return after_start and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _is_of_numbers(scope: Scope, division: Division) -> bool:
    symbols = [scope.find(name) for name in _NAME.findall(division.right)]
    return all(symbol and symbol.type is not ANY and fits(symbol.type, FLOAT) for symbol in symbols)


def _refuse(frame: Frame, division: Division) -> None:
    frame.report.error(
        codes.DIVISION_COMMENT,
        f"`// {division.right}` is a comment and divides nothing",
        division.span,
        "a comment",
        hint=f"write `floor({division.left.name} / {division.right})`, or some words if it is meant as a comment",
    )
