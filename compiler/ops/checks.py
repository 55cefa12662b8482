"""The questions that shape rules ask of operands, each with its one way to say no."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ...dsl.dtypes import DType
from ..types import Dim, Shape, TensorType
from .base import MaybeType, OperatorError, Types


def spell(shape: Shape) -> str:
    """A shape as messages write it: `[N, 224, 224, 3]`."""
    return f"[{', '.join(map(str, shape))}]"


def required(types: Types, index: int, name: str) -> TensorType:
    """The operand at `index`. Raises OperatorError where it is absent."""
    found = types[index] if index < len(types) else None
    if found is None:
        raise OperatorError(f"operand `{name}` is missing")
    return found


def optional(types: Types, index: int) -> MaybeType:
    """The operand at `index`, or None where it is absent."""
    return types[index] if index < len(types) else None


def need_rank(name: str, type_: TensorType, rank: int, layout: str) -> None:
    """Raises OperatorError unless the tensor has exactly `rank` axes; `layout` says which."""
    if type_.rank != rank:
        raise OperatorError(f"`{name}` has rank {type_.rank}, not {rank}: expected {layout}, found {type_}")


def need_rank_from(name: str, type_: TensorType, lowest: int) -> None:
    """Raises OperatorError below `lowest` axes."""
    if type_.rank < lowest:
        raise OperatorError(f"`{name}` has rank {type_.rank}, at least {lowest} is needed: found {type_}")


def need_float(name: str, type_: TensorType) -> None:
    """Raises OperatorError for a tensor of integers or booleans."""
    if not type_.dtype.is_float:
        raise OperatorError(f"`{name}` is {type_.dtype}, a floating-point tensor is needed")


def need_number(name: str, type_: TensorType) -> None:
    """Raises OperatorError for a tensor of booleans."""
    if type_.dtype is DType.BOOL:
        raise OperatorError(f"`{name}` is bool, a tensor of numbers is needed")


def need_dtype(name: str, type_: TensorType, dtype: DType, of: str) -> None:
    """Raises OperatorError unless `name` has the dtype of the operand `of`."""
    if type_.dtype is not dtype:
        raise OperatorError(f"`{name}` is {type_.dtype} but `{of}` is {dtype}")


def need_shape(name: str, type_: TensorType, shape: Shape, why: str) -> None:
    """Raises OperatorError unless the tensor has exactly `shape`."""
    if type_.shape != shape:
        raise OperatorError(f"`{name}` has shape {spell(type_.shape)}, not {spell(shape)}: {why}")


def need_vector(name: str, type_: MaybeType, x: TensorType, channels: Dim, of: str = "output channel") -> None:
    """An absent operand or one of shape [channels], of the dtype of `x`."""
    if type_ is None:
        return
    need_dtype(name, type_, x.dtype, "x")
    need_shape(name, type_, (channels,), f"one element per {of}")


def need_at_least(name: str, value: int, lowest: int) -> None:
    """Raises OperatorError below `lowest`."""
    if value < lowest:
        raise OperatorError(f"{name} is {value}, it must be at least {lowest}")


def need_element(name: str, value: float, dtype: DType) -> None:
    """Raises OperatorError for a number that a tensor of the type can't hold. Infinities are numbers of any float."""
    if not (dtype.holds(value) or (dtype.is_float and math.isinf(value))):
        raise OperatorError(f"{name} is {value:g}, which is no element of a tensor of {dtype}")


def fixed(name: str, type_: TensorType, axis: int) -> int:
    """The size along `axis`. Raises OperatorError where it is the symbolic batch."""
    dim = type_.shape[axis]
    if isinstance(dim, str):
        raise OperatorError(
            f"axis {axis} of `{name}` is the symbolic batch `{dim}`, a known size is needed",
            hint="give the batch as a number in the model's input",
        )
    return dim


def image(types: Types) -> TensorType:
    """The first operand, `x`, of an operator over images. Raises OperatorError where it is none."""
    x = required(types, 0, "x")
    need_rank("x", x, 4, "[N, H, W, C]")
    return x


def features(types: Types) -> TensorType:
    """The first operand, `x`, [..., C] of floating-point numbers. Raises OperatorError where it is none."""
    x = required(types, 0, "x")
    need_rank_from("x", x, 2)
    need_float("x", x)
    return x


def sizes(x: TensorType) -> tuple[int, int]:
    """Height and width of an image."""
    return fixed("x", x, 1), fixed("x", x, 2)


def resolve_axis(axis: int, rank: int) -> int:
    """`axis` counted from the front. Raises OperatorError where there is no such axis."""
    if not -rank <= axis < rank:
        raise OperatorError(f"axis {axis} is out of range for a tensor of rank {rank}")
    return axis % rank


def need_axis(axis: int, rank: int) -> None:
    """An axis in the IR is resolved already: 0 <= axis < rank."""
    if not 0 <= axis < rank:
        raise OperatorError(f"axis {axis} is out of range for a tensor of rank {rank}")


def result(dtype: DType, shape: Iterable[Dim]) -> TensorType:
    """A result's type. Raises OperatorError where a symbolic dimension would leave the front."""
    dims = tuple(shape)
    for axis, dim in enumerate(dims):
        if axis and isinstance(dim, str):
            raise OperatorError(f"the result {spell(dims)} would have the symbolic batch `{dim}` at axis {axis}, not 0")
    return TensorType(dtype, dims)


def broadcast(a: Shape, b: Shape) -> Shape:
    """The common shape under NumPy's rule: aligned at the end, a 1 stretches.

    Raises OperatorError where two sizes differ and neither is 1.
    """
    rank = max(len(a), len(b))
    pairs = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True)
    return tuple(_stretch(p, q, a, b) for p, q in pairs)


def _stretch(p: Dim, q: Dim, a: Shape, b: Shape) -> Dim:
    if q in (p, 1):
        return p
    if p == 1:
        return q
    raise OperatorError(
        f"shapes {spell(a)} and {spell(b)} can't be broadcast together: {p} against {q}",
        hint="sizes are aligned at the last axis, and must be equal or 1",
    )
