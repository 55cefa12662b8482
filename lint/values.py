"""What expressions are, as far as the text alone tells."""

from __future__ import annotations

from ..dsl import tree
from ..dsl.check.walk import nodes
from .context import Context
from .names import Kind

_WORDS = {"int", "float", "bool", "string", "dtype"}
_PLAIN = (tree.Literal, tree.Name, tree.Unary, tree.Binary, tree.ListExpr, tree.TupleExpr, tree.Conditional)


def is_value(context: Context, expression: tree.Expr) -> bool:
    """Whether it is plain to see that an expression makes no layer: nothing is called in it, and each of its names
    stands for a number, a word, or a list of these."""
    return all(isinstance(node, _PLAIN) and _stands_for_value(context, node) for node in nodes(expression))


def _stands_for_value(context: Context, node: object) -> bool:
    if not isinstance(node, tree.Name):
        return True
    meant = context.names.meant(node)
    if meant is None:
        return False
    if meant.kind is Kind.CONSTANT:
        return True
    type_ = meant.node.type if meant.kind is Kind.PARAMETER else None
    return isinstance(type_, tree.NamedType) and type_.name in _WORDS
