"""Where a piece of text stands: positions that diagnostics, IR nodes and editors share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from .record import record


@record
class Span:
    """A range of characters of one file.

    Lines and columns count from 1, columns in Unicode code points; the end is exclusive.
    A span is pure data (it survives a trip through IR text); the text itself is in `Sources`.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def file_name(self) -> str:
        """The file's name without its directories, the same text in every locale, also where it is not UTF-8."""
        return PurePath(self.file).name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


@dataclass(frozen=True)
class Source:
    """One file's text. `name` is how the user named it, and how every message names it."""

    name: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.text.split("\n"))

    @property
    def whole(self) -> Span:
        return Span(self.name, 1, 1, len(self.lines), len(self.lines[-1]) + 1)

    def text_of(self, span: Span) -> str:
        """What stands in a span, with its line breaks."""
        lines = list(self.lines[span.line - 1 : span.end_line])
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return "\n".join(lines)


@dataclass
class Sources:
    """The texts read in one run, by name: what a renderer needs to underline a span."""

    by_name: dict[str, Source] = field(default_factory=dict)

    def add(self, source: Source) -> Source:
        self.by_name[source.name] = source
        return source

    def get(self, name: str) -> Source | None:
        return self.by_name.get(name)
