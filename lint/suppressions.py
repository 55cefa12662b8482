"""Comments that silence rules: `// lint: ignore L204, L103: why` and `// lint: ignore-file L5`.

`ignore` stands at the end of the line that it is about, or on a line of its own above it. A code is that of a rule,
or its beginning. What follows a colon is the reason, for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..dsl.diagnostics import Diagnostic
from ..dsl.lexer import Scanned
from ..dsl.source import Span
from ..dsl.tree import Comment

_MARK = re.compile(r"//[ \t]*lint[ \t]*:")
_CODES = r"L[0-9]{0,3}(?:[ \t]*,[ \t]*L[0-9]{0,3})*"
_WHOLE = re.compile(rf"// ?lint: ignore(?P<file>-file)?[ \t]+(?P<codes>{_CODES})(?:[ \t]*:.*)?")
_CODE = re.compile(r"L[0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. `line` is the line that it is about, None for all of the file; `used` are those of its codes that
    have silenced something."""

    comment: Comment
    codes: tuple[str, ...]
    line: int | None
    used: set[str] = field(default_factory=set)

    def silences(self, found: Diagnostic, span: Span) -> bool:
        """Whether the finding is silenced; takes note of the codes that do."""
        if self.line is not None and self.line not in (span.line, span.end_line):
            return False
        matching = {code for code in self.codes if found.code.id.startswith(code)}
        self.used.update(matching)
        return bool(matching)


@dataclass(frozen=True, slots=True)
class Suppressions:
    """All of a file. `malformed` are comments that were meant to be one, and can't be read."""

    valid: tuple[Suppression, ...]
    malformed: tuple[Comment, ...]

    def loud(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The findings that no comment silences."""
        by_line = self._by_line()
        return [finding for finding in found if not _silenced(finding, by_line)]

    def _by_line(self) -> dict[int | None, list[Suppression]]:
        by_line: dict[int | None, list[Suppression]] = {}
        for suppression in self.valid:
            by_line.setdefault(suppression.line, []).append(suppression)
        return by_line


def _silenced(found: Diagnostic, by_line: dict[int | None, list[Suppression]]) -> bool:
    span = found.span
    if span is None:
        return False
    near = [one for line in {None, span.line, span.end_line} for one in by_line.get(line, ())]
    silencing = [one for one in near if one.silences(found, span)]  # all are asked: each is used
    return bool(silencing)


def is_mark(comment: Comment) -> bool:
    """Whether a comment means to suppress, well-formed or not."""
    return _MARK.match(comment.text) is not None


def read_suppressions(scanned: Scanned) -> Suppressions:
    """The suppressions among a file's comments."""
    marks = [comment for comment in scanned.comments if is_mark(comment)]
    read = list(_read(marks, scanned))
    return Suppressions(
        tuple(one for one in read if isinstance(one, Suppression)),
        tuple(one for one in read if isinstance(one, Comment)),
    )


def _read(marks: list[Comment], scanned: Scanned) -> Iterator[Suppression | Comment]:
    """Each mark as a suppression, or as it stands where it is none."""
    lines = [token.line for token in scanned.tokens] if marks else []
    next_token = 0
    for comment in marks:
        while next_token < len(lines) and lines[next_token] < comment.span.line:
            next_token += 1
        read = _WHOLE.fullmatch(comment.text)
        if read is None:
            yield comment
            continue
        about = lines[next_token] if next_token < len(lines) else comment.span.line
        yield Suppression(comment, tuple(_CODE.findall(read["codes"])), None if read["file"] else about)
