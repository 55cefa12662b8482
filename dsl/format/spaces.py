"""The layout of choices, requirements and annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from .. import tree
from .brackets import bracketed
from .document import SPACE, Doc, concat, group, indent
from .expressions import arguments, expression
from .stream import Stream

Item = TypeVar("Item")


def choice(s: Stream, node: tree.Choice) -> Doc:
    """`choice kernel in { 3, 5 }`; a set that does not fit has an option a line."""
    head = concat(s.take(), " ", s.take(), " ", s.take(), " ")
    if isinstance(node.options, tree.OptionSet):
        return concat(head, bracketed(s, node.options.items, expression, SPACE))
    return concat(head, expression(s, node.options))


def where(s: Stream, node: tree.Where) -> Doc:
    """`where depth >= 1`."""
    return concat(s.take(), " ", expression(s, node.condition))


def where_of_choice(s: Stream, node: tree.Where) -> Doc:
    """The same behind a choice: in its line if that has room, or else in the next, indented."""
    return group(indent(SPACE, where(s, node)))


def require(s: Stream, node: tree.Require) -> Doc:
    """`require macs <= 300M, params < 5M`; several that do not fit stand a line each."""
    return concat(s.take(), _listed(s, node.requirements, _requirement))


def expect(s: Stream, node: tree.Expect) -> Doc:
    """`expect params = 3.5M, macs = 300M +- 1%`, likewise."""
    return concat(s.take(), _listed(s, node.expectations, _expectation))


def annotated_paths(s: Stream, node: tree.AnnotatedPaths) -> Doc:
    """`@freeze on "a", "b"`; what does not fit has the patterns on lines of their own, indented."""
    annotations = annotation_list(s, node.annotations)
    line = s.dense_gap(SPACE)
    return group(
        annotations, indent(line, s.take(), " ", expression(s, node.patterns[0]), *_more(s, node.patterns[1:]))
    )


def _more(s: Stream, patterns: Sequence[tree.Literal]) -> Iterator[Doc]:
    """The patterns after the first; a line takes as many as it has room for."""
    for node in patterns:
        yield s.take()
        yield indent(group(s.dense_gap(SPACE), expression(s, node)))


def annotation_list(s: Stream, annotations: Sequence[tree.Annotation]) -> Doc:
    """Annotations one after another on one line if it has room, or a line each."""
    parts = [_annotation(s, annotations[0])]
    for node in annotations[1:]:
        parts += [s.dense_gap(SPACE), _annotation(s, node)]
    return group(*parts)


def _annotation(s: Stream, node: tree.Annotation) -> Doc:
    name = concat(s.take(), s.take())
    return concat(name, arguments(s, node.arguments)) if s.at_call else name


def _listed(s: Stream, items: Sequence[Item], layout: Callable[[Stream, Item], Doc]) -> Doc:
    """What follows a word and has commas between, but no brackets. Only one item stays with the word."""
    if len(items) == 1:
        return concat(" ", layout(s, items[0]))
    parts: list[Doc] = [s.dense_gap(SPACE), layout(s, items[0])]
    for item in items[1:]:
        parts += [s.take(), s.dense_gap(SPACE), layout(s, item)]
    return group(indent(*parts))


def _requirement(s: Stream, node: tree.Requirement) -> Doc:
    metric = s.take()
    table = concat(s.take(), s.take(), s.take()) if node.table else ""
    return concat(metric, table, " ", s.take(), " ", _bound(s, node.bound))


def _expectation(s: Stream, node: tree.Expectation) -> Doc:
    value = concat(s.take(), " ", s.take(), " ", _bound(s, node.value))
    if node.tolerance is None:
        return value
    return concat(value, " ", s.take(), " ", s.take(), s.take())


def _bound(s: Stream, node: tree.Quantity | tree.Expr) -> Doc:
    return s.take() if isinstance(node, tree.Quantity) else expression(s, node)
