"""Applying fixes: to the text, again and again, until nothing is left to fix.

A round takes the fixes that do not touch each other, and counts only if the text that it gives is a program without
errors that still has every comment. Of a round that does not, the largest part that does is kept.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ..dsl.diagnostics import Applicability, Diagnostic, DiagnosticError, Edit
from ..dsl.format import format_source
from ..dsl.modules import Program
from ..dsl.record import record
from ..dsl.source import Source
from .suppressions import is_mark

MAX_ROUNDS = 20
"""A fix can make room for another; more than a few rounds are two rules that disagree."""

Read = Callable[[str], Program]
"""The checked program of a text. Raises DiagnosticError."""
Lint = Callable[[Program], list[Diagnostic]]
Reach = tuple[tuple[int, int], tuple[int, int]]
"""Line and column of where an edit starts and ends."""


@record
class Fixed:
    """`applied` are the findings that were fixed, `left` those of the text as it is now."""

    text: str
    applied: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]


def fix(program: Program, lint: Lint, read: Read, *, unsafe: bool) -> Fixed:
    """The main module of a checked program with all fixes applied, those that are not safe if `unsafe`.

    A file in its canonical layout stays so.
    """
    allowed = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    tidy = _text(program) == _formatted(program)
    applied: list[Diagnostic] = []
    found = lint(program)
    for _ in range(MAX_ROUNDS):
        chosen = _apart(found_ for found_ in found if found_.fix and found_.fix.applicability in allowed)
        done, after = _round(program, chosen, read, tidy)
        if not done:
            break
        applied += done
        program = after
        found = lint(program)
    return Fixed(_text(program), tuple(applied), tuple(found))


def _text(program: Program) -> str:
    return program.sources.by_name[program.main.span.file].text


def _formatted(program: Program) -> str:
    return format_source(program.sources.by_name[program.main.span.file])


def _apart(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings whose fixes do not touch each other; of two that do, the first."""
    taken: list[Reach] = []
    return [one for one in found if _take(taken, [_reach(edit) for edit in _edits(one)])]


def _take(taken: list[Reach], places: list[Reach]) -> bool:
    """Takes the places if all are free. `taken` is sorted, and no two of it touch."""
    if not all(_free(taken, place) for place in places):
        return False
    for place in places:
        bisect.insort(taken, place)
    return True


def _free(taken: list[Reach], place: Reach) -> bool:
    before = bisect.bisect_right(taken, place[1], key=lambda other: other[0])
    return before == 0 or taken[before - 1][1] < place[0]


def _edits(found: Diagnostic) -> tuple[Edit, ...]:
    return found.fix.edits if found.fix else ()


def _reach(edit: Edit) -> Reach:
    span = edit.span
    return (span.line, span.column), (span.end_line, span.end_column)


def _round(
    program: Program, chosen: Sequence[Diagnostic], read: Read, tidy: bool
) -> tuple[Sequence[Diagnostic], Program]:
    """The findings of `chosen` that could be fixed together, and the program after that."""
    if not chosen:
        return (), program
    after = _attempt(program, chosen, read, tidy)
    if after is not None:
        return chosen, after
    half = len(chosen) // 2
    if half == 0:
        return (), program
    done, after = _round(program, chosen[:half], read, tidy)
    return (done, after) if done else _round(program, chosen[half:], read, tidy)


def _attempt(program: Program, chosen: Sequence[Diagnostic], read: Read, tidy: bool) -> Program | None:
    """The program after the fixes; None where it has errors or lost a comment."""
    name = program.main.span.file
    before = program.sources.by_name[name]
    text = edited(before, [edit for one in chosen for edit in _edits(one)])
    try:
        after = read(format_source(Source(name, text)) if tidy else text)
    except DiagnosticError:
        after = None
    if after is not None and _comments(program) <= _comments(after):
        return after
    program.sources.add(before)
    return None


def _comments(program: Program) -> Counter[str]:
    """The comments by text, but for those that suppress: a fix may take these away."""
    return Counter(comment.text for comment in program.main.comments if not is_mark(comment))


def edited(source: Source, edits: Iterable[Edit]) -> str:
    """The text after edits that do not overlap."""
    starts = _line_starts(source)
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=_reach):
        start = starts[edit.span.line - 1] + edit.span.column - 1
        pieces += [source.text[position:start], edit.replacement]
        position = starts[edit.span.end_line - 1] + edit.span.end_column - 1
    return "".join([*pieces, source.text[position:]])


def _line_starts(source: Source) -> list[int]:
    starts = [0]
    for line in source.lines:
        starts.append(starts[-1] + len(line) + 1)
    return starts
