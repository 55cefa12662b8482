"""The types of what operators give."""

from __future__ import annotations

from .. import codes
from ..assignable import fits, holds_tensor, is_callable, join, join_all, members
from ..diagnostics import Label
from ..source import Span
from ..suggest import did_you_mean
from ..tree import Binary, Unary
from ..types import ACTIVATION, ANY, BOOL, FLOAT, INT, STRING, TENSOR, FunctionOf, ListOf, Type, Words
from .frame import Frame

_ON_TENSORS = frozenset("+-*/")
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "**"))
_EQUALITY = frozenset(("==", "!="))
_ORDER = frozenset(("<", "<=", ">", ">="))
_COMPARED_BLOCKS = 'activations can be compared, blocks can not: choose a word, and take the block by `kind == "conv"`'
_WAITING_BLOCKS = "a block still waits for its tensors: give them first, or with `|>`"
_LOGIC = frozenset(("and", "or"))


def binary(frame: Frame, node: Binary, left: Type, right: Type) -> Type:
    """The type of `left operator right`, with whatever is wrong about it reported."""
    if node.operator in _LOGIC:
        need_bool(frame, left, node.left.span, f"`{node.operator}`")
        need_bool(frame, right, node.right.span, f"`{node.operator}`")
        return BOOL
    result = binary_type(node.operator, left, right)
    if result is None:
        return _refuse(frame, node, left, right)
    if result is TENSOR:
        frame.makes_layer(node.span)
    if node.operator in _EQUALITY:
        _need_common_word(frame, node, left, right)
    return result


def unary(frame: Frame, node: Unary, operand: Type) -> Type:
    """The type of `operator operand`, with whatever is wrong about it reported."""
    if node.operator == "not":
        need_bool(frame, operand, node.operand.span, "`not`")
        return BOOL
    able = [part for part in members(operand) if part is ANY or part is TENSOR or fits(part, FLOAT)]
    if not able:
        message = f"`-` takes a number or a tensor, not `{operand}`"
        return frame.report.error(codes.WRONG_OPERANDS, message, node.operand.span, f"this is `{operand}`")
    if TENSOR in able:
        frame.makes_layer(node.span)
    return join_all(able) or ANY


def need_bool(frame: Frame, type_: Type, span: Span, what: str) -> None:
    """Report what is no bool where `what` takes one."""
    if not fits(type_, BOOL):
        hint = "compare it: `... > 0`" if fits(type_, FLOAT) else None
        message = f"{what} takes a bool, not `{type_}`"
        frame.report.error(codes.NOT_BOOL, message, span, f"this is `{type_}`", hint=hint)


def binary_type(operator: str, left: Type, right: Type) -> Type | None:
    """The type of an operation, None where there is none.

    Of a union it is enough that some member can be meant: `kernel > 1` is fine for `int | (int, int)`,
    and refused when it comes to be done on a tuple.
    """
    results = [_plain_type(operator, a, b) for a in members(left) for b in members(right)]
    able = [result for result in results if result is not None]
    return join_all(able) if able else None


def _plain_type(operator: str, left: Type, right: Type) -> Type | None:
    if operator in _ARITHMETIC:
        return _arithmetic_type(operator, left, right)
    if operator in _EQUALITY:
        return BOOL if _comparable(left, right) else None
    if operator in _ORDER:
        return BOOL if fits(left, FLOAT) and fits(right, FLOAT) else None
    if operator == "..":
        return ListOf(INT) if fits(left, INT) and fits(right, INT) else None
    return BOOL if _contains(left, right) else None


def _arithmetic_type(operator: str, left: Type, right: Type) -> Type | None:
    if left is ANY or right is ANY:
        return ANY
    if fits(left, FLOAT) and fits(right, FLOAT):
        return FLOAT if operator == "/" else join(left, right)
    if operator == "+":
        return _tensor_type(left, right) or _concatenation_type(left, right)
    return _tensor_type(left, right) if operator in _ON_TENSORS else None


def _tensor_type(left: Type, right: Type) -> Type | None:
    tensors = (left is TENSOR) + (right is TENSOR)
    return TENSOR if tensors == 2 or (tensors and (fits(left, FLOAT) or fits(right, FLOAT))) else None


def _concatenation_type(left: Type, right: Type) -> Type | None:
    if fits(left, STRING) and fits(right, STRING):
        return STRING
    both_lists = isinstance(left, ListOf) and isinstance(right, ListOf)
    return join(left, right) if both_lists else None


def _comparable(left: Type, right: Type) -> bool:
    if left is ANY or right is ANY:
        return True
    if isinstance(left, FunctionOf) or holds_tensor(left) or holds_tensor(right):
        return False
    if is_callable(left) or is_callable(right):
        return fits(left, ACTIVATION) and fits(right, ACTIVATION)
    return join(left, right) is not None


def _contains(item: Type, values: Type) -> bool:
    return values is ANY or (isinstance(values, ListOf) and _comparable(item, values.element))


def _need_common_word(frame: Frame, node: Binary, left: Type, right: Type) -> None:
    """A word compared with several that it is none of is a slip of the pen."""
    for one, several, span in ((left, right, node.left.span), (right, left, node.right.span)):
        if not (isinstance(one, Words) and isinstance(several, Words)) or len(several.words) < 2:
            continue
        if set(one.words).isdisjoint(several.words):
            hint = did_you_mean(_quoted(frame.report.suggest(one.words[0], several.words)))
            message = f"a value of type `{several}` is never `{one}`"
            frame.report.error(codes.WRONG_OPERANDS, message, span, "none of its words", hint=hint)
            return


def _quoted(word: str | None) -> str | None:
    return None if word is None else f'"{word}"'


def _refuse(frame: Frame, node: Binary, left: Type, right: Type) -> Type:
    return frame.report.error(
        codes.WRONG_OPERANDS,
        f"`{node.operator}` can't take `{left}` and `{right}`",
        node.left.span,
        f"this is `{left}`",
        others=(Label(node.right.span, f"this is `{right}`"),),
        hint=_operand_hint(node.operator, left, right),
    )


def _operand_hint(operator: str, left: Type, right: Type) -> str | None:
    both = (left, right)
    if any(map(is_callable, both)):
        return _COMPARED_BLOCKS if operator in _EQUALITY else _WAITING_BLOCKS
    if any(map(holds_tensor, both)):
        return _tensor_operand_hint(operator, left, right)
    if operator == "in":
        return "the right side is a list: `kernel in [3, 5]`"
    if operator == "..":
        return "the ends of a range are ints"
    if operator == "+" and isinstance(left, ListOf) and not isinstance(right, ListOf):
        return "put the item into a list: `xs + [x]`"
    return None


def _tensor_operand_hint(operator: str, left: Type, right: Type) -> str | None:
    both = (left, right)
    if operator == "+" and TENSOR in both and any(isinstance(type_, ListOf) for type_ in both):
        return "put the tensor into a list: `xs + [x]`"
    if operator in _ON_TENSORS and TENSOR in both:
        return "a tensor goes with a tensor or a number"
    if TENSOR not in both:
        return None
    return "tensors have `+`, `-`, `*` and `/`; their numbers are not known when the program is compiled"
