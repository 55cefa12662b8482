"""Files from inside: constants, functions, blocks and models, each checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .. import codes
from ..diagnostics import Code, Label
from ..tree import Block, Constant, Function, Input, Item, Model, Module, OutputStatement, Return
from ..types import ANY, BlockOf, FunctionOf, Signature, Type
from .annotations import check_annotations
from .declared import signature_of
from .divisions import refuse_divisions
from .expressions import infer
from .frame import Body, Frame, Place
from .functions import check_function, open_body
from .order import ordered
from .report import Report
from .scope import Kind, Scope, Symbol
from .statements import check_statements
from .walk import statements_within

Exports = Mapping[str, Symbol]

_KINDS = {Constant: Kind.CONSTANT, Function: Kind.FUNCTION, Block: Kind.BLOCK, Model: Kind.MODEL}


def check_module(module: Module, prelude: Scope, exported: Mapping[str, Exports], report: Report) -> Exports:
    """Check a file whose imports are `exported` already; what it declares, by name."""
    scope = prelude.inner()
    report.importable = {name: i.dotted for i in module.imports for name in exported.get(i.dotted, {})}
    for wanted in module.imports:
        for name in wanted.names:
            symbol = exported.get(wanted.dotted, {}).get(name.name.name)
            if symbol is not None:
                scope.symbols[name.local.name] = symbol.imported_at(name.local.span)
    report.divisions = {division.span.line: division for division in module.divisions}
    own = {id(item): _declare(item, scope, report) for item in module.items}
    for item in ordered(module.items, report):
        _check_item(item, own[id(item)], scope, report)
    return {symbol.name: symbol for symbol in reversed(own.values())}


def _declare(item: Item, scope: Scope, report: Report) -> Symbol:
    """Declare an item by its head. Of two with one name the first counts, and both are checked."""
    name = item.name.name
    symbol = Symbol(name, _KINDS[type(item)], _head_type(item, report), item.name.span, scope.depth, True)
    other = scope.symbols.setdefault(name, symbol)
    if other is not symbol and other.span is not None:
        others = (Label(other.span, f"the {other.kind.value}"),)
        report.error(
            codes.DECLARED_TWICE, f"`{name}` is declared twice", item.name.span, "declared again", others=others
        )
    return symbol


def _head_type(item: Item, report: Report) -> Type:
    match item:
        case Function():
            return FunctionOf(signature_of(item, report))
        case Block() | Model():
            return BlockOf(signature_of(item, report))
        case Constant():
            return ANY


def _check_item(item: Item, symbol: Symbol, scope: Scope, report: Report) -> None:
    """Check an item; a constant and a block without a declared result get their type by that."""
    match item, symbol.type:
        case Constant(), _:
            symbol.type = _constant_type(item, scope, report)
        case Function(), FunctionOf(signature):
            check_function(report, scope, item, signature, None)
        case Block(), BlockOf(signature):
            symbol.type = BlockOf(_check_block(item, signature, scope, report))
        case Model(), BlockOf(signature):
            _check_model(item, signature, scope, report)


def _constant_type(item: Constant, scope: Scope, report: Report) -> Type:
    inner = scope.inner()
    frame = Frame(report, inner, Body(Place.CONSTANT, item.name.name, inner.depth))
    refuse_divisions(frame, item.span)
    return infer(frame, item.value)


def _check_block(item: Block, signature: Signature, scope: Scope, report: Report) -> Signature:
    """Check a block; its signature, with the type of its result where that is not declared."""
    _check_annotations(item, scope, report)
    frame = open_body(report, scope, item, signature, item.body)
    if item.returns is not None:
        frame.body.expected = signature.returns
    if not check_statements(frame, item.body):
        _refuse_missing_return(item, report)
    return signature if item.returns else replace(signature, returns=frame.body.returns or ANY)


def _check_annotations(item: Block, scope: Scope, report: Report) -> None:
    """What stands before a block knows the file, and none of the block's parameters."""
    inner = scope.inner()
    check_annotations(Frame(report, inner, Body(Place.ANNOTATION, item.name.name, inner.depth)), item.annotations)


def _refuse_missing_return(item: Block, report: Report) -> None:
    some = any(isinstance(node, Return) for node in statements_within(item.body))
    message = f"the block `{item.name.name}` does not return" + (" on every way through it" if some else "")
    hint = "an `if` returns if all of its branches do, one of them `else`; a loop may have no turns"
    report.error(
        codes.RETURN_MISSING,
        message,
        item.name.span,
        "without a return",
        hint=hint if some else "end it with `return x`",
    )


def _check_model(item: Model, signature: Signature, scope: Scope, report: Report) -> None:
    frame = open_body(report, scope, item, signature, item.body)
    check_statements(frame, item.body)
    if not _declares(item, Input):
        _refuse_model(item, codes.MODEL_WITHOUT_INPUT, "input", "input image: f32[N, 224, 224, 3]", report)
    if not _declares(item, OutputStatement):
        _refuse_model(item, codes.MODEL_WITHOUT_OUTPUT, "output", "output logits = ...", report)


def _declares(item: Model, kind: type) -> bool:
    """Whether one stands anywhere, be it where it can't: that is reported there."""
    return any(isinstance(node, kind) for node in statements_within(item.body))


def _refuse_model(item: Model, code: Code, what: str, example: str, report: Report) -> None:
    message = f"the model `{item.name.name}` has no {what}"
    report.error(code, message, item.name.span, f"without an {what}", hint=f"declare one: `{example}`")
