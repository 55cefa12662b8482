"""What the expressions of the language are worth, but for calls."""

from __future__ import annotations

from typing import Any

from ...dsl import tree
from ..codes import WRONG_VALUE
from ..initializers import Written
from ..ir import Value
from .arithmetic import binary, is_number, item, negative, truth
from .calls import call
from .errors import EvaluationError
from .layers import Site, apply_operator
from .patterns import turns
from .place import Place
from .run import Frame, evaluate, evaluates, visit
from .values import POISON, describe

_TENSOR_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


@evaluates(tree.Name)
def _name(frame: Frame, node: tree.Name) -> Any:
    return frame.scope.find(node.name)


@evaluates(tree.ListExpr)
def _list(frame: Frame, node: tree.ListExpr) -> Any:
    items = [evaluate(frame, item) for item in node.items]
    frame.run.meter.need_list(len(items))
    return POISON if POISON in items else items


@evaluates(tree.TupleExpr)
def _tuple(frame: Frame, node: tree.TupleExpr) -> Any:
    items = tuple([evaluate(frame, item) for item in node.items])
    return POISON if POISON in items else items


@evaluates(tree.Conditional)
def _conditional(frame: Frame, node: tree.Conditional) -> Any:
    """Only the branch taken is elaborated."""
    chosen: tree.Expr = node
    while isinstance(chosen, tree.Conditional):
        condition = evaluate(frame, chosen.condition)
        if condition is POISON:
            return POISON
        chosen = chosen.then if truth(condition, "a condition") else chosen.otherwise
    return evaluate(frame, chosen)


@evaluates(tree.Subscript)
def _subscript(frame: Frame, node: tree.Subscript) -> Any:
    items, index = evaluate(frame, node.value), evaluate(frame, node.index)
    return POISON if POISON in (items, index) else item(items, index)


@evaluates(tree.Unary)
def _unary(frame: Frame, node: tree.Unary) -> Any:
    value = evaluate(frame, node.operand)
    if value is POISON:
        return POISON
    if node.operator == "not":
        return not truth(value, "the operand of `not`")
    if isinstance(value, Value):
        return _tensor_node(frame, node, "neg", (value,))
    return negative(value, frame.run.meter)


# Binary operators ---------------------------------------------------------------------------


@evaluates(tree.Binary)
def _binary(frame: Frame, node: tree.Binary) -> Any:
    """From the innermost left operand outwards, so that a long sum is no deep recursion."""
    spine = [node]
    while isinstance(left := spine[-1].left, tree.Binary):
        spine.append(left)
    value = evaluate(frame, spine[-1].left)
    for outer in reversed(spine):
        value = visit(frame, outer, _combine, value)
    return value


def _combine(frame: Frame, node: tree.Binary, left: Any) -> Any:
    if node.operator in ("and", "or"):
        return _connect(frame, node, left)
    right = evaluate(frame, node.right)
    if left is POISON or right is POISON:
        return POISON
    if isinstance(left, Value) or isinstance(right, Value):
        return _tensor_arithmetic(frame, node, left, right)
    return binary(node.operator, left, right, frame.run.meter)


def _connect(frame: Frame, node: tree.Binary, left: Any) -> Any:
    """`and`, `or`: the right side only where the left does not decide."""
    if left is POISON:
        return POISON
    what = f"an operand of `{node.operator}`"
    if truth(left, what) is (node.operator == "or"):
        return left
    right = evaluate(frame, node.right)
    return POISON if right is POISON else truth(right, what)


def _tensor_arithmetic(frame: Frame, node: tree.Binary, left: Any, right: Any) -> Value:
    name = _TENSOR_OPERATORS.get(node.operator)
    if name is None or not all(isinstance(side, Value) or is_number(side) for side in (left, right)):
        message = f"`{node.operator}` does not go with {describe(left)} and {describe(right)}"
        raise EvaluationError(WRONG_VALUE, message)
    return _tensor_node(frame, node, name, (left, right))


def _tensor_node(frame: Frame, node: tree.Unary | tree.Binary, name: str, sides: tuple[Any, ...]) -> Value:
    """An operator that is written as a sign. A number beside a tensor becomes a constant of its type."""
    path, _ = frame.place.layer(name, node.span, labelled=False)
    dtype = next(side.type.dtype for side in sides if isinstance(side, Value))
    operands = [
        side
        if isinstance(side, Value)
        else frame.run.builder.constant(f"{path}.{operand}", Written((side,), dtype, ()), node.span)
        for operand, side in zip("ab", sides, strict=False)
    ]
    site = Site(path, lambda: path, node.span)
    result: Value = apply_operator(frame.run, frame.run.operators[name], operands, {}, site)
    return result


# Labels and comprehensions ------------------------------------------------------------------


@evaluates(tree.Labelled)
def _labelled(frame: Frame, node: tree.Labelled) -> Any:
    """A label on a call names its layer; on anything else it opens a scope of paths."""
    if isinstance(node.value, tree.Call):
        return visit(frame, node.value, call, node.label)
    label = node.label
    place = Place(lambda: frame.place.layer(label.name, label.span, labelled=True))
    return evaluate(frame.at(place), node.value)


@evaluates(tree.Comprehension)
def _comprehension(frame: Frame, node: tree.Comprehension) -> Any:
    items = evaluate(frame, node.iterable)
    if items is POISON:
        return POISON
    made = []
    for turn in turns(frame, node, items):
        keep = True if node.condition is None else evaluate(turn, node.condition)
        if keep is POISON:
            return POISON
        if truth(keep, "the condition of a comprehension"):
            made.append(evaluate(turn, node.element))
    return POISON if POISON in made else made
