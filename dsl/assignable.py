"""How the types of the language relate: which fits which, and what two of them have in common.

Pure functions over `types.Type`. `any`, the type of an expression that is already in error, fits
everything and is fitted by everything; elsewhere `fits` is a partial order and `join` its least upper bound
where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

from .types import (
    ACTIVATION,
    ANY,
    BLOCK,
    FLOAT,
    INT,
    STRING,
    TENSOR,
    BlockOf,
    FunctionOf,
    InstanceOf,
    ListOf,
    OneOf,
    TupleOf,
    Type,
    Words,
)

MAX_WORDS = 32
"""A union of more words than this is just `string`."""


def fits(actual: Type, expected: Type) -> bool:
    """Whether a value of type `actual` may stand where `expected` is asked for."""
    if actual is expected or actual is ANY or expected is ANY:
        return True
    if isinstance(actual, OneOf):
        return all(fits(member, expected) for member in actual.members)
    if isinstance(expected, OneOf):
        return any(fits(actual, member) for member in expected.members)
    return _fits_plain(actual, expected)


def _fits_plain(actual: Type, expected: Type) -> bool:
    match actual, expected:
        case ListOf(a), ListOf(b):
            return fits(a, b)
        case TupleOf(a), TupleOf(b):
            return len(a) == len(b) and all(map(fits, a, b))
        case Words(a), Words(b):
            return set(a) <= set(b)
        case _:
            return _atom_fits(actual, expected)


def _atom_fits(actual: Type, expected: Type) -> bool:
    if isinstance(actual, BlockOf | InstanceOf):
        return _block_fits(actual, expected)
    if isinstance(actual, FunctionOf) and isinstance(expected, FunctionOf):
        return actual.signature is expected.signature
    if isinstance(actual, Words):
        return expected is STRING
    return actual == expected or (actual, expected) in ((INT, FLOAT), (ACTIVATION, BLOCK))


def _block_fits(actual: BlockOf | InstanceOf, expected: Type) -> bool:
    """As a value of type `block`, whatever is called gives one tensor; its signature is forgotten."""
    if expected is BLOCK:
        return fits(actual.signature.returns, TENSOR)
    if expected is ACTIVATION:
        return actual.is_activation
    return type(actual) is type(expected) and actual.signature is expected.signature


def join(a: Type, b: Type) -> Type | None:
    """The least type that both fit, or None where they have nothing in common.

    `any` gives way: the other type is the better guess of what was meant.
    """
    if a is ANY or b is ANY:
        return a if b is ANY else b
    match a, b:
        case ListOf(x), ListOf(y):
            element = join(x, y)
            return None if element is None else ListOf(element)
        case TupleOf(x), TupleOf(y):
            return _join_tuples(x, y)
        case Words(x), Words(y):
            return _join_words(x, y)
        case _:
            return _join_plain(a, b)


def _join_plain(a: Type, b: Type) -> Type | None:
    if fits(a, b):
        return b
    if fits(b, a):
        return a
    return next((t for t in (ACTIVATION, BLOCK) if fits(a, t) and fits(b, t)), None)


def _join_tuples(a: tuple[Type, ...], b: tuple[Type, ...]) -> Type | None:
    if len(a) != len(b):
        return None
    elements = [element for pair in zip(a, b, strict=True) if (element := join(*pair)) is not None]
    return TupleOf(tuple(elements)) if len(elements) == len(a) else None


def _join_words(a: tuple[str, ...], b: tuple[str, ...]) -> Type:
    words = tuple(dict.fromkeys(a + b))
    return Words(words) if len(words) <= MAX_WORDS else STRING


def join_all(types: Iterable[Type]) -> Type | None:
    """`join` of any number of types; of none, `any`."""
    joined: Type = ANY
    for type_ in types:
        both = join(joined, type_)
        if both is None:
            return None
        joined = both
    return joined


def unite(members: Iterable[Type]) -> Type:
    """The union of types as it is written: nested unions flattened, words gathered, repetitions dropped."""
    flat = [part for member in members for part in (member.members if isinstance(member, OneOf) else (member,))]
    words = tuple(dict.fromkeys(word for part in flat if isinstance(part, Words) for word in part.words))
    others = [part for part in flat if not isinstance(part, Words)]
    parts = tuple(dict.fromkeys([*others, *([Words(words)] if words else [])]))
    return parts[0] if len(parts) == 1 else OneOf(parts)


def members(type_: Type) -> tuple[Type, ...]:
    """What a value of the type may be: the members of a union, else the type itself."""
    return type_.members if isinstance(type_, OneOf) else (type_,)


def holds_tensor(type_: Type) -> bool:
    """Whether a value of the type is or holds a tensor."""
    match type_:
        case ListOf(element):
            return holds_tensor(element)
        case TupleOf(elements):
            return any(map(holds_tensor, elements))
        case OneOf(members_):
            return any(map(holds_tensor, members_))
        case _:
            return type_ == TENSOR


def is_callable(type_: Type) -> bool:
    """Whether tensors can be given to a value of the type."""
    if isinstance(type_, OneOf):
        return all(map(is_callable, type_.members))
    return isinstance(type_, BlockOf | InstanceOf) or type_ in (BLOCK, ACTIVATION)


def size_of(type_: Type) -> tuple[int, int]:
    """The number of parts of a type and the depth of their nesting. Signatures are not looked into."""
    match type_:
        case ListOf(element):
            parts: tuple[Type, ...] = (element,)
        case TupleOf(elements):
            parts = elements
        case OneOf(members_):
            parts = members_
        case _:
            return 1, 1
    sizes = [size_of(part) for part in parts]
    return 1 + sum(size for size, _ in sizes), 1 + max((depth for _, depth in sizes), default=0)
