"""The types of the language and the signatures of what can be called.

`str()` of a type is its spelling in a program.
"""

from __future__ import annotations

import enum

from .record import record


@record
class Primitive:
    name: str

    def __str__(self) -> str:
        return self.name


INT = Primitive("int")
FLOAT = Primitive("float")
BOOL = Primitive("bool")
STRING = Primitive("string")
DTYPE = Primitive("dtype")
TENSOR = Primitive("tensor")
ACTIVATION = Primitive("activation")  # an element-wise operator, as a value: relu6, hard_swish, identity
BLOCK = Primitive("block")  # anything that takes tensors: a block, an operator, an instance of either
INTERVAL = Primitive("interval")  # what a continuous choice is made from; can't be written, stored or passed on
ANY = Primitive("...")  # of an expression that is already in error; fits everything, can't be written

PRIMITIVES = {t.name: t for t in (INT, FLOAT, BOOL, STRING, DTYPE, TENSOR, ACTIVATION, BLOCK)}


@record
class ListOf:
    element: Type

    def __str__(self) -> str:
        return f"list[{self.element}]"


@record
class TupleOf:
    elements: tuple[Type, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.elements))})"


@record
class OneOf:
    """A union: `int | (int, int)`."""

    members: tuple[Type, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.members))


@record
class Words:
    """A string out of a fixed set: `"same" | "valid"`."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return " | ".join(f'"{word}"' for word in self.words)


class Required(enum.Enum):
    """The default of a parameter that has none."""

    REQUIRED = "required"


REQUIRED = Required.REQUIRED


@record
class Parameter:
    """A typed keyword parameter of something callable.

    `default` is a compile-time value, an unevaluated expression of the tree, or `REQUIRED`.
    """

    name: str
    type: Type
    default: object = REQUIRED
    doc: str = ""

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


@record
class Signature:
    """How something is called: tensors first, then values by position or keyword.

    A call of a block or operator that gives none of its tensors makes an instance, which is
    called with tensors later, as often as one likes, with the same weights.
    """

    name: str
    tensors: tuple[Parameter, ...]
    parameters: tuple[Parameter, ...]
    returns: Type
    doc: str = ""

    def __str__(self) -> str:
        return f"({', '.join(f'{p.name}: {p.type}' for p in self.tensors + self.parameters)}) -> {self.returns}"


def _spelled_block(signature: Signature) -> str:
    """A block that gives anything but one tensor can't be passed as a `block`: it is spelled so that this is seen."""
    return "block" if signature.returns in (TENSOR, ANY) else f"block -> {signature.returns}"


@record
class FunctionOf:
    """The type of a function that is called with values only: `make_divisible`, a local `fn`."""

    signature: Signature

    def __str__(self) -> str:
        return f"fn{self.signature}"


@record
class BlockOf:
    """The type of a block or operator by name, before it has been given its values. Fits `block`,
    and `activation` where it is an activation operator."""

    signature: Signature
    is_activation: bool = False

    def __str__(self) -> str:
        return _spelled_block(self.signature)


@record
class InstanceOf:
    """The type of a block or operator that has its values and waits for its tensors. Fits `block`,
    and `activation` where it is of an activation operator."""

    signature: Signature
    is_activation: bool = False

    def __str__(self) -> str:
        return _spelled_block(self.signature)


Type = Primitive | ListOf | TupleOf | OneOf | Words | FunctionOf | BlockOf | InstanceOf
