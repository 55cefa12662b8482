"""L306: a condition on the space that no choice has a part in."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.check.walk import nodes
from ...dsl.diagnostics import Code
from ..context import Context
from ..names import Kind
from ..rule import Finding, Rule

_FIXED = frozenset({Kind.CONSTANT, Kind.MODEL, Kind.BLOCK, Kind.IMPORT})


def _check(context: Context) -> Iterator[Finding]:
    for model in context.all(tree.Model):
        for condition in (node.condition for node in nodes(model) if isinstance(node, tree.Where)):
            if all(_is_fixed(context, name, model) for name in _names(condition)):
                yield Finding(
                    condition.span,
                    "no choice has a part in this condition: it holds for all points or for none",
                    hint="ask for a choice, or leave the `where` out",
                )


def _names(root: tree.Expr) -> Iterator[tree.Name]:
    return (node for node in nodes(root) if isinstance(node, tree.Name))


def _is_fixed(context: Context, name: tree.Name, model: tree.Model) -> bool:
    """Whether the value is the same at every point. A parameter of a model is; a variable is taken to differ."""
    declared = context.names.meant(name)
    if declared is None or declared.kind in _FIXED:
        return True
    if declared.kind is Kind.FUNCTION:
        return declared.owner is None
    return declared.kind is Kind.PARAMETER and declared.owner is model


RULE = Rule(
    code=Code("L306", "condition without a choice"),
    name="idle-where",
    what="Finds `where` in a model whose condition speaks only of numbers, constants and parameters of the model.",
    why="A `where` takes points out of the space by their choices. One that asks for no choice leaves all of them, or "
    "none at all; a parameter's values are checked where it is set.",
    fails="""\
/// A space of two points.
model Space(width: int = 16) {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 } where width >= 8
  output features = image |> conv2d(width, kernel=kernel)
}
""",
    passes="""\
/// A space of three points.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 }
  choice width in { 16, 32 } where kernel == 3 or width == 16
  output features = image |> conv2d(width, kernel=kernel)
}
""",
    check=_check,
)
