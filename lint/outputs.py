"""Findings as text for people, as data for programs, and as what GitHub shows beside a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..dsl.diagnostics import Applicability, Diagnostic, Severity
from ..dsl.render import to_json


def concise(found: Iterable[Diagnostic]) -> str:
    """A line for each finding: `net.mnet:3:5: L101 message`; `[*]` marks what `--fix` mends."""
    return "".join(f"{_place(one)}{one.code} {_mark(one)}{_one_line(one.message)}\n" for one in found)


def _place(found: Diagnostic) -> str:
    return f"{found.span}: " if found.span else ""


def _mark(found: Diagnostic) -> str:
    return "[*] " if fixable(found) else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def fixable(found: Diagnostic) -> bool:
    """Whether `--fix` mends it."""
    return found.fix is not None and found.fix.applicability is Applicability.SAFE


# Statistics -----------------------------------------------------------------------------------


def statistics(found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """How often each code was found, the commonest first."""
    listed = list(found)
    counts = Counter(one.code for one in listed)
    mended = Counter(one.code for one in listed if fixable(one))
    ranked = sorted(counts, key=lambda code: (-counts[code], code.id))
    return [{"code": code.id, "title": code.title, "count": counts[code], "fixable": mended[code]} for code in ranked]


def statistics_text(rows: Sequence[dict[str, Any]]) -> str:
    """The statistics as a table."""
    width = max((len(str(row["count"])) for row in rows), default=0)
    return "".join(f"{row['count']:>{width}}  {row['code']:5}  {row['title']}{_mended(row)}\n" for row in rows)


def _mended(row: dict[str, Any]) -> str:
    return f" ({row['fixable']} fixable)" if row["fixable"] else ""


# For programs ---------------------------------------------------------------------------------


def as_json(found: Sequence[Diagnostic], files: Sequence[str]) -> dict[str, Any]:
    """The findings, the files that were looked at, and the statistics."""
    return {**to_json(found), "files": list(files), "statistics": statistics(found)}


_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(found: Iterable[Diagnostic]) -> str:
    """Workflow commands, which GitHub turns into annotations of the lines of a change."""
    return "".join(f"::{_LEVELS[one.severity]} {_properties(one)}::{_data(_with_hint(one))}\n" for one in found)


def _properties(found: Diagnostic) -> str:
    return ",".join(f"{name}={_property(value)}" for name, value in _fields(found))


def _fields(found: Diagnostic) -> Iterator[tuple[str, str]]:
    yield "title", f"{found.code}: {found.code.title}"
    span = found.span
    if span is None:
        return
    yield "file", span.file
    yield "line", str(span.line)
    yield "endLine", str(span.end_line)
    if span.line == span.end_line:  # columns of several lines are refused
        yield "col", str(span.column)
        yield "endColumn", str(span.end_column)


def _with_hint(found: Diagnostic) -> str:
    return f"{found.message}\nhint: {found.hint}" if found.hint else found.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
