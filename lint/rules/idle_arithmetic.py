"""L707: arithmetic that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Edit, Fix
from ..context import Context
from ..edits import has_comment, in_parentheses
from ..rule import Finding, Rule, safe, unsafe
from ..values import is_value

_RIGHT = {("+", 0), ("-", 0), ("*", 1), ("**", 1)}
_LEFT = {("+", 0), ("*", 1)}


def _check(context: Context) -> Iterator[Finding]:
    for node in context.all(tree.Binary):
        other = _left_alone(node)
        if other is not None:
            fix = _fix(context, node, other)
            yield Finding(node.span, f"`{node.operator}` changes nothing here", "the same without it", fix=fix)


def _left_alone(node: tree.Binary) -> tree.Expr | None:
    """The operand that stays what it is; `1.0` may turn an int into a float, and `/` does."""
    match node:
        case tree.Binary(_, left, tree.Literal(int() as right)) if (node.operator, right) in _RIGHT:
            return None if isinstance(right, bool) else left
        case tree.Binary(_, tree.Literal(int() as left), right) if (node.operator, left) in _LEFT:
            return None if isinstance(left, bool) else right
    return None


def _fix(context: Context, node: tree.Binary, other: tree.Expr) -> Fix | None:
    """Of a tensor it makes a layer, which has a path of its own."""
    if has_comment(context, node.span):
        return None
    promise = safe if is_value(context, other) else unsafe
    return promise("leave it out", Edit(node.span, in_parentheses(context, other)))


RULE = Rule(
    code=Code("L707", "arithmetic that changes nothing"),
    name="idle-arithmetic",
    what="Finds `a + 0`, `a - 0`, `a * 1` and `a ** 1`, and the same the other way round.",
    why="With numbers it only hides what is meant; with tensors it makes a layer that computes nothing new.",
    fails="""\
/// One layer, as wide as is asked for.
model Net(channels: int = 16) {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(channels * 1)
}
""",
    passes="""\
/// One layer, twice as wide as is asked for.
model Net(channels: int = 16) {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(channels * 2)
}
""",
    check=_check,
)
