"""The layout of expressions. What an expression starts with stands outside the group that may break,
so that a comment before an expression never breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeGuard

from .. import tree
from .brackets import bracketed, enclosed, filled, single
from .document import HARD, SPACE, Doc, concat, group, indent, near
from .parentheses import BINARY
from .stream import Stream
from .types import pattern


def expression(s: Stream, node: tree.Expr) -> Doc:
    """An expression, with the parentheses around it where they are needed, and the comments before it."""
    if s.remarked:
        return indent(s.dense_gap(HARD), expression(s, node))
    if s.in_parentheses(node):
        return enclosed(s, lambda: _LAYOUTS[type(node)](s, node))
    return _LAYOUTS[type(node)](s, node)


def _word(s: Stream, _: tree.Name | tree.Literal) -> Doc:
    return s.take()


# Lists and calls ----------------------------------------------------------------------------


def _list(s: Stream, node: tree.ListExpr) -> Doc:
    if node.items and all(map(_is_number, node.items)):
        return filled(s, node.items, expression)
    return bracketed(s, node.items, expression)


def _is_number(node: tree.Expr) -> bool:
    if isinstance(node, tree.Unary):
        node = node.operand
    return isinstance(node, tree.Literal) and not isinstance(node.value, str)


def _tuple(s: Stream, node: tree.TupleExpr) -> Doc:
    if len(node.items) == 1:
        return single(s, lambda: expression(s, node.items[0]))
    return bracketed(s, node.items, expression)


def _comprehension(s: Stream, node: tree.Comprehension) -> Doc:
    return enclosed(s, lambda: _turns(s, node))


def _turns(s: Stream, node: tree.Comprehension) -> Doc:
    element = expression(s, node.element)
    start, keyword = s.dense_gap(SPACE), s.take()
    parts = [element, start, keyword, " ", pattern(s, node.pattern), " ", s.take(), " ", expression(s, node.iterable)]
    if node.label:
        parts += [" ", s.take(), " ", s.take()]
    if node.condition:
        parts += [s.dense_gap(SPACE), s.take(), " ", expression(s, node.condition)]
    return concat(*parts)


def _call(s: Stream, node: tree.Call) -> Doc:
    callee = expression(s, node.callee)
    return concat(callee, arguments(s, node.arguments))


def arguments(s: Stream, given: tuple[tree.Argument, ...]) -> Doc:
    """What stands in the parentheses of a call, and these."""
    if len(given) == 1 and _has_brackets(s, given[0]):
        return _only(s, given[0])
    return bracketed(s, given, _argument)


def _has_brackets(s: Stream, node: tree.Argument) -> bool:
    listed = isinstance(node.value, tree.ListExpr | tree.TupleExpr | tree.Comprehension)
    return listed and node.name is None and not s.in_parentheses(node.value)


def _only(s: Stream, node: tree.Argument) -> Doc:
    """An only argument with brackets of its own breaks in these: `f([`, the items, `])`."""
    return concat(s.take(), expression(s, node.value), s.skip(","), s.take())


def _argument(s: Stream, node: tree.Argument) -> Doc:
    name = concat(s.take(), s.take()) if node.name else ""
    return concat(name, expression(s, node.value))


def _subscript(s: Stream, node: tree.Subscript) -> Doc:
    value = expression(s, node.value)
    return concat(value, enclosed(s, lambda: expression(s, node.index)))


# Operators ----------------------------------------------------------------------------------


def _unary(s: Stream, node: tree.Unary) -> Doc:
    sign = s.take()
    return concat(sign, "" if node.operator == "-" else " ", expression(s, node.operand))


def _range(s: Stream, node: tree.Binary) -> Doc:
    return concat(expression(s, node.left), s.take(), expression(s, node.right))


def _binary(s: Stream, node: tree.Binary | tree.Pipe) -> Doc:
    """`a + b + c`, `x |> f() |> g()`; broken, the lines after the first start with an operator."""
    if isinstance(node, tree.Binary) and node.operator == "..":
        return _range(s, node)
    return concat(*_split(s, node))


def _split(s: Stream, node: tree.Binary | tree.Pipe) -> tuple[Doc, Doc]:
    """What stands before the first operator, of whatever level, and the rest."""
    operands = [node.right]
    first = node.left
    while _alike(first, node) and not s.in_parentheses(first):
        operands.append(first.right)
        first = first.left
    if _is_chain(first) and not s.in_parentheses(first):
        start, tighter = _split(s, first)
    else:
        start, tighter = expression(s, first), ""
    if isinstance(node, tree.Pipe) and len(operands) == 1 and _has_arguments(node.right):
        return start, concat(indent(tighter), near(s.take(), " ", expression(s, node.right)))
    return start, group(indent(tighter, *_links(s, operands[::-1])))


def _is_chain(node: tree.Expr) -> TypeGuard[tree.Binary | tree.Pipe]:
    return isinstance(node, tree.Pipe) or (isinstance(node, tree.Binary) and node.operator != "..")


def _alike(one: tree.Expr, other: tree.Binary | tree.Pipe) -> TypeGuard[tree.Binary | tree.Pipe]:
    """Whether two operators bind alike, and so belong to one chain."""
    if isinstance(one, tree.Binary) and isinstance(other, tree.Binary):
        return BINARY[one.operator] == BINARY[other.operator]
    return isinstance(one, tree.Pipe) and isinstance(other, tree.Pipe)


def _links(s: Stream, operands: list[tree.Expr]) -> Iterator[Doc]:
    """Operators, each with what is right of it."""
    for operand in operands:
        yield from (s.dense_gap(SPACE), s.take(), " ", expression(s, operand))


def _has_arguments(node: tree.Expr) -> bool:
    call = node.value if isinstance(node, tree.Labelled) else node
    return isinstance(call, tree.Call) and bool(call.arguments)


def _labelled(s: Stream, node: tree.Labelled) -> Doc:
    return concat(s.take(), s.take(), " ", expression(s, node.value))


# Conditions ---------------------------------------------------------------------------------


def _conditional(s: Stream, node: tree.Conditional) -> Doc:
    """`if c { a } else { b }`; all branches stand on one line, or none does."""
    start = s.take()
    parts: list[Doc] = [*_condition(s, node)]
    while s.at("if") and isinstance(node.otherwise, tree.Conditional):
        node = node.otherwise
        parts += [s.take(), *_condition(s, node)]
    return concat(start, group(*parts, _branch(s, node.otherwise)))


def _condition(s: Stream, node: tree.Conditional) -> Iterator[Doc]:
    """A condition, its branch, and `else`."""
    yield from (" ", expression(s, node.condition), " ", _branch(s, node.then), " ", s.take(), " ")


def _branch(s: Stream, node: tree.Expr) -> Doc:
    start, gap, value = s.take(), s.gap(SPACE, blank=False), expression(s, node)
    comments, line = s.closing(SPACE)
    return concat(start, indent(gap, value, comments), line, s.take())


_LAYOUTS: dict[type, Callable[[Stream, Any], Doc]] = {
    tree.Literal: _word,
    tree.Name: _word,
    tree.ListExpr: _list,
    tree.TupleExpr: _tuple,
    tree.Call: _call,
    tree.Pipe: _binary,
    tree.Labelled: _labelled,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.Conditional: _conditional,
    tree.Subscript: _subscript,
    tree.Comprehension: _comprehension,
}
