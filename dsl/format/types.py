"""The layout of types and patterns."""

from __future__ import annotations

from .. import tree
from .brackets import bracketed, single
from .document import SPACE, Doc, concat, group, indent
from .stream import Stream


def type_(s: Stream, node: tree.TypeExpr) -> Doc:
    """A type; a union that is broken has one member a line."""
    match node:
        case tree.ListType(element):
            return concat(s.take(), s.take(), type_(s, element), s.take())
        case tree.TupleType(elements):
            return bracketed(s, elements, type_)
        case tree.UnionType(members):
            return _union(s, members)
    return s.take()


def _union(s: Stream, members: tuple[tree.TypeExpr, ...]) -> Doc:
    first = type_(s, members[0])
    others: list[Doc] = []
    for member in members[1:]:
        others += [s.dense_gap(SPACE), s.take(), " ", type_(s, member)]
    return concat(first, group(indent(*others)))


def pattern(s: Stream, node: tree.Pattern | tree.Identifier) -> Doc:
    """What an assignment or loop binds."""
    if isinstance(node, tree.Identifier):
        return s.take()
    names = node.names
    if not node.takes_apart:
        return s.take()
    if len(names) == 1:
        return single(s, lambda: pattern(s, names[0]))
    return bracketed(s, names, pattern)
