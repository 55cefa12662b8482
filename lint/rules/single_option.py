"""L301: a choice that leaves nothing to choose."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Edit, Fix
from ...dsl.pages import written
from ..context import Context
from ..edits import has_comment
from ..rule import Finding, Rule, unsafe


def _check(context: Context) -> Iterator[Finding]:
    for choice in context.all(tree.Choice):
        options = choice.options
        if isinstance(options, tree.OptionSet | tree.ListExpr) and len(options.items) == 1:
            yield Finding(
                choice.name.span,
                f"`{choice.name.name}` has a single option",
                "nothing to choose",
                fix=_as_assignment(context, choice, options.items[0]),
            )


def _as_assignment(context: Context, choice: tree.Choice, option: tree.Expr) -> Fix | None:
    """The option by itself. Points of the space name the choice, so that this is for people to decide."""
    if isinstance(option, tree.Labelled) or choice.doc or has_comment(context, choice.span):
        return None
    text = f"{choice.name.name} = {written(context.source, option.span)}"
    return unsafe("assign the option", Edit(choice.span, text))


RULE = Rule(
    code=Code("L301", "choice with a single option"),
    name="single-option",
    what="Finds choices whose options are written out and are only one.",
    why="Nothing is chosen, but each point of the space has to say so. Either an option was forgotten, or the choice "
    "has been made and is a plain value.",
    fails="""\
/// A space without a choice.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3 }
  output features = image |> conv2d(16, kernel=kernel)
}
""",
    passes="""\
/// A space of two points.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 }
  output features = image |> conv2d(16, kernel=kernel)
}
""",
    check=_check,
)
