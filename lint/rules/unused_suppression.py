"""L901: a comment that silences nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code, Edit, Fix
from ...dsl.source import Span
from ..context import Context
from ..rule import Finding, Rule, safe
from ..rules import RULES
from ..suppressions import Suppression


def _check(context: Context) -> Iterator[Finding]:
    for suppression in context.suppressions.valid:
        idle = [code for code in suppression.codes if code not in suppression.used and _tried(context, code)]
        if idle:
            yield _finding(context, suppression, idle)


def _tried(context: Context, code: str) -> bool:
    """Whether every rule that the code means has run, on all that it is about."""
    meant = {known for known in RULES if known.startswith(code)}
    about_graphs = any(known.startswith("L2") for known in meant)
    return bool(meant) and meant <= context.running and (context.complete or not about_graphs)


def _finding(context: Context, suppression: Suppression, idle: list[str]) -> Finding:
    codes = " and ".join(f"`{code}`" for code in idle)
    span = suppression.comment.span
    return Finding(span, f"nothing here for {codes} to silence", "in vain", fix=_fix(context, suppression, idle))


def _fix(context: Context, suppression: Suppression, idle: list[str]) -> Fix:
    kept = [code for code in suppression.codes if code not in idle]
    if not kept:
        return safe("remove the comment", Edit(_whole(context, suppression.comment.span), ""))
    word = "ignore" if suppression.line is not None else "ignore-file"
    _, colon, reason = suppression.comment.text.partition(":")[2].partition(":")
    text = f"// lint: {word} {', '.join(kept)}{colon}{reason}"
    return safe(f"keep {', '.join(f'`{code}`' for code in kept)}", Edit(suppression.comment.span, text))


def _whole(context: Context, span: Span) -> Span:
    """The comment with the blanks before it, or with its line where it has one of its own."""
    before = context.source.lines[span.line - 1][: span.column - 1]
    if before.strip() or span.line >= len(context.source.lines):
        return Span(span.file, span.line, len(before.rstrip()) + 1, span.end_line, span.end_column)
    return Span(span.file, span.line, 1, span.line + 1, 1)


RULE = Rule(
    code=Code("L901", "suppression that silences nothing"),
    name="unused-suppression",
    what="Finds comments `// lint: ignore ...` that silence no finding of a rule that has run.",
    why="What such a comment excused was mended, or never there. It would silence the next one, which nobody has seen.",
    fails="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16) // lint: ignore L203
}
""",
    passes="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> stem: conv2d(30) |> relu // lint: ignore L203: as published
  output features = x |> conv2d(32)
}
""",
    check=_check,
)
