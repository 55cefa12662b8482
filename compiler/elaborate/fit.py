"""Whether a value fits a type of the language, and as what: an int fits `float` as a float."""

from __future__ import annotations

from typing import Any

from ...dsl import types as t
from ...dsl.dtypes import DType
from ..codes import WRONG_VALUE
from ..ir import Value
from ..ops.base import Operator, Trait
from .problems import Problem
from .values import LAYERS, POISON, Instance, describe

_MISFIT = object()


def fit(value: Any, type_: t.Type, what: str) -> Any:
    """The value as the type has it. Raises Problem where it does not fit; `what` names its place: "`kernel`"."""
    fitted = _fit(value, type_)
    if fitted is _MISFIT:
        raise misfit(value, type_, what)
    return fitted


def misfit(value: Any, type_: t.Type, what: str) -> Problem:
    hint = None
    if type_ is t.INT and type(value) is float:
        hint = "round it with `int`, `round`, `floor`, `ceil` or `make_divisible`"
    message = f"{what} must be {_article(type_)}, found {describe(value)}"
    return Problem(WRONG_VALUE, message, label=f"expected `{type_}`", hint=hint)


def _article(type_: t.Type) -> str:
    return f"one of {type_}" if isinstance(type_, t.OneOf | t.Words) else f"of type `{type_}`"


def _fit(value: Any, type_: t.Type) -> Any:
    if value is POISON or type_ is t.ANY:
        return value
    match type_:
        case t.Primitive():
            return _fit_primitive(value, type_)
        case t.OneOf():
            return _fit_one(value, type_)
        case t.Words():
            return value if type(value) is str and value in type_.words else _MISFIT
        case t.ListOf():
            return _fit_list(value, type_)
        case t.TupleOf():
            return _fit_tuple(value, type_)
        case _:
            return value


def _fit_primitive(value: Any, type_: t.Primitive) -> Any:
    """Exact types only: a bool is no int."""
    if type(value) is _PYTHON.get(type_.name):
        return value
    if type_ is t.FLOAT and type(value) is int:
        return float(value)
    if type_ is t.BLOCK and isinstance(value, LAYERS):
        return value
    if type_ is t.ACTIVATION and is_activation(value):
        return value
    return _MISFIT


_PYTHON = {"int": int, "float": float, "bool": bool, "string": str, "dtype": DType, "tensor": Value}


def is_activation(value: Any) -> bool:
    if isinstance(value, Instance):
        value = value.callee
    return isinstance(value, Operator) and value.has(Trait.ACTIVATION)


def _fit_one(value: Any, type_: t.OneOf) -> Any:
    """The first member that has the value as it is: 1 fits `float | int` as the int that it is."""
    fitted = [f for member in type_.members if (f := _fit(value, member)) is not _MISFIT]
    return next((f for f in fitted if type(f) is type(value)), fitted[0] if fitted else _MISFIT)


def _fit_list(value: Any, type_: t.ListOf) -> Any:
    if type(value) is not list:
        return _MISFIT
    fitted = [_fit(item, type_.element) for item in value]
    return _MISFIT if _MISFIT in fitted else fitted


def _fit_tuple(value: Any, type_: t.TupleOf) -> Any:
    if type(value) is not tuple or len(value) != len(type_.elements):
        return _MISFIT
    fitted = tuple(map(_fit, value, type_.elements))
    return _MISFIT if _MISFIT in fitted else fitted
