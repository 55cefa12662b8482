"""The type of every expression.

`infer` walks down what stands leftmost (the left side of an operator or pipe, the callee of a call) in a
loop, and up again: a chain of a thousand pipes is no deeper than one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import codes
from ..assignable import fits, join, join_all, members
from ..diagnostics import Label
from ..source import Span
from ..tree import (
    Argument,
    Binary,
    Call,
    Comprehension,
    Conditional,
    Expr,
    For,
    Identifier,
    Labelled,
    ListExpr,
    Literal,
    Name,
    Pipe,
    Subscript,
    TupleExpr,
    Unary,
)
from ..types import ANY, BOOL, FLOAT, INT, STRING, TENSOR, BlockOf, FunctionOf, InstanceOf, ListOf, TupleOf, Type, Words
from .arithmetic import binary, need_bool, unary
from .binding import Given, Site
from .calls import call
from .frame import Frame
from .lookup import type_of_name
from .patterns import bind_pattern, declare_loop_variable, take_label
from .written import bounded

MAX_WORD = 40
"""A longer string is no word of a union."""

_LIST_HINTS = {"int": "a range counts: `0..n`", "tensor": "`split` gives a list of tensors"}
_LITERALS: dict[type, Type] = {bool: BOOL, int: INT, float: FLOAT}


def infer(frame: Frame, expr: Expr) -> Type:
    """The type of the expression; `any` where it is in error, which is reported."""
    spine: list[Any] = []
    while (head := _HEADS.get(type(expr))) is not None:
        spine.append(expr)
        expr = head(expr)
    type_ = _LEAVES[type(expr)](frame, expr)
    while spine:
        node = spine.pop()
        type_ = _STEPS[type(node)](frame, node, type_)
    return type_


def need_list(frame: Frame, expr: Expr, what: str) -> Type:
    """The type of the items of `expr`, which a loop runs over."""
    type_ = infer(frame, expr)
    if isinstance(type_, ListOf) or type_ is ANY:
        return type_.element if isinstance(type_, ListOf) else ANY
    hint = "a list is written `[...]`" if isinstance(type_, TupleOf) else _LIST_HINTS.get(str(type_))
    message = f"{what} runs over a list, not `{type_}`"
    return frame.report.error(codes.NOT_ITERABLE, message, expr.span, f"this is `{type_}`", hint=hint)


def check_loop_label(frame: Frame, node: For | Comprehension, layers_before: int) -> None:
    """A loop that makes layers gives them a label: by `as`, or by its single variable."""
    if node.label is not None or not node.pattern.takes_apart or frame.body.layers == layers_before:
        return
    frame.report.error(
        codes.LOOP_WITHOUT_LABEL,
        "this loop makes layers and takes several values apart, so that its turns have no name",
        node.pattern.span,
        "no single name",
        hint="name its turns with `as`: `for (a, b) in ... as stage`",
    )


# Leaves -------------------------------------------------------------------------------------


def _literal(_frame: Frame, node: Literal) -> Type:
    if isinstance(node.value, str):
        return Words((node.value,)) if len(node.value) <= MAX_WORD else STRING
    return _LITERALS[type(node.value)]


def _list(frame: Frame, node: ListExpr) -> Type:
    return _list_of(frame, node, [infer(frame, item) for item in node.items])


def _list_of(frame: Frame, node: ListExpr, types: list[Type]) -> Type:
    """The type of a list whose items have these types."""
    if any(type_ is ANY for type_ in types):
        return ListOf(ANY)
    element: Type = ANY
    for index, type_ in enumerate(types):
        if type_ is element:
            continue
        both = join(element, type_)
        if both is None:
            _refuse_item(frame, node, index, element, type_)
            return ListOf(ANY)
        element = both
    return bounded(ListOf(element), node.span, frame.report)


def _refuse_item(frame: Frame, node: ListExpr, index: int, element: Type, type_: Type) -> None:
    frame.report.error(
        codes.MIXED_LIST,
        f"item {index + 1} of this list {_unlike(type_, element)}",
        node.items[index].span,
        f"this is `{type_}`",
        others=(Label(node.items[0].span, "the first item"),),
    )


def _unlike(type_: Type, element: Type) -> str:
    if isinstance(type_, TupleOf) and isinstance(element, TupleOf) and len(type_.elements) != len(element.elements):
        return f"has {len(type_.elements)} values, those before it have {len(element.elements)}"
    return f"is `{type_}`, those before it are `{element}`"


def _tuple(frame: Frame, node: TupleExpr) -> Type:
    return bounded(TupleOf(tuple(infer(frame, item) for item in node.items)), node.span, frame.report)


def _conditional(frame: Frame, node: Conditional) -> Type:
    """All branches agree. `else if` chains are walked in a loop."""
    branches: list[Expr] = []
    rest: Expr = node
    while isinstance(rest, Conditional):
        need_bool(frame, infer(frame, rest.condition), rest.condition.span, "`if`")
        branches.append(rest.then)
        rest = rest.otherwise
    branches.append(rest)
    frames = [frame.branch() for _ in branches]
    types = [infer(inner, branch) for inner, branch in zip(frames, branches, strict=True)]
    for inner in frames:
        frame.absorb(inner)
    return _agree(frame, branches, types)


def _agree(frame: Frame, branches: list[Expr], types: list[Type]) -> Type:
    if any(type_ is ANY for type_ in types):
        return ANY
    joined = types[0]
    for branch, type_ in zip(branches, types, strict=True):
        both = join(joined, type_)
        if both is None:
            return frame.report.error(
                codes.BRANCHES_DIFFER,
                f"this branch gives `{type_}`, the ones before it `{joined}`",
                branch.span,
                f"this is `{type_}`",
                others=(Label(branches[0].span, "the first branch"),),
            )
        joined = both
    return joined


def _comprehension(frame: Frame, node: Comprehension) -> Type:
    element = need_list(frame, node.iterable, "a comprehension")
    if node.label is not None:
        take_label(frame, node.label)
    inner = frame.turn()
    layers = frame.body.layers
    bind_pattern(inner, node.pattern, element, declare_loop_variable)
    if node.condition is not None:
        need_bool(inner, infer(inner, node.condition), node.condition.span, "`if`")
    type_ = ListOf(infer(inner, node.element))
    check_loop_label(frame, node, layers)
    return bounded(type_, node.span, frame.report)


def _labelled(frame: Frame, node: Labelled) -> Type:
    take_label(frame, node.label)
    layers = frame.body.layers
    # A label names the layer of a call; anything else under it is a scope of paths of its own.
    type_ = infer(frame if isinstance(node.value, Call) else frame.labelled(), node.value)
    if frame.body.layers == layers and not isinstance(type_, InstanceOf) and type_ is not ANY:
        frame.report.error(
            codes.LABEL_WITHOUT_LAYER,
            f"the label `{node.label.name}` is on something that makes no layer",
            node.label.span,
            f"labels `{type_}`",
            hint="a label stands before the call that makes the layer",
        )
    return type_


# Steps: what is done to the part that stands leftmost ---------------------------------------


def _subscript(frame: Frame, node: Subscript, type_: Type) -> Type:
    index = infer(frame, node.index)
    if not fits(index, INT):
        message = f"an index is an int, not `{index}`"
        return frame.report.error(codes.WRONG_INDEX, message, node.index.span, f"this is `{index}`")
    items = [_item(frame, node, part) for part in members(type_)]
    able = [item for item in items if item is not None]
    if able:
        return join_all(able) or ANY
    hint = "`slice` gives a part of a tensor, `shape(x)[i]` a size" if type_ is TENSOR else None
    message = f"`{type_}` has no items; lists and tuples have"
    return frame.report.error(codes.NOT_INDEXABLE, message, node.value.span, f"this is `{type_}`", hint=hint)


def _item(frame: Frame, node: Subscript, type_: Type) -> Type | None:
    match type_:
        case ListOf(element):
            return element
        case TupleOf(elements):
            return _tuple_item(frame, node, elements)
        case _:
            return ANY if type_ is ANY else None


def _tuple_item(frame: Frame, node: Subscript, elements: tuple[Type, ...]) -> Type:
    index = _constant_index(node.index)
    count = len(elements)
    if index is not None and -count <= index < count:
        return elements[index]
    if index is not None:
        message = f"index {index} is outside a tuple of {count}"
        hint = f"indices count from 0 to {count - 1}"
        return frame.report.error(codes.WRONG_INDEX, message, node.index.span, "not there", hint=hint)
    joined = join_all(elements)
    if joined is not None:
        return joined
    message = f"which item of `{TupleOf(elements)}` is meant must be known here, since they differ in type"
    return frame.report.error(codes.WRONG_INDEX, message, node.index.span, "not a constant")


def _constant_index(expr: Expr) -> int | None:
    match expr:
        case Literal(int(value)):
            return value
        case Unary("-", Literal(int(value))):
            return -value
        case _:
            return None


def _call(frame: Frame, node: Call, callee: Type) -> Type:
    arguments = arguments_of(frame, node.arguments)
    return call(frame, Site(node.span, _callee_name(node.callee, callee), node.callee.span, arguments), callee)


def _pipe(frame: Frame, node: Pipe, left: Type) -> Type:
    """`x |> label: f(args)` and `x |> f`."""
    right = node.right
    if isinstance(right, Labelled):
        take_label(frame, right.label)
        right = right.value
    callee_expr = right.callee if isinstance(right, Call) else right
    callee = infer(frame, callee_expr)
    arguments = arguments_of(frame, right.arguments) if isinstance(right, Call) else []
    site = Site(
        right.span, _callee_name(callee_expr, callee), callee_expr.span, arguments, _piped(left, node.left.span)
    )
    return call(frame, site, callee)


def _piped(left: Type, span: Span) -> list[Given]:
    """The tensors that the left side of a pipe gives: a tuple gives as many as it has items."""
    return [Given(type_, span) for type_ in (left.elements if isinstance(left, TupleOf) else (left,))]


def arguments_of(frame: Frame, arguments: tuple[Argument, ...]) -> list[Given]:
    """What is given to a call or an annotation."""
    return [_given(frame, argument.value, argument.name) for argument in arguments]


def _given(frame: Frame, value: Expr, name: Identifier | None) -> Given:
    """An argument; of a list that is written out, its items too."""
    if not isinstance(value, ListExpr):
        return Given(infer(frame, value), value.span, name)
    types = [infer(frame, item) for item in value.items]
    items = tuple([Given(type_, item.span) for type_, item in zip(types, value.items, strict=True)])
    return Given(_list_of(frame, value, types), value.span, name, items)


def _callee_name(expr: Expr, type_: Type) -> str:
    """How messages name what is called."""
    if isinstance(expr, Name):
        return expr.name
    return type_.signature.name if isinstance(type_, BlockOf | InstanceOf | FunctionOf) else ""


_HEADS: dict[type, Callable[[Any], Expr]] = {
    Binary: lambda node: node.left,
    Pipe: lambda node: node.left,
    Call: lambda node: node.callee,
    Subscript: lambda node: node.value,
    Unary: lambda node: node.operand,
}
_LEAVES: dict[type, Callable[[Frame, Any], Type]] = {
    Literal: _literal,
    Name: type_of_name,
    ListExpr: _list,
    TupleExpr: _tuple,
    Conditional: _conditional,
    Comprehension: _comprehension,
    Labelled: _labelled,
}
_STEPS: dict[type, Callable[[Frame, Any, Type], Type]] = {
    Binary: lambda frame, node, left: binary(frame, node, left, infer(frame, node.right)),
    Pipe: _pipe,
    Call: _call,
    Subscript: _subscript,
    Unary: unary,
}
