"""The one diagnostic type: pure data, made anywhere, rendered by `render.py`."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from .record import record
from .source import Span


class Severity(enum.Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Applicability(enum.Enum):
    """What may be done with a fix: applied unasked, applied on request, or only shown."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@record
class Code:
    """A kind of diagnostic. Each room declares its own in its `codes.py`; a number is never used twice."""

    id: str
    title: str

    def __str__(self) -> str:
        return self.id


@record
class Label:
    """A span with a few words under its caret. The first label of a diagnostic is where it happened."""

    span: Span
    text: str = ""


@record
class Edit:
    span: Span
    replacement: str


@record
class Fix:
    message: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.DISPLAY


@record
class Diagnostic:
    """One finding: what is wrong, where, what was measured or expected, and what helps."""

    code: Code
    message: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    hint: str | None = None
    fix: Fix | None = None
    severity: Severity = Severity.ERROR

    @property
    def span(self) -> Span | None:
        return self.labels[0].span if self.labels else None


class DiagnosticError(Exception):
    """Raised where work can't go on. Carries every diagnostic found so far, at least one of them an error."""

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = (
            (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        )
        super().__init__("\n".join(map(_line, self.diagnostics)))


def error(  # noqa: PLR0913  # the fields of a diagnostic
    code: Code,
    message: str,
    span: Span | None = None,
    label: str = "",
    *,
    others: tuple[Label, ...] = (),
    notes: tuple[str, ...] = (),
    hint: str | None = None,
    fix: Fix | None = None,
) -> Diagnostic:
    """An error with its first label at `span`, the commonest kind of diagnostic."""
    first = (Label(span, label),) if span is not None else ()
    return Diagnostic(code, message, first + others, notes, hint, fix)


def _line(found: Diagnostic) -> str:
    """What a traceback shows of a diagnostic: its place, what is wrong, and what helps."""
    place = f"{found.span}: " if found.span else ""
    hint = f" ({found.hint})" if found.hint else ""
    return f"{place}{found.code}: {found.message}{hint}"
