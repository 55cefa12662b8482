"""Arithmetic, element by element, with NumPy's broadcasting."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from ..data import Array
from ..numpy_later import function
from ..types import TensorType
from .base import Application, Operand, Operator, Surface, Trait, Types, Values
from .checks import broadcast, need_dtype, need_float, need_number, required, result
from .fused import FUSED, fused, fused_steps

_PAIR = (Operand("a", "of any shape"), Operand("b", "of a shape that broadcasts with that of `a`"))


def _binary_types(types: Types, _attributes: Values) -> tuple[TensorType]:
    a, b = required(types, 0, "a"), required(types, 1, "b")
    need_number("a", a)
    need_dtype("b", b, a.dtype, "a")
    return (result(a.dtype, broadcast(a.shape, b.shape)),)


def _div_types(types: Types, attributes: Values) -> tuple[TensorType]:
    need_float("a", required(types, 0, "a"))
    return _binary_types(types, attributes)


def _number_type(types: Types, _attributes: Values) -> tuple[TensorType]:
    x = required(types, 0, "x")
    need_number("x", x)
    return (x,)


def _float_type(types: Types, _attributes: Values) -> tuple[TensorType]:
    x = required(types, 0, "x")
    need_float("x", x)
    return (x,)


def _flops(_types: Types, results: Sequence[TensorType], attributes: Values) -> int:
    return results[0].elements() * (1 + fused_steps(attributes))


def _arithmetic(
    name: str,
    doc: str,
    function: Callable[..., Array],
    *traits: Trait,
    infer: Callable[[Types, Values], tuple[TensorType]] = _binary_types,
) -> Operator:
    """An operation of two tensors that may fuse an activation."""
    return Operator(
        name=name,
        doc=doc,
        operands=_PAIR,
        attributes=(FUSED,),
        infer=infer,
        evaluate=lambda arrays, attributes: (fused(function(*arrays), attributes),),
        flops=_flops,
        traits=frozenset({Trait.ELEMENTWISE, Trait.FUSES_ACTIVATION, *traits}),
        surface=Surface((), lambda _types, _values: Application({"activation": "none"}), tensors=2),
    )


def _choice(name: str, doc: str, function: Callable[..., Array]) -> Operator:
    """The larger or the smaller of two tensors."""
    return Operator(
        name=name,
        doc=doc,
        operands=_PAIR,
        attributes=(),
        infer=_binary_types,
        evaluate=lambda arrays, _attributes: (function(*arrays),),
        flops=_flops,
        traits=frozenset({Trait.ELEMENTWISE, Trait.COMMUTATIVE}),
        surface=Surface((), lambda _types, _values: Application({}), tensors=2),
    )


def _unary(
    name: str,
    doc: str,
    function: Callable[[Array], Array],
    infer: Callable[[Types, Values], tuple[TensorType]],
    *traits: Trait,
) -> Operator:
    return Operator(
        name=name,
        doc=doc,
        operands=(Operand("x", "of any shape"),),
        attributes=(),
        infer=infer,
        evaluate=lambda arrays, _attributes: (function(arrays[0]),),
        flops=_flops,
        traits=frozenset({Trait.ELEMENTWISE, *traits}),
        surface=Surface((), lambda _types, _values: Application({})),
    )


ADD = _arithmetic("add", "a + b.", operator.add, Trait.COMMUTATIVE)
SUB = _arithmetic("sub", "a - b.", operator.sub)
MUL = _arithmetic("mul", "a * b.", operator.mul, Trait.COMMUTATIVE)
DIV = _arithmetic("div", "a / b, of floating-point tensors.", operator.truediv, infer=_div_types)
MAXIMUM = _choice("maximum", "The larger of a and b.", function("maximum"))
MINIMUM = _choice("minimum", "The smaller of a and b.", function("minimum"))
NEG = _unary("neg", "-x.", operator.neg, _number_type)
ABSOLUTE = _unary("absolute", "The absolute value.", abs, _number_type, Trait.NONNEGATIVE)
EXP = _unary("exp", "e to the power of x.", function("exp"), _float_type, Trait.NONNEGATIVE)
SQRT = _unary("sqrt", "The square root; of a negative number, NaN.", function("sqrt"), _float_type)
