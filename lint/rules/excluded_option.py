"""L307: an option that the conditions of the space never allow."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    if next(context.all(tree.Where), None) is None:
        return
    for searched in context.spaces:
        for option in () if searched.is_empty else searched.options:
            if searched.possible.isdisjoint(option.taken):
                yield Finding(
                    option.span,
                    f"no point of the space takes {option.name} of `{option.choice.name.name}`",
                    "always excluded",
                    hint="a `where` allows it with none of the other options",
                )


RULE = Rule(
    code=Code("L307", "option that is always excluded"),
    name="excluded-option",
    what="Finds options of a model's choices that no point of the space takes, because of what its `where` demand.",
    why="The space looks larger than it is, and a sampler that draws the option has to be told so each time. Either "
    "the condition is too strict, or the option can go. In a loop, an option counts only if no turn can take it.",
    fails="""\
/// Two points.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5, 7 } where kernel < 6
  output features = image |> conv2d(16, kernel=kernel)
}
""",
    passes="""\
/// Three points: the largest kernel is for the smaller width.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 7 }
  choice width in { 16, 32 } where kernel < 6 or width == 16
  output features = image |> conv2d(width, kernel=kernel)
}
""",
    check=_check,
)
