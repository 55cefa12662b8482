"""What rules on graphs and lists share: each place once, and taking one of several things out of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..dsl.diagnostics import Edit
from ..dsl.source import Span
from .context import Context
from .rule import Finding


def once(found: Iterable[Finding]) -> Iterator[Finding]:
    """The first finding at each place: the turns of a loop, and the models of a file, repeat themselves."""
    seen: set[Span] = set()
    for finding in found:
        if finding.span not in seen:
            seen.add(finding.span)
            yield finding


def without(context: Context, parts: Sequence[Span], index: int) -> Edit | None:
    """Takes one of two or more things with commas between them out; None where a comment would go with it."""
    part = parts[index]
    if index:
        before = parts[index - 1]
        gone = Span(part.file, before.end_line, before.end_column, part.end_line, part.end_column)
    else:
        gone = Span(part.file, part.line, part.column, parts[1].line, parts[1].column)
    return None if has_comment(context, gone) else Edit(gone, "")


def has_comment(context: Context, span: Span) -> bool:
    """Whether a comment stands on one of the lines."""
    return any(span.line <= comment.span.line <= span.end_line for comment in context.module.comments)
