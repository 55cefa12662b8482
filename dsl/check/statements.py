"""Statements: what they bind, where they may stand, whether a block returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .. import codes
from ..assignable import fits, holds_tensor, join
from ..diagnostics import Label
from ..source import Span
from ..tree import (
    Annotated,
    AnnotatedPaths,
    Assign,
    Choice,
    Expect,
    For,
    Function,
    Identifier,
    If,
    Input,
    OutputStatement,
    Repeat,
    Require,
    Return,
    Statement,
    Where,
)
from ..types import ANY, INT, TENSOR, FunctionOf, ListOf, TupleOf, Type
from .annotations import check_annotated_paths, check_annotations, refuse_without_layer
from .arithmetic import need_bool
from .choices import check_choice, check_where
from .declared import signature_of
from .divisions import refuse_divisions
from .expressions import check_loop_label, infer, need_list
from .frame import Frame, Place
from .functions import check_function, need_result
from .mismatch import mismatch_hint
from .patterns import assign, bind_pattern, declare, declare_loop_variable, declare_turn, take_label
from .places import need_model
from .requirements import check_expect, check_require
from .scope import Kind
from .shapes import check_shape

_WITHOUT_BODY = (Assign, Return, OutputStatement, Choice, Where, Require, Expect, AnnotatedPaths)

MAX_TURNS = 3
"""Times a loop is looked at until the types of its variables rest. A longer chain of assignments is nobody's
program, and its values are looked at again when they come."""


def check_statements(frame: Frame, statements: tuple[Statement, ...]) -> bool:
    """Check statements in order; whether they always return."""
    returned: Statement | None = None
    reported = False
    for statement in statements:
        if returned is not None and not reported:
            reported = True
            _refuse_unreachable(frame, statement, returned)
        if _check_statement(frame, statement):
            returned = returned or statement
    return returned is not None


def _check_statement(frame: Frame, statement: Statement) -> bool:
    """Check a statement; whether it always returns."""
    if isinstance(statement, _WITHOUT_BODY):
        refuse_divisions(frame, statement.span)
    return _CHECKS[type(statement)](frame, statement)


def _refuse_unreachable(frame: Frame, statement: Statement, returned: Statement) -> None:
    others = (Label(_last_line(returned.span), "always returns here"),)
    message = "this statement is never reached"
    frame.report.error(codes.UNREACHABLE, message, statement.span, "after the return", others=others)


def _last_line(span: Span) -> Span:
    """A long statement is shown by its end."""
    return span if span.line == span.end_line else replace(span, line=span.end_line, column=span.end_column - 1)


def _assign(frame: Frame, node: Assign) -> bool:
    bind_pattern(frame, node.pattern, infer(frame, node.value), assign)
    return False


# Loops and branches -------------------------------------------------------------------------


def _for(frame: Frame, node: For) -> bool:
    element = need_list(frame, node.iterable, "a loop")
    if node.label is not None:
        take_label(frame, node.label)
    _check_turns(frame, lambda: _turn_of_for(frame, node, element))
    return False


def _repeat(frame: Frame, node: Repeat) -> bool:
    count = infer(frame.values("a number of turns"), node.count)
    if not fits(count, INT):
        _refuse_count(frame, node, count)
    take_label(frame, node.label)
    _check_turns(frame, lambda: _turn_of_repeat(frame, node))
    return False


def _refuse_count(frame: Frame, node: Repeat, type_: Type) -> None:
    message = f"a body is repeated a number of times, not `{type_}`"
    hint = mismatch_hint(type_, INT, frame.report)
    if isinstance(type_, ListOf):
        hint = f"a loop runs over a list: `for item in ... as {node.label.name}`"
    frame.report.error(codes.WRONG_COUNT, message, node.count.span, f"this is `{type_}`", hint=hint)


def _check_turns(frame: Frame, check_turn: Callable[[], None]) -> None:
    """Check the body, again if it made the type of a variable around it more exact: its start may rely on that."""
    body = frame.body
    outside = body.shallowest
    mark = len(frame.report.found)
    for _ in range(MAX_TURNS):
        frame.report.rewind(mark)
        body.shallowest = None
        check_turn()
        outside = _shallower(outside, body.shallowest)
        if body.shallowest is None or body.shallowest > frame.scope.depth:
            break
    body.shallowest = outside


def _shallower(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _turn_of_for(frame: Frame, node: For, element: Type) -> None:
    inner = frame.turn()
    layers = frame.body.layers
    bind_pattern(inner, node.pattern, element, declare_loop_variable)
    check_statements(inner, node.body)
    check_loop_label(frame, node, layers)


def _turn_of_repeat(frame: Frame, node: Repeat) -> None:
    inner = frame.turn()
    declare_turn(inner, node)
    check_statements(inner, node.body)


def _if(frame: Frame, node: If) -> bool:
    """An `else if` chain is walked in a loop. It returns if all of its branches do, and one is `else`."""
    returns = True
    branches: list[Frame] = []
    rest: tuple[Statement, ...] = (node,)
    while len(rest) == 1 and isinstance(rest[0], If):
        need_bool(frame, infer(frame, rest[0].condition), rest[0].condition.span, "`if`")
        returns &= _branch(frame, rest[0].then, branches)
        rest = rest[0].otherwise
    returns &= _branch(frame, rest, branches)
    for branch in branches:
        frame.absorb(branch)
    return returns


def _branch(frame: Frame, statements: tuple[Statement, ...], branches: list[Frame]) -> bool:
    branches.append(frame.branch())
    return check_statements(branches[-1], statements)


# Annotated statements -----------------------------------------------------------------------


def _annotated(frame: Frame, node: Annotated) -> bool:
    """Check the statement; if it is right, it makes the layers that the annotations are about."""
    check_annotations(frame, node.annotations)
    body, found = frame.body, frame.report.found
    before = body.layers, body.instances, len(found)
    returns = _check_statement(frame, node.statement)
    if before == (body.layers, body.instances, len(found)):
        refuse_without_layer(frame, node.annotations)
    return returns


# Results ------------------------------------------------------------------------------------


def _return(frame: Frame, node: Return) -> bool:
    type_ = infer(frame, node.value)
    body = frame.body
    if body.place is Place.MODEL:
        hint = "name what the model gives: `output logits = ...`"
        frame.report.error(codes.MISPLACED, "a model has no `return`", node.span, "in a model", hint=hint)
    elif body.expected is not None:
        need_result(frame, type_, body.expected, node.value.span)
    else:
        _join_return(frame, type_, node.value.span)
    return True


def _join_return(frame: Frame, type_: Type, span: Span) -> None:
    """Without a declared type the returns of a block agree among themselves, on something with tensors."""
    body = frame.body
    both = join(body.returns or ANY, type_)
    if type_ is not ANY and not holds_tensor(type_):
        message = f"a block gives tensors, this is `{type_}`"
        hint = mismatch_hint(type_, TENSOR, frame.report) or "a function (`fn`) gives values"
        frame.report.error(codes.WRONG_RETURN, message, span, f"this is `{type_}`", hint=hint)
        both = body.returns or ANY
    elif both is None and body.returned_at is not None:
        message = f"this return gives `{type_}`, another one `{body.returns}`"
        others = (Label(body.returned_at, f"this is `{body.returns}`"),)
        frame.report.error(codes.WRONG_RETURN, message, span, f"this is `{type_}`", others=others)
    body.returns = both or body.returns
    body.returned_at = body.returned_at or span


# Inputs and outputs -------------------------------------------------------------------------


def _input(frame: Frame, node: Input) -> bool:
    _borders(frame, "input", node.span)
    check_shape(frame, node.type)
    take_label(frame, node.name)  # it is a path like a layer's
    declare(frame, node.name, Kind.INPUT, TENSOR)
    return False


def _output(frame: Frame, node: OutputStatement) -> bool:
    type_ = infer(frame, node.value)
    if not _borders(frame, "output", node.span):
        return False
    for name in node.names:
        _take_output(frame, name)
    if not _gives(type_, len(node.names)):
        _refuse_output(frame, node, type_)
    return False


def _gives(type_: Type, count: int) -> bool:
    """Whether a value is as many tensors as there are outputs."""
    if count == 1 or type_ is ANY:
        return fits(type_, TENSOR)
    if isinstance(type_, TupleOf):
        return len(type_.elements) == count and all(fits(element, TENSOR) for element in type_.elements)
    return fits(type_, ListOf(TENSOR))


def _refuse_output(frame: Frame, node: OutputStatement, type_: Type) -> None:
    count = len(node.names)
    expected = "an output is a `tensor`" if count == 1 else f"{count} outputs take as many tensors"
    hint = mismatch_hint(type_, TENSOR, frame.report)
    if count == 1 and holds_tensor(type_):
        hint = "name each: `output a, b = ...`"
    frame.report.error(
        codes.WRONG_OUTPUT, f"{expected}, not `{type_}`", node.value.span, f"this is `{type_}`", hint=hint
    )


def _borders(frame: Frame, what: str, span: Span) -> bool:
    """Whether an input or output stands where one can."""
    in_block = "a block takes its tensors as parameters and returns its results"
    in_loop = "every turn would declare it again; gather a list and take it apart after the loop"
    return need_model(frame, what, span, in_block=in_block, in_loop=in_loop)


def _take_output(frame: Frame, name: Identifier) -> None:
    first = frame.results.take("output", name.name, name.span)
    if first is None:
        return
    others = (Label(first, "declared here first"),)
    message = f"the output `{name.name}` is declared twice"
    frame.report.error(codes.DECLARED_TWICE, message, name.span, "declared again", others=others)


# Local functions ----------------------------------------------------------------------------


def _function(frame: Frame, node: Function) -> bool:
    """A local function knows what is declared before it, and not itself."""
    signature = signature_of(node, frame.report)
    check_function(frame.report, frame.scope, node, signature, frame.body)
    declare(frame, node.name, Kind.FUNCTION, FunctionOf(signature))
    return False


_CHECKS: dict[type, Callable[[Frame, Any], bool]] = {
    Assign: _assign,
    For: _for,
    If: _if,
    Return: _return,
    Input: _input,
    OutputStatement: _output,
    Function: _function,
    Choice: check_choice,
    Where: check_where,
    Repeat: _repeat,
    Require: check_require,
    Expect: check_expect,
    Annotated: _annotated,
    AnnotatedPaths: check_annotated_paths,
}
