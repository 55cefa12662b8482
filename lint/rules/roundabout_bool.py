"""L705: a truth that is asked whether it is true."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Edit
from ..context import Context
from ..edits import has_comment, in_parentheses
from ..rule import Finding, Rule, safe


def _check(context: Context) -> Iterator[Finding]:
    nodes: list[tree.Expr] = [*context.all(tree.Binary), *context.all(tree.Conditional), *context.all(tree.Unary)]
    for node in nodes:
        meant = _meant(node)
        if meant is not None:
            plain, positive = meant
            text = in_parentheses(context, plain)
            text = text if positive else f"(not {text})"
            fix = None if has_comment(context, node.span) else safe(f"write `{text}`", Edit(node.span, text))
            yield Finding(node.span, "this asks of a truth whether it is true", f"the same as `{text}`", fix=fix)


def _meant(node: tree.Expr) -> tuple[tree.Expr, bool] | None:
    """What a roundabout expression comes to, and whether it is that or its opposite."""
    match node:
        case tree.Binary("==" | "!=" as sign, value, tree.Literal(bool() as literal)):
            return value, literal == (sign == "==")
        case tree.Binary("==" | "!=" as sign, tree.Literal(bool() as literal), value):
            return value, literal == (sign == "==")
        case tree.Conditional(condition, tree.Literal(bool() as then), tree.Literal(bool() as otherwise)):
            return (condition, then) if then != otherwise else None
        case tree.Unary("not", tree.Unary("not", value)):
            return value, True
    return None


RULE = Rule(
    code=Code("L705", "truth in a roundabout way"),
    name="roundabout-bool",
    what="Finds `a == true`, `a != false`, `if a { true } else { false }`, `not not a`, and their opposites.",
    why="What is true or false can be used as it is; the longer way makes a reader look for a third case.",
    fails="""\
/// One layer, with an activation if one is asked for.
model Net(activated: bool = true) {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16)
  if activated == true { x = x |> relu }
  output features = x
}
""",
    passes="""\
/// One layer, with an activation if one is asked for.
model Net(activated: bool = true) {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16)
  if activated { x = x |> relu }
  output features = x
}
""",
    check=_check,
)
