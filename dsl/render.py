"""Diagnostics -> text for people, and data for programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from .diagnostics import Diagnostic, Fix, Label, Severity
from .source import Source, Sources, Span

SCHEMA_VERSION = 1

TAB = 4
WIDEST = 160
"""Columns of a source line that are shown; a longer one is cut around what is underlined."""

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_BLUE = "\x1b[1;34m"
_SEVERITY = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;32m"}


def render(diagnostics: Iterable[Diagnostic], sources: Sources, *, colour: bool = False) -> str:
    """Every diagnostic as a paragraph that shows the source lines it speaks of.

    A span whose file is not among `sources` is named only.
    """
    return "\n".join(_Renderer(sources, colour).paragraph(diagnostic) for diagnostic in diagnostics)


def to_json(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The diagnostics as JSON-able data: stable keys, every key always present."""
    return {"schema_version": SCHEMA_VERSION, "diagnostics": [_diagnostic(found) for found in diagnostics]}


def _diagnostic(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code.id,
        "severity": found.severity.value,
        "message": found.message,
        "labels": [{"span": _span(label.span), "text": label.text} for label in found.labels],
        "notes": list(found.notes),
        "hint": found.hint,
        "fix": _fix(found.fix) if found.fix else None,
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "message": fix.message,
        "applicability": fix.applicability.value,
        "edits": [{"span": _span(edit.span), "replacement": edit.replacement} for edit in fix.edits],
    }


class _Renderer:
    def __init__(self, sources: Sources, colour: bool) -> None:
        self.sources = sources
        self.colour = colour
        self.paint = ""
        self.gutter = 0

    def paragraph(self, found: Diagnostic) -> str:
        self.paint = _SEVERITY[found.severity]
        self.gutter = max((len(str(label.span.end_line)) for label in found.labels), default=0)
        return "\n".join(line.rstrip() for line in self.lines(found)) + "\n"

    def lines(self, found: Diagnostic) -> Iterator[str]:
        title = self.tint(f"{found.severity.value}[{found.code}]", self.paint)
        yield title + self.tint(f": {_visible(found.message)}", _BOLD)
        for file, labels in groupby(found.labels, key=lambda label: label.span.file):
            yield from self.excerpt(file, list(labels), found.labels[0])
        remarks = [("note", note) for note in found.notes] + ([("hint", found.hint)] if found.hint else [])
        if found.labels and remarks:
            yield self.bar()
        for kind, remark in remarks:
            yield from self.remark(kind, remark)

    def remark(self, kind: str, text: str) -> Iterator[str]:
        """`= note: text`; further lines of the text stand below its first."""
        lead = f"{' ' * self.gutter} {self.tint('=', _BLUE)} {self.tint(kind, _BOLD)}: "
        first, *others = _visible(text, keep="\n").split("\n")
        yield lead + first
        for line in others:
            yield " " * (self.gutter + len(kind) + 5) + line

    def excerpt(self, file: str, labels: list[Label], main: Label) -> Iterator[str]:
        """The underlined lines of one file, in the order of the file, under the place of the first label."""
        arrow = self.tint("-->" if labels[0] is main else ":::", _BLUE)
        yield f"{' ' * self.gutter}{arrow} {_visible(str(labels[0].span))}"
        source = self.sources.get(file)
        if source is None:
            yield from (f"{self.bar()} {label.text}" for label in labels if label.text)
            return
        yield self.bar()
        before = None
        for label in sorted(labels, key=lambda label: (label.span.line, label.span.column)):
            if before is not None and label.span.line > before + 1:
                yield self.tint("...", _BLUE)
            yield from self.underlined(source, label, label is main, shown=before == label.span.line)
            before = label.span.end_line

    def underlined(self, source: Source, label: Label, is_main: bool, shown: bool) -> Iterator[str]:
        """The lines of one label; of a long span only the first and the last."""
        span, mark = label.span, "^" if is_main else "-"
        paint = self.paint if is_main else _BLUE
        last = span.end_line
        for number in (span.line,) if span.line == last else (span.line, last):
            text = source.lines[number - 1] if number <= len(source.lines) else ""
            start = span.column if number == span.line else len(text) - len(text.lstrip()) + 1
            end = span.end_column if number == last else len(text.rstrip()) + 1
            line, indent, width = _laid_out(text, start, end)
            if not shown:
                yield f"{self.tint(f'{number:>{self.gutter}} |', _BLUE)} {line}"
            words = f" {_visible(label.text)}" if number == last else ""
            yield f"{self.bar()} {' ' * indent}{self.tint(mark * width + words, paint)}"
            if number == span.line and last > number + 1:
                yield self.tint("...", _BLUE)

    def bar(self) -> str:
        return self.tint(f"{' ' * self.gutter} |", _BLUE)

    def tint(self, text: str, paint: str) -> str:
        return f"{paint}{text}{_RESET}" if self.colour and text else text


def _laid_out(text: str, start: int, end: int) -> tuple[str, int, int]:
    """A source line as it is shown, and the screen columns before and of the characters from start to end.

    A tab takes four columns, a wide character two, and of a long line only the part around `start` is kept.
    """
    offset = max(0, start - WIDEST // 2) if len(text) > WIDEST else 0
    shown = text[offset : offset + WIDEST]
    before, within = shown[: start - 1 - offset], shown[start - 1 - offset : end - 1 - offset]
    lead = "... " if offset else ""
    tail = " ..." if offset + WIDEST < len(text) else ""
    return f"{lead}{_visible(shown)}{tail}", len(lead) + _columns(before), max(1, _columns(within))


def _visible(text: str, keep: str = "") -> str:
    """The text without what a terminal would obey: tabs as blanks, control and format characters as `·`."""
    return "".join(character if character in keep else _shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return " " * TAB
    return "·" if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character


def _columns(text: str) -> int:
    return sum(map(_width, text))


def _width(character: str) -> int:
    if character == "\t":
        return TAB
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
