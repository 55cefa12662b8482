"""The value builtins: what they are called with and what they give. Their values are computed by the elaborator.

Operators are no builtins; they are declared in `compiler/ops` and injected where names are resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from .assignable import fits, holds_tensor, join
from .record import record
from .source import Span
from .tree import Name
from .types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    INTERVAL,
    TENSOR,
    FunctionOf,
    ListOf,
    OneOf,
    Parameter,
    Signature,
    TupleOf,
    Type,
)

Arguments = Sequence[Type]


@record
class Builtin:
    """A builtin function.

    `result` gives the type of a call from the types of its positional arguments, or None where they don't go
    together; `expects` then says what does. A call has passed the signature before `result` is asked.
    `variadic`: the only parameter takes one argument or more.
    """

    signature: Signature
    result: Callable[[Arguments], Type | None]
    expects: str = ""
    variadic: bool = False


NUMBERS = ListOf(FLOAT)
ANY_LIST = ListOf(ANY)
# A default may speak of the parameters before it, here and in a program.
_DIVISOR = Name("divisor", Span("builtins", 1, 1, 1, 8))


def _element(type_: Type) -> Type:
    return type_.element if isinstance(type_, ListOf) else ANY


def _number(type_: Type) -> Type:
    """`int` stays int; whatever else passes for a number is a float."""
    return INT if type_ is not ANY and fits(type_, INT) else FLOAT


def _common_number(arguments: Arguments) -> Type:
    return INT if all(_number(argument) is INT for argument in arguments) else FLOAT


def _extreme(arguments: Arguments) -> Type | None:
    """Several numbers, or one list of them."""
    if len(arguments) == 1:
        return _number(_element(arguments[0])) if fits(arguments[0], NUMBERS) else None
    if not all(fits(argument, FLOAT) for argument in arguments):
        return None
    return _common_number(arguments)


def _zipped(arguments: Arguments) -> Type | None:
    if len(arguments) < 2:
        return None
    return ListOf(TupleOf(tuple(map(_element, arguments))))


def _without_repetitions(arguments: Arguments) -> Type | None:
    element = _element(arguments[0])
    return None if holds_tensor(element) or isinstance(element, FunctionOf) else join(ANY_LIST, arguments[0])


def _function(name: str, returns: Type, doc: str, *parameters: Parameter) -> Signature:
    return Signature(name, (), parameters, returns, doc)


def _plain(name: str, returns: Type, doc: str, *parameters: Parameter) -> Builtin:
    return Builtin(_function(name, returns, doc, *parameters), lambda _: returns)


def _of_tensor(name: str, returns: Type, doc: str) -> Builtin:
    return Builtin(Signature(name, (Parameter("x", TENSOR),), (), returns, doc), lambda _: returns)


def _interval(name: str, doc: str) -> Builtin:
    low, high = Parameter("low", FLOAT, doc="the least value"), Parameter("high", FLOAT, doc="the greatest value")
    return _plain(name, INTERVAL, doc, low, high)


_VALUE = Parameter("value", FLOAT)
_NUMBER_OR_BOOL = Parameter("value", OneOf((FLOAT, BOOL)))
_NUMBERS = Parameter("values", NUMBERS)
_VALUES = Parameter("values", ANY_LIST)
_EXTREME = Parameter("values", OneOf((FLOAT, NUMBERS)))
_EXTREME_EXPECTS = "two numbers or more, or one list of numbers"

_ALL = (
    _plain(
        "make_divisible",
        INT,
        "The multiple of `divisor` nearest to `value`, as MobileNets round channels.",
        Parameter("value", FLOAT, doc="a number of channels, not yet whole"),
        Parameter("divisor", INT, 8, doc="the result is a multiple of this"),
        Parameter("min", INT, _DIVISOR, doc="the smallest result"),
        Parameter("guard", FLOAT, 0.9, doc="the result is at least this part of the value"),
    ),
    Builtin(
        _function("max", FLOAT, "The greatest of several numbers, or of a list of them.", _EXTREME),
        _extreme,
        _EXTREME_EXPECTS,
        variadic=True,
    ),
    Builtin(
        _function("min", FLOAT, "The least of several numbers, or of a list of them.", _EXTREME),
        _extreme,
        _EXTREME_EXPECTS,
        variadic=True,
    ),
    Builtin(_function("abs", FLOAT, "A number without its sign.", _VALUE), lambda given: _number(given[0])),
    _plain("round", INT, "The nearest int; halves go to the even one.", _VALUE),
    _plain("floor", INT, "The greatest int that is not above the number.", _VALUE),
    _plain("ceil", INT, "The least int that is not below the number.", _VALUE),
    _plain("int", INT, "The number without its fraction; true is 1.", _NUMBER_OR_BOOL),
    _plain("float", FLOAT, "The number as a float; true is 1.0.", _NUMBER_OR_BOOL),
    _plain("len", INT, "The number of items of a list.", _VALUES),
    Builtin(_function("sum", FLOAT, "The sum of a list.", _NUMBERS), lambda given: _number(_element(given[0]))),
    Builtin(
        _function(
            "zip", ListOf(TupleOf((ANY, ANY))), "Lists of equal length side by side.", Parameter("lists", ANY_LIST)
        ),
        _zipped,
        "two lists or more",
        variadic=True,
    ),
    Builtin(
        _function("enumerate", ListOf(TupleOf((INT, ANY))), "The items of a list, each after its index.", _VALUES),
        lambda given: ListOf(TupleOf((INT, _element(given[0])))),
    ),
    Builtin(
        _function("reversed", ANY_LIST, "A list from its end to its start.", _VALUES),
        lambda given: join(ANY_LIST, given[0]),
    ),
    Builtin(
        _function("distinct", ANY_LIST, "A list without repetitions, each item where it stands first.", _VALUES),
        _without_repetitions,
        "a list of values that can be told apart",
    ),
    Builtin(
        _function(
            "stepped",
            NUMBERS,
            "The numbers from `low` in equal steps, up to `high` and with it where a step meets it.",
            Parameter("low", FLOAT, doc="the first number"),
            Parameter("high", FLOAT, doc="what no number is above"),
            Parameter("step", FLOAT, doc="what each number is above the one before it"),
        ),
        lambda given: ListOf(_common_number(given)),
    ),
    _interval("uniform", "A number between two others, all equally likely. Only carried: nothing can read it."),
    _interval("log_uniform", "A number between two others, equally likely in its logarithm. Only carried likewise."),
    _of_tensor("channels", INT, "The size of a tensor's last axis."),
    _of_tensor("height", INT, "The size of axis 1 of a tensor [N, H, W, C]."),
    _of_tensor("width", INT, "The size of axis 2 of a tensor [N, H, W, C]."),
    _of_tensor("shape", ListOf(INT), "The sizes of a tensor's axes after the first, which is the batch."),
    _plain(
        "constant",
        TENSOR,
        "A tensor written in the program; not learned.",
        Parameter("values", OneOf((FLOAT, ANY_LIST)), doc="a number, or nested lists of equal length"),
    ),
)

BUILTINS: Mapping[str, Builtin] = MappingProxyType({builtin.signature.name: builtin for builtin in _ALL})
