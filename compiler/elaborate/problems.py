"""What stops an elaboration, and where it goes on.

A rule that knows no place raises `Problem`; the expression under evaluation adds its span and the
chain of calls, and it travels on as `Failure` to the statement around it, which is recorded as
failed and gives its names the poison value. `Exhausted` ends the run.
"""

from __future__ import annotations

from ...dsl.diagnostics import Code, Diagnostic, Label
from ...dsl.source import Span


class Problem(Exception):
    """A value that can't be had. `span` is given where it is narrower than the expression."""

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        label: str = "",
        hint: str | None = None,
        span: Span | None = None,
        others: tuple[Label, ...] = (),
    ) -> None:
        self.code = code
        self.message = message
        self.label = label
        self.hint = hint
        self.span = span
        self.others = others
        super().__init__(message)


class Exceeded(Problem):
    """A problem that must end the run: a budget is used up."""


class Failure(Exception):
    """An expression has no value; its statement is given up and the run goes on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


class Exhausted(Exception):
    """The run is over. What it found is already recorded."""
