"""L303: a choice that no point ever makes."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ...dsl.source import Span
from ..context import Context
from ..rule import Finding, Rule
from ..spaces import Searched, choices


def _check(context: Context) -> Iterator[Finding]:
    for searched in context.spaces:
        made = _made(searched)
        for choice in () if searched.is_empty else choices(searched.model):
            if choice.name.span not in made:
                yield Finding(
                    choice.name.span,
                    f"no point of the space makes the choice `{choice.name.name}`",
                    "never reached",
                    hint="correct the condition that it stands behind, or leave it out",
                )


def _made(searched: Searched) -> set[Span]:
    """Where the choices stand that some point makes, hyper-parameters of the training included."""
    space = searched.space
    return {decision.span for decision in space.decisions} | {carried.span for carried in space.continuous}


RULE = Rule(
    code=Code("L303", "choice that is never made"),
    name="unreachable-choice",
    what="Finds choices of a model that stand where no point gets: behind a condition that never holds, in a loop "
    "over nothing, in a `repeat` of no turns.",
    why="A conditional choice is there only under the option that opens it. Where no option does, the condition is "
    "wrong, or the choice is a remnant.",
    fails="""\
/// Two points; the width is never chosen.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 }
  x = image |> first: conv2d(16, kernel=kernel)
  if kernel > 5 {
    choice width in { 32, 48 }
    x = x |> second: conv2d(width)
  }
  output features = x
}
""",
    passes="""\
/// Three points: only the larger kernel has a second layer.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 }
  x = image |> first: conv2d(16, kernel=kernel)
  if kernel == 5 {
    choice width in { 32, 48 }
    x = x |> second: conv2d(width)
  }
  output features = x
}
""",
    check=_check,
)
