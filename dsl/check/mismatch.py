"""What helps where a value has not the type that is asked for."""

from __future__ import annotations

from .. import foreign
from ..assignable import fits, is_callable, members
from ..suggest import did_you_mean
from ..types import (
    ACTIVATION,
    ANY,
    BLOCK,
    DTYPE,
    FLOAT,
    INT,
    TENSOR,
    BlockOf,
    FunctionOf,
    InstanceOf,
    ListOf,
    TupleOf,
    Type,
    Words,
)
from .report import Report

_WHOLE = "make it whole with `round`, `floor`, `ceil`, `int` or `make_divisible`"
_SIZES = "`channels(x)`, `height(x)`, `width(x)` and `shape(x)` give a tensor's sizes"


def mismatch_hint(actual: Type, expected: Type, report: Report) -> str | None:
    """The hint for `actual` where `expected` is asked for and does not fit."""
    words = [word for member in members(expected) if isinstance(member, Words) for word in member.words]
    if isinstance(actual, Words) and words:
        return _word_hint(actual, words, report)
    odd = [member for member in members(actual) if not fits(member, expected)]
    if odd and len(odd) < len(members(actual)):
        return f"it may also be `{odd[0]}`"
    return next((hint for part in members(expected) if (hint := _plain_hint(actual, part))), None)


def _word_hint(actual: Words, words: list[str], report: Report) -> str | None:
    wrong = next(word for word in actual.words if word not in words)
    meant = foreign.word(wrong)
    likely = foreign.pick(meant, words) if meant else report.suggest(wrong, words)
    return did_you_mean(f'"{likely}"' if likely else None)


def _plain_hint(actual: Type, expected: Type) -> str | None:
    if isinstance(actual, FunctionOf):
        return f"call it: `{actual.signature.name}(...)`"
    if is_callable(actual):
        return _callable_hint(actual, expected)
    if expected in (ACTIVATION, BLOCK, DTYPE):
        return _name_hint(actual)
    if isinstance(expected, ListOf | TupleOf):
        return _items_hint(actual, expected)
    return _number_hint(actual, expected)


def _name_hint(actual: Type) -> str | None:
    if isinstance(actual, Words):
        return "without quotation marks it is a name"
    return "a call without its tensors gives the block itself, as does its name" if actual is TENSOR else None


def _items_hint(actual: Type, expected: ListOf | TupleOf) -> str | None:
    if isinstance(expected, TupleOf):
        return _tuple_hint(actual, expected)
    if isinstance(actual, TupleOf):
        return "a list is written `[...]`"
    is_item = expected.element is not ANY and fits(actual, expected.element)
    return "a list of one is written `[...]`" if is_item else None


def _tuple_hint(actual: Type, expected: TupleOf) -> str | None:
    if isinstance(actual, ListOf):
        return "a tuple is written `(...)`"
    if actual is INT and (spread := _spread(expected)):
        return f"the same number everywhere is written `{spread}`"
    return None


def _spread(type_: Type) -> str | None:
    """A value of nested tuples of ints, spelled with one number: `((n, n), (n, n))`."""
    if not isinstance(type_, TupleOf):
        return "n" if type_ is INT else None
    parts = [_spread(part) for part in type_.elements]
    return None if None in parts else f"({', '.join(map(str, parts))})"


def _number_hint(actual: Type, expected: Type) -> str | None:
    if (actual, expected) == (FLOAT, INT):
        return _WHOLE
    if actual is TENSOR and expected in (INT, FLOAT):
        return _SIZES
    if expected is TENSOR and fits(actual, FLOAT):
        return "`constant(...)` makes a tensor of numbers"
    return None


def _callable_hint(actual: Type, expected: Type) -> str | None:
    if expected is TENSOR or (isinstance(expected, ListOf) and expected.element is TENSOR):
        return "it still waits for its tensors: give them first, or with `|>`"
    if expected is ACTIVATION:
        return "only the activation operators are activations; a parameter of type `block` takes any"
    if expected is BLOCK and isinstance(actual, BlockOf | InstanceOf):
        return f"a value of type `block` gives one tensor, this one gives `{actual.signature.returns}`"
    return None
