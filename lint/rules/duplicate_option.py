"""L302: an option that stands twice."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Label
from ..context import Context
from ..edits import without
from ..rule import Finding, Rule, safe


def _check(context: Context) -> Iterator[Finding]:
    for options in context.all(tree.OptionSet):
        yield from _repeated(context, options.items)


def _repeated(context: Context, items: tuple[tree.Expr, ...]) -> Iterator[Finding]:
    spans = [item.span for item in items]
    first: dict[tree.Expr, tree.Expr] = {}
    for index, item in enumerate(items):
        known = first.setdefault(item, item)
        if known is not item:
            edit = without(context, spans, index)
            yield Finding(
                item.span,
                "this option is given twice",
                "again",
                others=(Label(known.span, "given first"),),
                fix=safe("leave it out", edit) if edit else None,
            )


RULE = Rule(
    code=Code("L302", "option given twice"),
    name="duplicate-option",
    what="Finds options of a choice that stand in its braces before.",
    why="A point names its options, so that the second can never be taken: the compiler leaves it out. It was meant "
    "to be another, or the space looks larger than it is.",
    fails="""\
/// A space of two points.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5, 3 }
  output features = image |> conv2d(16, kernel=kernel)
}
""",
    passes="""\
/// A space of three points.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5, 7 }
  output features = image |> conv2d(16, kernel=kernel)
}
""",
    check=_check,
)
