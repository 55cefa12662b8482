"""L703: a condition that is known."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...dsl import tree
from ...dsl.diagnostics import Code, Edit, Fix
from ...dsl.source import Span
from ..context import Context
from ..edits import has_comment, in_parentheses
from ..rule import Finding, Rule, safe

_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
}


def _check(context: Context) -> Iterator[Finding]:
    nodes: list[tree.If | tree.Conditional] = [*context.all(tree.If), *context.all(tree.Conditional)]
    for node in nodes:
        known = _value(node.condition)
        if isinstance(known, bool):
            yield _finding(context, node, known)


def _finding(context: Context, node: tree.If | tree.Conditional, known: bool) -> Finding:
    word = str(known).lower()
    message = f"this condition is always {word}"
    fix = _statement_fix(context, node, known) if isinstance(node, tree.If) else _fix(context, node, known)
    hint = None if fix else "keep one branch"
    return Finding(node.condition.span, message, f"always {word}", hint=hint, fix=fix)


def _value(node: tree.Expr) -> object:
    """What an expression of literals is worth; None for any other."""
    match node:
        case tree.Literal(value):
            return value
        case tree.Unary("not", operand):
            known = _value(operand)
            return not known if isinstance(known, bool) else None
        case tree.Binary(sign, left, right) if sign in _OPERATIONS:
            return _compared(sign, _value(left), _value(right))
    return None


def _compared(sign: str, left: object, right: object) -> object:
    """Only of two numbers, two words or two truths; `x and false` is known too, but `x` may be meant for a while."""
    if left is None or right is None or isinstance(left, str) != isinstance(right, str):
        return None
    return bool(_OPERATIONS[sign](left, right))


def _fix(context: Context, node: tree.Conditional, known: bool) -> Fix | None:
    if has_comment(context, node.span):
        return None
    kept = in_parentheses(context, node.then if known else node.otherwise)
    return safe("keep the branch that is taken", Edit(node.span, kept))


def _statement_fix(context: Context, node: tree.If, known: bool) -> Fix | None:
    """An `if` adds nothing to the paths of its layers, so that these stay the same. Annotations are about all of it."""
    kept = node.then if known else node.otherwise
    if has_comment(context, node.span) or not kept or node.span in context.annotated:
        return None
    first, last = kept[0].span, kept[-1].span
    inside = Span(first.file, first.line, first.column, last.end_line, last.end_column)
    return safe("keep the branch that is taken", Edit(node.span, context.source.text_of(inside)))


RULE = Rule(
    code=Code("L703", "condition that is known"),
    name="constant-condition",
    what="Finds conditions that are made of literals, such as `if true`.",
    why="One of the branches is dead. Such a condition is what an experiment leaves behind: its reader has to find "
    "out which way the published network went. A parameter of type `bool` says it, and can be set from outside.",
    fails="""\
/// One layer, with an activation for now.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16)
  if true { x = x |> relu }
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
