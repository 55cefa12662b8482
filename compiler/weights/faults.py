"""How a weight file that can't be used becomes a diagnostic, whatever its reader raised."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ...dsl.diagnostics import Code, Diagnostic, DiagnosticError, error
from .. import codes

READING = (OSError, ValueError, OverflowError, EOFError, RuntimeError, struct.error, zlib.error, zipfile.BadZipFile)
"""What NumPy, mmap and zipfile raise about bytes that changed or were never good."""


def fault(code: Code, message: str, hint: str | None = None) -> DiagnosticError:
    """An error about a whole file, which has no line to show."""
    return DiagnosticError(error(code, message, hint=hint))


def broken(path: str, message: str) -> DiagnosticError:
    """For bytes that break a rule of the format."""
    return fault(codes.WEIGHTS_BROKEN, f"`{path}` is broken: {message}")


def beyond(path: str, message: str) -> DiagnosticError:
    """For what the format allows and no weight file needs."""
    return fault(codes.WEIGHTS_LIMIT, f"`{path}` is beyond a limit: {message}")


@contextmanager
def wrapped(path: str, kinds: tuple[type[Exception], ...] = READING) -> Iterator[None]:
    """Turns what a reader raises into E0703; an error of the system itself into E0701."""
    try:
        yield
    except DiagnosticError:
        raise
    except kinds as exc:
        if isinstance(exc, OSError) and exc.strerror and exc.filename:
            raise fault(codes.WEIGHTS_UNREADABLE, f"`{path}` can't be read: {exc.strerror.lower()}") from exc
        message = f"`{path}` is broken: its bytes are not what its format wants"
        said = (f"its reader says: {_one_line(exc)}",)
        raise DiagnosticError(error(codes.WEIGHTS_BROKEN, message, notes=said)) from exc


def _one_line(exc: Exception) -> str:
    """What a library said, fit for a message: printable, on one line, not endless."""
    words = "".join(c if c.isprintable() else " " for c in str(exc)).split()
    return " ".join(words)[:200] or type(exc).__name__


MAX_SHOWN = 20
"""Diagnostics of one code that are shown; the others are counted."""


def limited(problems: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The first few of each code, and a line that counts the others."""
    by_code: dict[Code, list[Diagnostic]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    shown: list[Diagnostic] = []
    for code, found in by_code.items():
        shown += found[:MAX_SHOWN]
        if len(found) > MAX_SHOWN:
            shown.append(error(code, f"{len(found) - MAX_SHOWN} more of this kind: {code.title}"))
    return shown
