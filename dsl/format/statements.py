"""The layout of statements and items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import tree
from . import spaces
from .brackets import bracketed
from .document import HARD, SPACE, Doc, concat, group, indent
from .expressions import expression
from .stream import Stream
from .types import pattern, type_


def module(s: Stream, node: tree.Module) -> Doc:
    """A file. Empty lines stand around blocks and models, and after the imports."""
    parts: list[Doc] = []
    before: tree.Import | tree.Item | None = None
    for item in (*node.imports, *node.items):
        apart = before and _apart(before, item)
        parts += [s.gap(HARD, blank=apart or None), _LAYOUTS[type(item)](s, item)]
        before = item
    return concat(*parts, *s.closing(HARD))


def _apart(one: tree.Import | tree.Item, other: tree.Import | tree.Item) -> bool:
    ends_imports = isinstance(one, tree.Import) and not isinstance(other, tree.Import)
    return ends_imports or any(isinstance(item, tree.Block | tree.Model) for item in (one, other))


# Items --------------------------------------------------------------------------------------


def _import(s: Stream, node: tree.Import) -> Doc:
    path = [s.take(), " ", *(s.take() for _ in range(2 * len(node.module) - 1)), " "]
    return concat(*path, bracketed(s, node.names, _imported, SPACE))


def _imported(s: Stream, node: tree.ImportedName) -> Doc:
    name = s.take()
    return concat(name, " ", s.take(), " ", s.take()) if node.alias else name


def _constant(s: Stream, node: tree.Constant) -> Doc:
    return concat(s.take(), " ", s.take(), " ", expression(s, node.value))


def _function(s: Stream, node: tree.Function) -> Doc:
    head = concat(s.take(), " ", s.take(), bracketed(s, node.parameters, _parameter), _returns(s, node.returns))
    return concat(head, " ", s.take(), " ", expression(s, node.body))


def _block(s: Stream, node: tree.Block) -> Doc:
    above = _annotations(s, node.annotations) if node.annotations else ""
    head = concat(s.take(), " ", s.take(), bracketed(s, node.parameters, _parameter))
    returns = _returns(s, node.returns) if node.returns else ""
    return concat(group(above, head, returns), " ", _body(s, node.body))


def _model(s: Stream, node: tree.Model) -> Doc:
    head = concat(s.take(), " ", s.take(), bracketed(s, node.parameters, _parameter))
    return concat(head, " ", _body(s, node.body))


def _returns(s: Stream, node: tree.TypeExpr) -> Doc:
    return concat(" ", s.take(), " ", type_(s, node))


def _parameter(s: Stream, node: tree.ParameterDeclaration) -> Doc:
    declared = concat(s.take(), s.take(), " ", type_(s, node.type))
    if node.default is None:
        return declared
    return concat(declared, " ", s.take(), " ", expression(s, node.default))


# Statements ---------------------------------------------------------------------------------


def _body(s: Stream, statements: tuple[tree.Statement, ...]) -> Doc:
    """`{`, a statement a line, `}`; in a group that fits, all on one line."""
    opening = s.take()
    parts: list[Doc] = []
    before: tree.Statement | None = None
    for statement in statements:
        if isinstance(before, tree.Choice) and isinstance(statement, tree.Where) and s.adjoins:
            parts.append(spaces.where_of_choice(s, statement))
        else:
            gap = s.gap(SPACE) if parts else s.gap(SPACE, blank=False)
            parts += [gap, _LAYOUTS[type(statement)](s, statement)]
        before = statement
    comments, line = s.closing(SPACE, blank=None if parts else False)
    return concat(opening, indent(*parts, comments), line if parts or comments else "", s.take())


def _assign(s: Stream, node: tree.Assign) -> Doc:
    return concat(pattern(s, node.pattern), " ", s.take(), " ", expression(s, node.value))


def _for(s: Stream, node: tree.For) -> Doc:
    head = [s.take(), " ", pattern(s, node.pattern), " ", s.take(), " ", expression(s, node.iterable), " "]
    if node.label:
        head += [s.take(), " ", s.take(), " "]
    return concat(*head, _body(s, node.body))


def _repeat(s: Stream, node: tree.Repeat) -> Doc:
    head = concat(s.take(), " ", expression(s, node.count), " ", s.take(), " ", s.take(), " ")
    return concat(head, _body(s, node.body))


def _if(s: Stream, node: tree.If, *, is_else: bool = False) -> Doc:
    """`if c { x = a }` stands on one line if it fits: one simple statement, and no `else` around."""
    start = s.take()
    rest = concat(" ", expression(s, node.condition), " ", _body(s, node.then))
    if s.at("else"):
        return concat(start, rest, " ", s.take(), " ", _otherwise(s, node.otherwise))
    simple = len(node.then) == 1 and isinstance(node.then[0], tree.Assign | tree.Return)
    return concat(start, group(rest) if simple and not is_else else rest)


def _otherwise(s: Stream, statements: tuple[tree.Statement, ...]) -> Doc:
    """What follows `else`; `else if` and `else { if` stay what they are."""
    if s.at("if") and isinstance(statements[0], tree.If):
        return _if(s, statements[0], is_else=True)
    return _body(s, statements)


def _return(s: Stream, node: tree.Return) -> Doc:
    return concat(s.take(), " ", expression(s, node.value))


def _input(s: Stream, node: tree.Input) -> Doc:
    name = concat(s.take(), " ", s.take(), s.take(), " ", s.take())
    return concat(name, bracketed(s, node.type.dims, expression))


def _output(s: Stream, node: tree.OutputStatement) -> Doc:
    names: list[Doc] = [s.take(), " ", s.take()]
    for _ in node.names[1:]:
        names += [s.take(), " ", s.take()]
    return concat(*names, " ", s.take(), " ", expression(s, node.value))


def _annotated(s: Stream, node: tree.Annotated) -> Doc:
    """Annotations before a statement stand in its line if it fits; before one with a body, if they and its start do."""
    above = _annotations(s, node.annotations)
    statement = _LAYOUTS[type(node.statement)](s, node.statement)
    if isinstance(node.statement, tree.For | tree.If | tree.Repeat):
        return concat(group(above), statement)
    return group(above, statement)


def _annotations(s: Stream, annotations: tuple[tree.Annotation, ...]) -> Doc:
    return concat(spaces.annotation_list(s, annotations), s.dense_gap(SPACE))


_LAYOUTS: dict[type, Callable[[Stream, Any], Doc]] = {
    tree.Import: _import,
    tree.Constant: _constant,
    tree.Function: _function,
    tree.Block: _block,
    tree.Model: _model,
    tree.Assign: _assign,
    tree.For: _for,
    tree.If: _if,
    tree.Return: _return,
    tree.Input: _input,
    tree.OutputStatement: _output,
    tree.Choice: spaces.choice,
    tree.Where: spaces.where,
    tree.Repeat: _repeat,
    tree.Require: spaces.require,
    tree.Expect: spaces.expect,
    tree.Annotated: _annotated,
    tree.AnnotatedPaths: spaces.annotated_paths,
}
