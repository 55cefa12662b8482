"""The operators of the language on compile-time values. Total and bounded: what has no result, or too
large a one, is a `EvaluationError`."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from ..codes import ARITHMETIC, OUT_OF_RANGE, WRONG_VALUE
from .errors import EvaluationError
from .meter import Meter
from .values import describe


def binary(symbol: str, left: Any, right: Any, meter: Meter) -> Any:
    """`left symbol right`. `and` and `or` are not here: they may leave their right side unevaluated."""
    if symbol in _ANY_VALUES:
        return _ANY_VALUES[symbol](left, right, meter)
    if symbol == "+" and type(left) is type(right) and type(left) in (list, str):
        return _concatenate(left, right, meter)
    if not (is_number(left) and is_number(right)):
        raise EvaluationError(WRONG_VALUE, f"`{symbol}` does not go with {describe(left)} and {describe(right)}")
    if symbol in _ORDER:
        return _ORDER[symbol](left, right)
    return _calculate(symbol, left, right, meter)


def negative(value: Any, meter: Meter) -> int | float:
    """`-value`, of a number."""
    if not is_number(value):
        raise EvaluationError(WRONG_VALUE, f"`-` needs a number or a tensor, found {describe(value)}")
    return checked(-value, meter)


def truth(value: Any, what: str) -> bool:
    """The value, if it is a bool."""
    if type(value) is not bool:
        raise EvaluationError(WRONG_VALUE, f"{what} must be true or false, found {describe(value)}")
    return value


def is_number(value: Any) -> bool:
    """Whether it is an int or a float; a bool is neither."""
    return type(value) is int or type(value) is float


# Comparison ---------------------------------------------------------------------------------

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def equal(left: Any, right: Any, meter: Meter) -> bool:
    """Numbers by value, lists and tuples item by item, layers by identity."""
    meter.spend_step()
    if is_number(left) and is_number(right):
        return bool(left == right)
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(equal(a, b, meter) for a, b in zip(left, right, strict=True))
    return bool(left == right) if isinstance(left, str) else left is right


def _contains(item: Any, items: Any, meter: Meter) -> bool:
    if not isinstance(items, list):
        raise EvaluationError(WRONG_VALUE, f"`in` needs a list on its right, found {describe(items)}")
    return any(equal(item, other, meter) for other in items)


# Lists and strings --------------------------------------------------------------------------


def _upto(start: Any, end: Any, meter: Meter) -> list[int]:
    if type(start) is not int or type(end) is not int:
        raise EvaluationError(WRONG_VALUE, f"`..` needs two ints, found {describe(start)} and {describe(end)}")
    meter.need_list(max(0, end - start))
    return list(range(start, end))


_ANY_VALUES: dict[str, Callable[[Any, Any, Meter], Any]] = {
    "==": equal,
    "!=": lambda left, right, meter: not equal(left, right, meter),
    "in": _contains,
    "..": _upto,
}


def _concatenate(left: Any, right: Any, meter: Meter) -> Any:
    need = meter.need_string if type(left) is str else meter.need_list
    need(len(left) + len(right))
    return left + right


def item(items: Any, index: Any) -> Any:
    """`items[index]`; a negative index counts from the end."""
    if not isinstance(items, list | tuple):
        raise EvaluationError(WRONG_VALUE, f"only lists and tuples have items, found {describe(items)}")
    if type(index) is not int:
        raise EvaluationError(WRONG_VALUE, f"an index must be of type `int`, found {describe(index)}")
    if not -len(items) <= index < len(items):
        count = "1 item" if len(items) == 1 else f"{len(items)} items"
        raise EvaluationError(OUT_OF_RANGE, f"index {describe(index)} is out of range: there are {count}")
    return items[index]


# Numbers ------------------------------------------------------------------------------------


def _calculate(symbol: str, left: int | float, right: int | float, meter: Meter) -> int | float:
    if symbol in "/%" and right == 0:
        raise EvaluationError(ARITHMETIC, f"division by zero: {describe(left)} {symbol} {describe(right)}")
    try:
        result = _power(left, right, meter) if symbol == "**" else _NUMBERS[symbol](left, right)
    except OverflowError:
        result = math.inf
    return checked(result, meter)


_NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}


def _power(base: int | float, exponent: int | float, meter: Meter) -> Any:
    if base == 0 and exponent < 0:
        raise EvaluationError(ARITHMETIC, f"division by zero: 0 ** {describe(exponent)}")
    if base < 0 and type(exponent) is float and not exponent.is_integer():
        raise EvaluationError(ARITHMETIC, f"{describe(base)} ** {describe(exponent)} is not a real number")
    if type(base) is not int or type(exponent) is not int:
        return float(base) ** exponent
    if exponent < 0:
        message = f"{base} ** {exponent} is no int"
        raise EvaluationError(ARITHMETIC, message, hint=f"write `{base}.0 ** {exponent}` for a float")
    if abs(base) > 1:
        meter.need_bits((abs(base).bit_length() - 1) * exponent)
    return base**exponent


def checked(number: int | float, meter: Meter) -> int | float:
    """The number, if it is within the range of its type. Every number made passes through here."""
    if type(number) is int:
        meter.need_bits(number.bit_length() + 1)
    elif not math.isfinite(number):
        raise EvaluationError(ARITHMETIC, "the result is not a finite number", label="overflows")
    return number
