"""What stops an evaluation, and where it goes on.

A rule that knows no place raises `EvaluationError`; the expression under evaluation adds its span and the
chain of calls, and as `PlacedError` it travels to the statement around it, which is recorded as failed and
gives its names the poison value. `EndOfRunError` ends the run.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...dsl.diagnostics import Code, Diagnostic, Label
from ...dsl.source import Span


@dataclass(eq=False)
class EvaluationError(Exception):
    """A value that can't be had. `span` is given where it is narrower than the expression."""

    code: Code
    message: str
    label: str = ""
    hint: str | None = None
    span: Span | None = None
    others: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()


class FinalError(EvaluationError):
    """What ends the run: a choice that nobody decides, or a limit of what it may use in all."""


@dataclass(eq=False)
class PlacedError(Exception):
    """An expression has no value; its statement is given up and the run goes on."""

    diagnostic: Diagnostic


class EndOfRunError(Exception):
    """The run is over. What it found is already recorded."""
