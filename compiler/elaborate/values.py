"""What an expression can be worth.

Numbers, strings, bools, lists and tuples are Python's own, a tensor is a `Value` of the graph, an
operator is its declaration. The rest is here.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ...dsl import tree
from ...dsl.dtypes import DType
from ...dsl.source import Span
from ...dsl.types import Signature
from ..ir import Value
from ..ops.base import Operator
from .place import Place
from .scope import Scope
from .standing import Annotations


class Poison(enum.Enum):
    """What stands in for a value. `POISON` has already failed: whatever reads it is poisoned, silently.
    `UNNEEDED` is passed where only decisions are followed, and never read."""

    POISON = "poison"
    UNNEEDED = "unneeded"


POISON = Poison.POISON
UNNEEDED = Poison.UNNEEDED


@dataclass(frozen=True, eq=False, slots=True)
class BlockValue:
    """A block with the module that it sees."""

    declaration: tree.Block
    scope: Scope
    signature: Signature

    @property
    def name(self) -> str:
        return self.declaration.name.name


@dataclass(frozen=True, eq=False, slots=True)
class FunctionValue:
    """A function with the scope that it was declared in."""

    declaration: tree.Function
    scope: Scope
    signature: Signature

    @property
    def name(self) -> str:
        return self.declaration.name.name


@dataclass(frozen=True, eq=False, slots=True)
class BuiltinValue:
    """A function of the language itself. `compute` takes the arguments by place, all that are given if variadic.

    `length` tells of the same arguments how many items a list will have that may be longer than those given.
    """

    signature: Signature
    variadic: bool
    compute: Callable[..., Any]
    length: Callable[..., int] | None = None

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(eq=False)
class Instance:
    """A block or operator with its values, waiting for tensors. All its calls share the weights that it owns.

    `label` is a label given to the call that made it, or the variable it was assigned to.
    """

    callee: BlockValue | Operator
    values: Mapping[str, Any]
    place: Place
    label: str | None
    labelled: bool
    span: Span
    annotations: Annotations = ()

    @property
    def name(self) -> str:
        return self.callee.name

    def at(self, place: Place) -> Instance:
        """The same instance in a copy of its place."""
        copy = replace(self, place=place)
        if "weights" in vars(self):
            copy.weights = self.weights
        return copy

    @cached_property
    def weights(self) -> str:
        """The path of its weights, taken when it first makes one."""
        return self.place.instance(self.label or self.name, self.span, self.labelled)


@dataclass(frozen=True, slots=True)
class Interval:
    """What a continuous choice is made from. `log`: evenly in the logarithm."""

    low: float
    high: float
    log: bool


@dataclass(frozen=True, eq=False, slots=True)
class ConstantMaker:
    """`constant(...)`: the only builtin that adds to the graph."""

    signature: Signature
    name: str = "constant"


LAYERS = (BlockValue, Operator, Instance)


def describe(value: Any) -> str:
    """A value in a message, as a program would write it and never longer than a line."""
    text = _spell(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _spell(value: Any, depth: int = 0) -> str:  # noqa: PLR0911  # one line per kind of value
    match value:
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 128:
            return f"an int of {value.bit_length()} bits"
        case int() | float() | DType():
            return str(value)
        case str():
            return '"' + value[:60] + '"'
        case list() | tuple():
            return _spell_items(value, depth)
        case Value():
            return f"a tensor {value.type}"
        case BlockValue() | FunctionValue() | BuiltinValue() | ConstantMaker() | Instance() | Operator():
            return f"`{value.name}`"
        case _:
            return f"a Python object of type `{type(value).__name__}`"


def _spell_items(items: list[Any] | tuple[Any, ...], depth: int) -> str:
    opening, closing = "[]" if isinstance(items, list) else "()"
    if depth == 3:
        return f"{opening}...{closing}"
    shown = ", ".join(_spell(item, depth + 1) for item in items[:8])
    return f"{opening}{shown}{', ...' if len(items) > 8 else ''}{closing}"
