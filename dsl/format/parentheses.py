"""Which parentheses a program needs: those without which it would mean something else."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from .. import tree
from ..check.walk import nodes
from ..lexer import VALUE_ENDS
from ..source import Span
from .words import Word


class Level(IntEnum):
    """How tight an expression binds, as the grammar has it."""

    WHOLE = 0
    """`if` binds like everything in the grammar, but what stands after its `}` reads as if it belonged to that."""
    PIPE = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARISON = 5
    RANGE = 6
    SUM = 7
    PRODUCT = 8
    SIGN = 9
    POWER = 10
    LABELLED = 11
    WORD = 12
    """A string: a parenthesis directly after it makes no call."""
    POSTFIX = 13


BINARY = {
    "or": Level.OR,
    "and": Level.AND,
    **dict.fromkeys(["==", "!=", "<", "<=", ">", ">=", "in"], Level.COMPARISON),
    "..": Level.RANGE,
    **dict.fromkeys("+-", Level.SUM),
    **dict.fromkeys("*/%", Level.PRODUCT),
    "**": Level.POWER,
}

_LEVELS = {tree.Conditional: Level.WHOLE, tree.Pipe: Level.PIPE, tree.Labelled: Level.LABELLED}


def _level(node: tree.Expr) -> Level:
    match node:
        case tree.Binary():
            return BINARY[node.operator]
        case tree.Unary():
            return Level.SIGN if node.operator == "-" else Level.NOT
        case tree.Literal(str()):
            return Level.WORD
    return _LEVELS.get(type(node), Level.POSTFIX)


def _operands(node: object) -> Iterator[tuple[tree.Expr, Level]]:
    """The parts of a node that must bind as tight as a level."""
    match node:
        case tree.Pipe(left, right):
            yield from ((left, Level.PIPE), (right, Level.LABELLED))
        case tree.Binary("**", left, right):
            yield from ((left, Level.LABELLED), (right, Level.SIGN))
        case tree.Binary(operator, left, right):
            level = BINARY[operator]
            chains = level not in {Level.COMPARISON, Level.RANGE}
            yield from ((left, level if chains else Level(level + 1)), (right, Level(level + 1)))
        case tree.Unary(operator, operand):
            yield operand, _level(node)
        case tree.Labelled(_, value):
            yield value, Level.WORD
        case tree.Call(value) | tree.Subscript(value):
            yield value, Level.POSTFIX
        case tree.Requirement(bound=bound) | tree.Expectation(value=bound) if not isinstance(bound, tree.Quantity):
            yield bound, Level.SUM


def sort_out(module: tree.Module, found: list[Word]) -> tuple[frozenset[Span], frozenset[int]]:
    """The spans of the expressions that keep a pair of parentheses, and the indices of those to be dropped.

    A pair is kept where it is needed, where a comment stands before the closing one, and where one behind it reads like
    a divisor of what is in it, and no longer would.
    """
    written = [node for item in module.items for node in nodes(item)]
    needed = {operand.span for node in written for operand, level in _operands(node) if _level(operand) < level}
    starts = {(word.token.line, word.token.column): index for index, word in enumerate(found)}
    ends = {(word.token.line, word.token.end_column): index for index, word in enumerate(found)}
    kept, dropped = set[Span](), set[int]()
    for span in (node.span for node in written if isinstance(node, tree.Expr)):
        pairs = list(_around(found, starts[span.line, span.column], ends[span.end_line, span.end_column]))
        if pairs and (span in needed or _holds_comment(found, pairs)):
            kept.add(span)
            pairs.pop()
        dropped.update(index for pair in pairs for index in pair)
    return frozenset(kept), frozenset(dropped)


def _holds_comment(found: list[Word], pairs: list[tuple[int, int]]) -> bool:
    first, last = pairs[0][1], pairs[-1][1]
    if found[first - 1].token.kind not in VALUE_ENDS and any(remark.divides for remark in found[last + 1].remarks):
        return True
    return any(found[close].remarks for _, close in pairs)


def _around(found: list[Word], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The pairs of parentheses directly around the words from `first` to `last`, the inner ones first."""
    while found[first - 1].token.kind == "LPAR" and found[last + 1].token.kind == "RPAR":
        first, last = first - 1, last + 1
        yield first, last
