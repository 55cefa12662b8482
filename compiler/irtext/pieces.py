"""The parts of a statement: names, types, attribute values, places. Each function reads one from the scanner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.dtypes import DType
from ...dsl.source import Span
from ...dsl.suggest import hint
from ..codes import IR_SYNTAX, IR_UNKNOWN_NAME
from ..ir import AttributeValue
from ..types import Dim, TensorType
from .scanner import Scanner, Token

T = TypeVar("T")

_DTYPES = {dtype.value: dtype for dtype in DType}
_WORDS: dict[str, bool | float] = {"true": True, "false": False, "nan": float("nan"), "inf": float("inf")}
_DEEPEST_TUPLE = 8
_MOST_DIGITS = 19


def read_name(scanner: Scanner, wanted: str) -> str:
    """A name, bare or in quotes."""
    if scanner.token.kind not in ("name", "string"):
        raise scanner.unexpected(wanted)
    return scanner.unquote(scanner.advance())


def read_reference(scanner: Scanner) -> Token:
    """The token of a value's name."""
    return scanner.take("reference", "a value, such as `%x`")


def look_up(scanner: Scanner, token: Token, table: Mapping[str, T], kind: str) -> T:
    """What a name stands for, or an error that proposes the nearest name."""
    name = scanner.unquote(token)
    if name in table:
        return table[name]
    message = f"there is no {kind} `{name}`"
    raise DiagnosticError(error(IR_UNKNOWN_NAME, message, scanner.span(token), hint=hint(name, table)))


def read_type(scanner: Scanner) -> TensorType:
    """An element type and a shape: `f32[N, 8, 8, 3]`."""
    dtype = look_up(scanner, scanner.take("name", "an element type, such as `f32`"), _DTYPES, "element type")
    scanner.expect("[")
    dims: list[Dim] = []
    while not scanner.accept("]"):
        dims.append(_read_dim(scanner))
        if not scanner.at("]"):
            scanner.expect(",")
    return TensorType(dtype, tuple(dims))


def read_attribute(scanner: Scanner, depth: int = 0) -> AttributeValue:
    """A bool, integer, float, string, or a tuple of them."""
    if scanner.token.kind == "string":
        return scanner.unquote(scanner.advance())
    if scanner.at("("):
        return _read_tuple(scanner, depth)
    return read_scalar(scanner)


def read_scalar(scanner: Scanner) -> bool | int | float:
    """A bool, integer or float."""
    token = scanner.token
    if token.text in _WORDS:
        scanner.advance()
        return _WORDS[token.text]
    scanner.take("number", "a value")
    return _integer(scanner, token) if token.text.lstrip("-").isdecimal() else float(token.text)


def read_integer(scanner: Scanner, wanted: str) -> int:
    """An integer that is not negative."""
    if scanner.token.text.startswith("-"):
        raise scanner.unexpected(wanted)
    return _integer(scanner, scanner.take("number", wanted))


def read_span(scanner: Scanner) -> Span | None:
    """What comes after `@`, or None where nothing does."""
    if not scanner.accept("@"):
        return None
    file = scanner.unquote(scanner.take("string", "the name of a file in quotes"))
    token = scanner.take("location", "a place, such as `:9:21-9:40`")
    line, column, end_line, end_column = (
        _check_integer(scanner, token, digits) for digits in token.text[1:].replace("-", ":").split(":")
    )
    return Span(file, line, column, end_line, end_column)


def _read_dim(scanner: Scanner) -> Dim:
    if scanner.token.kind in ("name", "string"):
        return scanner.unquote(scanner.advance())
    return read_integer(scanner, "a dimension")


def _read_tuple(scanner: Scanner, depth: int) -> AttributeValue:
    if depth == _DEEPEST_TUPLE:
        message = f"tuples are nested more than {_DEEPEST_TUPLE} deep"
        raise DiagnosticError(error(IR_SYNTAX, message, scanner.span(scanner.token), "here"))
    scanner.expect("(")
    items: list[AttributeValue] = []
    while not scanner.accept(")"):
        items.append(read_attribute(scanner, depth + 1))
        if not scanner.at(")"):
            scanner.expect(",")
    return tuple(items)


def _integer(scanner: Scanner, token: Token) -> int:
    if not token.text.lstrip("-").isdecimal():
        raise DiagnosticError(error(IR_SYNTAX, f"`{token.text}` is no integer", scanner.span(token), "here"))
    return _check_integer(scanner, token, token.text)


def _check_integer(scanner: Scanner, token: Token, digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        message = f"an integer has at most {_MOST_DIGITS} digits, this one has {len(digits.lstrip('-'))}"
        raise DiagnosticError(error(IR_SYNTAX, message, scanner.span(token), "here"))
    return int(digits)
