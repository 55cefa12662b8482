"""Reductions of the grammar -> nodes of the tree. One method for each rule that makes something.

A method receives the rule's span and its children: tokens, nodes, or None for an absent optional part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from . import codes, strays, tree
from .diagnostics import Diagnostic, error
from .lexer import Scanned, Token
from .limits import Limits
from .quantities import quantity
from .source import Source, Span

_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_INT64 = 2**63 - 1

Body = tuple[tree.Statement, ...]
Parameters = tuple[tree.ParameterDeclaration, ...]
Annotations = tuple[tree.Annotation, ...]


class Builder:
    """Makes the tree of one file. What a literal or type does wrong is collected in `diagnostics`."""

    def __init__(self, source: Source, scanned: Scanned, limits: Limits) -> None:
        self.source = source
        self.scanned = scanned
        self.limits = limits
        self.diagnostics: list[Diagnostic] = []

    def callbacks(self, names: set[str]) -> Mapping[str, Callable[..., Any]]:
        return {name: getattr(self, name) for name in names}

    def identifier(self, token: Token) -> tree.Identifier:
        return tree.Identifier(token.text, token.span(self.source.name))

    def doc(self, span: Span) -> str:
        return self.scanned.docs.get((span.line, span.column), "")

    # Imports and items ----------------------------------------------------------------------

    def start(self, _span: Span, *parts: tree.Import | tree.Item) -> tree.Module:
        imports = tuple(part for part in parts if isinstance(part, tree.Import))
        items = tuple(part for part in parts if not isinstance(part, tree.Import))
        comments = tuple(self.scanned.comments)
        divisions = tuple(self.scanned.divisions)
        return tree.Module(imports, items, self.scanned.file_doc, comments, divisions, self.source.whole)

    def import_(self, span: Span, module: tuple[tuple[str, ...], Span], *names: tree.ImportedName) -> tree.Import:
        path, path_span = module
        return tree.Import(path, names, path_span, span)

    def module_path(self, span: Span, *parts: Token) -> tuple[tuple[str, ...], Span]:
        return tuple(part.text for part in parts), span

    def imported_name(self, span: Span, name: Token, alias: Token | None) -> tree.ImportedName:
        return tree.ImportedName(self.identifier(name), self.identifier(alias) if alias else None, span)

    def constant(self, span: Span, name: Token, value: tree.Expr) -> tree.Constant:
        return tree.Constant(self.identifier(name), value, self.doc(span), span)

    def function(
        self, span: Span, name: Token, parameters: Parameters, returns: tree.TypeExpr, body: tree.Expr
    ) -> tree.Function:
        return tree.Function(self.identifier(name), parameters, returns, body, self.doc(span), span)

    def block(  # noqa: PLR0913, PLR0917  # one parameter for each part of the syntax
        self,
        span: Span,
        annotations: Annotations | None,
        word: Token,
        name: Token,
        parameters: Parameters,
        returns: tree.TypeExpr | None,
        body: Body,
    ) -> tree.Block:
        doc = self.doc(span) or self.doc(word.span(span.file))
        return tree.Block(self.identifier(name), parameters, returns, body, doc, annotations or (), span)

    def model(self, span: Span, name: Token, parameters: Parameters, body: Body) -> tree.Model:
        return tree.Model(self.identifier(name), parameters, body, self.doc(span), span)

    def parameters(self, _span: Span, *parameters: tree.ParameterDeclaration) -> Parameters:
        return parameters

    def parameter(
        self, span: Span, name: Token, type_: tree.TypeExpr, default: tree.Expr | None
    ) -> tree.ParameterDeclaration:
        return tree.ParameterDeclaration(self.identifier(name), type_, default, self.doc(span), span)

    # Types ----------------------------------------------------------------------------------

    def union_type(self, span: Span, *members: tree.TypeExpr) -> tree.UnionType:
        return tree.UnionType(members, span)

    def named_type(self, span: Span, name: Token) -> tree.NamedType:
        return tree.NamedType(name.text, span)

    def list_type(self, span: Span, name: Token, element: tree.TypeExpr) -> tree.ListType:
        if name.text != "list":
            self.diagnostics.append(
                error(
                    codes.BAD_TYPE_ARGUMENT,
                    f"`{name.text}` takes no type in brackets",
                    name.span(self.source.name),
                    "expected `list`",
                    hint="a tuple's type is written `(int, int)`; only an `input` has a shape",
                )
            )
        return tree.ListType(element, span)

    def tuple_type(self, span: Span, *elements: tree.TypeExpr) -> tree.TupleType:
        return tree.TupleType(elements, span)

    def word_type(self, span: Span, word: Token) -> tree.WordType:
        return tree.WordType(self.unquote(word), span)

    def tensor_shape(self, span: Span, dtype: Token, *dims: tree.Expr) -> tree.TensorShape:
        return tree.TensorShape(self.identifier(dtype), dims, span)

    # Statements -----------------------------------------------------------------------------

    def body(self, _span: Span, *statements: tree.Statement) -> Body:
        return statements

    def assign(self, span: Span, pattern: tree.Pattern, value: tree.Expr) -> tree.Assign:
        return tree.Assign(pattern, value, span)

    def for_(
        self, span: Span, pattern: tree.Pattern, iterable: tree.Expr, label: tree.Identifier | None, body: Body
    ) -> tree.For:
        return tree.For(pattern, iterable, label, body, span)

    def if_(self, span: Span, condition: tree.Expr, then: Body, otherwise: Body | None) -> tree.If:
        return tree.If(condition, then, otherwise or (), span)

    def else_if(self, _span: Span, statement: tree.If) -> Body:
        return (statement,)

    def return_(self, span: Span, value: tree.Expr) -> tree.Return:
        return tree.Return(value, span)

    def input(self, span: Span, name: Token, type_: tree.TensorShape) -> tree.Input:
        return tree.Input(self.identifier(name), type_, span)

    def output(self, span: Span, *names_and_value: Any) -> tree.OutputStatement:
        *names, value = names_and_value
        return tree.OutputStatement(tuple(map(self.identifier, names)), value, span)

    # Search spaces --------------------------------------------------------------------------

    def choice(self, span: Span, name: Token, options: tree.OptionSet | tree.Expr) -> tree.Choice:
        return tree.Choice(self.identifier(name), options, self.doc(span), span)

    def option_set(self, span: Span, *items: tree.Expr) -> tree.OptionSet:
        return tree.OptionSet(items, span)

    def where(self, span: Span, condition: tree.Expr) -> tree.Where:
        return tree.Where(condition, span)

    def repeat(self, span: Span, count: tree.Expr, label: tree.Identifier, body: Body) -> tree.Repeat:
        return tree.Repeat(count, label, body, span)

    # Requirements and annotations -----------------------------------------------------------

    def require(self, span: Span, *requirements: tree.Requirement) -> tree.Require:
        return tree.Require(requirements, span)

    def requirement(
        self, span: Span, metric: Token, table: Token | None, operator: Token, bound: tree.Quantity | tree.Expr
    ) -> tree.Requirement:
        named = self.identifier(table) if table else None
        return tree.Requirement(self.identifier(metric), named, operator.text, bound, span)

    def expect(self, span: Span, *expectations: tree.Expectation) -> tree.Expect:
        return tree.Expect(expectations, span)

    def expectation(
        self, span: Span, metric: Token, value: tree.Quantity | tree.Expr, percent: tree.Literal | None
    ) -> tree.Expectation:
        tolerance = float(percent.value) / 100 if percent else None
        return tree.Expectation(self.identifier(metric), value, tolerance, span)

    def annotation(self, span: Span, name: Token, *arguments: tree.Argument) -> tree.Annotation:
        return tree.Annotation(self.identifier(name), arguments, span)

    def annotations(self, _span: Span, *annotations: tree.Annotation) -> Annotations:
        return annotations

    def annotated(self, span: Span, annotations: Annotations, statement: tree.Statement) -> tree.Annotated:
        return tree.Annotated(annotations, statement, span)

    def annotated_paths(self, span: Span, annotations: Annotations, *patterns: tree.Literal) -> tree.AnnotatedPaths:
        return tree.AnnotatedPaths(annotations, patterns, span)

    def one_name(self, span: Span, name: Token) -> tree.Pattern:
        return tree.Pattern((self.identifier(name),), False, span)

    def several_names(self, span: Span, *parts: tree.Pattern) -> tree.Pattern:
        return tree.Pattern(tuple(part if part.takes_apart else part.names[0] for part in parts), True, span)

    # Expressions ----------------------------------------------------------------------------

    def pipe(self, span: Span, left: tree.Expr, right: tree.Expr) -> tree.Pipe:
        return tree.Pipe(left, right, span)

    def binary(self, span: Span, left: tree.Expr, operator: Token, right: tree.Expr) -> tree.Binary:
        return tree.Binary(operator.text, left, right, span)

    def unary(self, span: Span, operator: Token, operand: tree.Expr) -> tree.Unary:
        return tree.Unary(operator.text, operand, span)

    def labelled(self, span: Span, label: tree.Identifier, value: tree.Expr) -> tree.Labelled:
        return tree.Labelled(label, value, span)

    def label(self, _span: Span, name: Token) -> tree.Identifier:
        return self.identifier(name)

    def call(self, span: Span, callee: tree.Expr, *arguments: tree.Argument) -> tree.Call:
        return tree.Call(callee, arguments, span)

    def argument(self, span: Span, name: Token | None, value: tree.Expr) -> tree.Argument:
        return tree.Argument(self.identifier(name) if name else None, value, span)

    def subscript(self, span: Span, value: tree.Expr, index: tree.Expr) -> tree.Subscript:
        return tree.Subscript(value, index, span)

    def name(self, span: Span, name: Token) -> tree.Name:
        return tree.Name(name.text, span)

    def tuple(self, span: Span, *items: tree.Expr) -> tree.TupleExpr:
        return tree.TupleExpr(items, span)

    def list(self, span: Span, *items: tree.Expr) -> tree.ListExpr:
        return tree.ListExpr(items, span)

    def comprehension(  # noqa: PLR0913, PLR0917  # one parameter for each part of the syntax
        self,
        span: Span,
        element: tree.Expr,
        pattern: tree.Pattern,
        iterable: tree.Expr,
        label: tree.Identifier | None,
        condition: tree.Expr | None,
    ) -> tree.Comprehension:
        return tree.Comprehension(element, pattern, iterable, label, condition, span)

    def conditional(self, span: Span, condition: tree.Expr, then: tree.Expr, otherwise: tree.Expr) -> tree.Conditional:
        return tree.Conditional(condition, then, otherwise, span)

    # Literals -------------------------------------------------------------------------------

    def boolean(self, span: Span, word: Token) -> tree.Literal:
        return tree.Literal(word.text == "true", span)

    def string(self, span: Span, token: Token) -> tree.Literal:
        return tree.Literal(self.unquote(token), span)

    def number(self, span: Span, token: Token) -> tree.Literal:
        value = self.int_value(token) if token.kind == "INT" else self.float_value(token)
        return tree.Literal(value, span)

    def quantity(self, span: Span, token: Token) -> tree.Quantity:
        # Counted before it is read, as an int is.
        found = quantity(token.text, span) if len(token.text) <= self.limits.int_digits else None
        if found and found.value <= _INT64:
            return found
        message = f"this quantity is more than {_INT64}, or longer than {self.limits.int_digits} characters"
        self.diagnostics.append(error(codes.NUMBER_TOO_LARGE, message, span))
        return tree.Quantity(0, "count", 1, span)

    def int_value(self, token: Token) -> int:
        digits = token.text.replace("_", "").lstrip("0")
        # Counted before they are read: Python takes quadratic time for long ones, and refuses at 4300.
        value = int(digits or "0") if len(digits) <= self.limits.int_digits else _INT64 + 1
        if value <= _INT64:
            return value
        message = f"this number has {len(digits)} digits; an int is at most {_INT64}"
        self.diagnostics.append(error(codes.NUMBER_TOO_LARGE, message, token.span(self.source.name)))
        return 0

    def float_value(self, token: Token) -> float:
        value = float(token.text.replace("_", ""))
        if value == float("inf"):
            message = "this number is too large for a float, whose largest is 1.8e308"
            self.diagnostics.append(error(codes.NUMBER_TOO_LARGE, message, token.span(self.source.name)))
        return value

    def unquote(self, token: Token) -> str:
        text = token.text[1:-1]
        if len(text) > self.limits.string_length:
            message = f"this string has {len(text)} characters; at most {self.limits.string_length} are allowed"
            self.diagnostics.append(error(codes.STRING_TOO_LONG, message, token.span(self.source.name)))
            return ""
        for found in strays.HIDDEN.finditer(text):
            self.diagnostics.append(strays.hidden(found[0], self.inside(token, found)))
        return _ESCAPE.sub(lambda found: self.unescape(token, found), text)

    def unescape(self, token: Token, found: re.Match[str]) -> str:
        if found[1] not in _ESCAPES:
            self.diagnostics.append(
                error(
                    codes.BAD_ESCAPE,
                    f"`{found[0]}` is no escape",
                    self.inside(token, found),
                    hint=r"the escapes are `\n`, `\t`, `\"` and `\\`",
                )
            )
        return _ESCAPES.get(found[1], found[1])

    def inside(self, token: Token, found: re.Match[str]) -> Span:
        """The span of a match within a string's text, which starts one column after the token."""
        return Token("", found[0], token.line, token.column + 1 + found.start()).span(self.source.name)
