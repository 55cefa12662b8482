"""L704: a loop that is none."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule

Loop = tree.For | tree.Comprehension


def _check(context: Context) -> Iterator[Finding]:
    loops: list[Loop] = [*context.all(tree.For), *context.all(tree.Comprehension)]
    for loop in loops:
        count = _turns(loop.iterable)
        if count == 0:
            yield Finding(loop.iterable.span, "this loop has no turn", "no items", hint="remove it")
        if count == 1:
            hint = "loop over what may get longer, or write its body once"
            yield Finding(loop.iterable.span, "this loop has a single turn", "one item", hint=hint)


def _turns(iterable: tree.Expr) -> int | None:
    """The length of a list or range that is written out."""
    match iterable:
        case tree.ListExpr(items):
            return len(items)
        case tree.Binary("..", tree.Literal(int() as start), tree.Literal(int() as end)):
            return max(0, end - start)
    return None


RULE = Rule(
    code=Code("L704", "loop without repetition"),
    name="loop-of-one",
    what="Finds loops over a list of one item or none, and over `0..1`.",
    why="A loop says that something is repeated. Its label, and the number of its only turn, stand in the path of "
    "every layer of its body for nothing.",
    fails="""\
/// One layer, in a loop.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image
  for c in [16] as stage {
    x = x |> conv2d(c)
  }
  output features = x
}
""",
    passes="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image
  for c in [16, 24] as stage {
    x = x |> conv2d(c)
  }
  output features = x
}
""",
    check=_check,
)
