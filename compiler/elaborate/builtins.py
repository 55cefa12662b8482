"""What the builtin functions compute. Their signatures are the language's, in `dsl/builtins.py`; a call has
been fitted to its signature before it comes here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...dsl.builtins import BUILTINS
from ...dsl.dtypes import DType
from ..codes import ARITHMETIC, WRONG_VALUE
from ..initializers import Written
from ..ir import Value
from .arithmetic import is_number
from .errors import EvaluationError
from .meter import Meter
from .values import BuiltinValue, Interval, describe

if TYPE_CHECKING:
    from fractions import Fraction

Number = int | float


def make_divisible(value: float, divisor: int, min: int, guard: float) -> int:  # noqa: A002  # the language's word
    """The rounding of channels in TensorFlow's MobileNets: `research/slim/nets/mobilenet/mobilenet.py`."""
    if divisor < 1:
        raise EvaluationError(ARITHMETIC, f"`divisor` is {divisor}, it must be at least 1")
    rounded = max(min, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < guard * value else rounded


def _numbers(values: tuple[Any, ...]) -> list[Number]:
    """The numbers of `max(1, 2)` or of `max([1, 2])`."""
    numbers: list[Number] = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    if not numbers:
        raise EvaluationError(ARITHMETIC, "an empty list has neither a greatest nor a least number")
    if not all(map(is_number, numbers)):
        raise EvaluationError(WRONG_VALUE, "either several numbers or one list of them is compared")
    return numbers


def _zip(*lists: list[Any]) -> list[Any]:
    lengths = [len(items) for items in lists]
    if len(set(lengths)) > 1:
        raise EvaluationError(
            WRONG_VALUE, f"`zip` needs lists of equal length, found lengths {', '.join(map(str, lengths))}"
        )
    return list(zip(*lists, strict=True))


def _steps(low: Number, high: Number, step: Number) -> int:
    """How many numbers `stepped` gives."""
    if step <= 0:
        raise EvaluationError(ARITHMETIC, f"`step` is {step}, it must be above 0")
    return max(0, (_exact(high) - _exact(low)) // _exact(step) + 1)


def _stepped(low: Number, high: Number, step: Number) -> list[Number]:
    """Counted as it is written: 0.1 to 0.3 by 0.1 ends with 0.3, and not before 0.30000000000000004."""
    number = int if all(type(given) is int for given in (low, high, step)) else float
    first, distance = _exact(low), _exact(step)
    return [number(first + index * distance) for index in range(_steps(low, high, step))]


def _exact(number: Number) -> Fraction:
    """The decimal fraction that a program writes for the number."""
    from fractions import Fraction  # noqa: PLC0415  # few programs have steps

    return Fraction(number if type(number) is int else repr(number))


def _distinct(values: list[Any]) -> list[Any]:
    first: dict[object, Any] = {}
    for value in values:
        first.setdefault(_key(value), value)
    return list(first.values())


def _key(value: Any) -> object:
    """What can be looked up and is equal where the values are."""
    return tuple(map(_key, value)) if isinstance(value, list | tuple) else value


def _interval(low: Number, high: Number, log: bool) -> Interval:
    if not low < high:
        raise EvaluationError(ARITHMETIC, f"`low` is {low}, it must be below `high`, which is {high}")
    if log and low <= 0:
        raise EvaluationError(ARITHMETIC, f"`low` is {low}, it must be above 0: its logarithm is taken")
    return Interval(float(low), float(high), log)


def _axis(x: Value, axis: int, name: str) -> int:
    if name != "channels" and x.type.rank != 4:
        raise EvaluationError(WRONG_VALUE, f"`{name}` needs an image [N, H, W, C], found {describe(x)}")
    return _known(x, axis, name)


def _known(x: Value, axis: int, name: str) -> int:
    dim = x.type.shape[axis]
    if isinstance(dim, str):
        raise EvaluationError(WRONG_VALUE, f"`{name}` needs a known size, axis `{dim}` of {describe(x)} is symbolic")
    return dim


def _shape(x: Value) -> list[int]:
    return [_known(x, axis, "shape") for axis in range(1, x.type.rank)]


def written(values: Any, meter: Meter) -> Written:
    """The elements of `constant(values)`. Raises EvaluationError where nested lists differ in length."""
    shape: list[int] = []
    level = [values]
    while level and isinstance(level[0], list):
        shape.append(len(level[0]))
        if any(not isinstance(items, list) or len(items) != shape[-1] for items in level):
            raise EvaluationError(WRONG_VALUE, "the nested lists of a constant must be of equal length")
        meter.need_list(len(level) * shape[-1])
        level = [item for items in level for item in items]
    if not all(map(is_number, level)):
        raise EvaluationError(WRONG_VALUE, "a constant is made of numbers")
    return Written(tuple(map(float, level)), DType.F32, tuple(shape))


_COMPUTE: Mapping[str, Callable[..., Any]] = {
    "make_divisible": make_divisible,
    "max": lambda *values: max(_numbers(values)),
    "min": lambda *values: min(_numbers(values)),
    "abs": abs,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "int": int,
    "float": float,
    "len": len,
    "sum": sum,
    "zip": _zip,
    "enumerate": lambda values: list(enumerate(values)),
    "reversed": lambda values: values[::-1],
    "distinct": _distinct,
    "stepped": _stepped,
    "uniform": lambda low, high: _interval(low, high, log=False),
    "log_uniform": lambda low, high: _interval(low, high, log=True),
    "channels": lambda x: _axis(x, -1, "channels"),
    "height": lambda x: _axis(x, 1, "height"),
    "width": lambda x: _axis(x, 2, "width"),
    "shape": _shape,
}

_LENGTHS: Mapping[str, Callable[..., int]] = {"stepped": _steps}

FUNCTIONS: Mapping[str, BuiltinValue] = {
    name: BuiltinValue(BUILTINS[name].signature, BUILTINS[name].variadic, compute, _LENGTHS.get(name))
    for name, compute in _COMPUTE.items()
}
"""Every builtin but `constant`, which makes a parameter and so needs the graph."""
