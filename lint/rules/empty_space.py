"""L308: conditions that no point meets."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for searched in context.spaces:
        if searched.is_empty:
            yield Finding(
                searched.model.name.span,
                f"the space of `{searched.model.name.name}` is empty",
                hint="its `where` exclude each other, or every option",
            )


RULE = Rule(
    code=Code("L308", "empty space"),
    name="empty-space",
    what="Finds models whose conditions leave no point at all.",
    why="Nothing can be sampled or compiled. Two conditions contradict each other, or no option meets one of them.",
    fails="""\
/// No point.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 } where kernel > 5
  output features = image |> conv2d(16, kernel=kernel)
}
""",
    passes="""\
/// One point of three.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5, 7 } where kernel > 5
  output features = image |> conv2d(16, kernel=kernel)
}
""",
    check=_check,
)
