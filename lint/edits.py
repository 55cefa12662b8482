"""What fixes share: taking things out of the text, and moving what stands in it."""

from __future__ import annotations

from collections.abc import Sequence

from ..dsl import tree
from ..dsl.diagnostics import Edit
from ..dsl.source import Span
from .context import Context


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
    return any(line in context.comment_lines for line in range(span.line, span.end_line + 1))


_ATOMS = (tree.Name, tree.Literal, tree.Call, tree.ListExpr, tree.TupleExpr, tree.Subscript, tree.Comprehension)


def in_parentheses(context: Context, node: tree.Expr) -> str:
    """The text of an expression as it can stand in the place of any other; the formatter drops what is not needed."""
    text = context.source.text_of(node.span)
    return text if isinstance(node, _ATOMS) else f"({text})"


def removal(context: Context, span: Span, doc: str = "") -> Edit | None:
    """Takes away a statement or item, with its lines where they hold nothing else.

    None where it is annotated or documented, or a comment is in it, behind it or, in lines of its own, right above it:
    what that says is about what would be gone.
    """
    lines = context.source.lines
    above = lines[span.line - 2].lstrip() if span.line > 1 else ""
    if doc or span in context.annotated or above.startswith("//") or has_comment(context, span):
        return None
    before = lines[span.line - 1][: span.column - 1]
    after = lines[span.end_line - 1][span.end_column - 1 :]
    if before.strip() or after.strip() or span.end_line >= len(lines):
        return Edit(span, "")
    return Edit(Span(span.file, span.line, 1, span.end_line + 1, 1), "")
