"""Definitions from inside: their parameters as names, and functions, whose body is one expression."""

from __future__ import annotations

from dataclasses import replace

from .. import codes
from ..assignable import fits
from ..source import Span
from ..tree import Block, Function, Model, Statement
from ..types import Signature, Type
from .declared import Definition, is_tensor
from .divisions import refuse_divisions
from .expressions import infer
from .frame import Body, Frame, Place
from .mismatch import mismatch_hint
from .patterns import declare
from .report import Report
from .scope import Kind, Scope

_PLACES = {Function: Place.FUNCTION, Block: Place.BLOCK, Model: Place.MODEL}


def open_body(
    report: Report,
    outer: Scope,
    node: Definition,
    signature: Signature,
    statements: tuple[Statement, ...],
) -> Frame:
    """The inside of a definition: its parameters are declared, and their defaults checked.

    A default knows the file and the parameters before its own.
    """
    scope = outer.inner()
    frame = Frame(report, scope, Body(_PLACES[type(node)], node.name.name, scope.depth, statements))
    types = {parameter.name: parameter.type for parameter in signature.tensors + signature.parameters}
    for parameter in node.parameters:
        type_ = types[parameter.name.name]
        if parameter.default is not None and not is_tensor(type_):
            default = replace(frame, scope=scope.inner(), body=Body(Place.DEFAULT, "", scope.depth + 1, statements))
            _need_default(frame, type_, infer(default, parameter.default), parameter.name.name, parameter.default.span)
        declare(frame, parameter.name, Kind.PARAMETER, type_)
    return frame


def _need_default(frame: Frame, expected: Type, actual: Type, name: str, span: Span) -> None:
    if fits(actual, expected):
        return
    message = f"`{name}` is declared as `{expected}`, its default is `{actual}`"
    hint = mismatch_hint(actual, expected, frame.report)
    frame.report.error(codes.WRONG_DEFAULT, message, span, f"this is `{actual}`", hint=hint)


def check_function(report: Report, outer: Scope, node: Function, signature: Signature, around: Body | None) -> None:
    """Check a function; `around` is the definition it is local to."""
    frame = open_body(report, outer, node, signature, around.statements if around else ())
    refuse_divisions(frame, node.span)
    need_result(frame, infer(frame, node.body), signature.returns, node.body.span)


def need_result(frame: Frame, type_: Type, expected: Type, span: Span) -> None:
    """Report a result that does not fit its declared type."""
    if fits(type_, expected):
        return
    message = f"the result is declared as `{expected}`, this is `{type_}`"
    hint = mismatch_hint(type_, expected, frame.report)
    frame.report.error(codes.WRONG_RETURN, message, span, f"this is `{type_}`", hint=hint)
