"""Whether a value fits a type of the language, and as what: an int fits `float` as a float."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...dsl import types as t
from ...dsl.dtypes import DType
from ..codes import WRONG_VALUE
from ..ir import Value
from ..ops.base import Operator, Trait
from .errors import EvaluationError
from .values import LAYERS, Instance, Poison, describe

_MISFIT = object()


def fit(value: Any, type_: t.Type, what: str) -> Any:
    """The value as the type has it; `what` names its place in messages: "`kernel`".

    Raises EvaluationError where it does not fit.
    """
    if type(type_) is t.Primitive and type(value) is _PYTHON.get(type_.name):
        return value
    fitted = _fit(value, type_)
    if fitted is _MISFIT:
        raise _misfit(value, type_, what)
    return fitted


def _misfit(value: Any, type_: t.Type, what: str) -> EvaluationError:
    hint = None
    if type_ is t.INT and type(value) is float:
        hint = "round it with `int`, `round`, `floor`, `ceil` or `make_divisible`"
    article = "one of" if isinstance(type_, t.OneOf | t.Words) else "of type"
    message = f"{what} must be {article} `{type_}`, found {describe(value)}"
    return EvaluationError(WRONG_VALUE, message, label=f"this is {describe(value)}", hint=hint)


def _fit(value: Any, type_: t.Type) -> Any:
    if isinstance(value, Poison) or type_ is t.ANY:
        return value
    rule = _RULES.get(type(type_))
    return rule(value, type_) if rule else value


def _fit_primitive(value: Any, type_: t.Primitive) -> Any:
    """Exact types only: a bool is no int."""
    if type(value) is _PYTHON.get(type_.name):
        return value
    if type_ is t.FLOAT and type(value) is int:
        return float(value)
    fits = (type_ is t.BLOCK and isinstance(value, LAYERS)) or (type_ is t.ACTIVATION and _is_activation(value))
    return value if fits else _MISFIT


_PYTHON = {"int": int, "float": float, "bool": bool, "string": str, "dtype": DType, "tensor": Value}


def _is_activation(value: Any) -> bool:
    if isinstance(value, Instance):
        value = value.callee
    return isinstance(value, Operator) and value.has(Trait.ACTIVATION)


def _fit_one(value: Any, type_: t.OneOf) -> Any:
    """The first member that has the value as it is: 1 fits `float | int` as the int that it is."""
    converted = _MISFIT
    for member in type_.members:
        fitted = _fit(value, member)
        if type(fitted) is type(value):
            return fitted
        converted = fitted if converted is _MISFIT else converted
    return converted


def _fit_word(value: Any, type_: t.Words) -> Any:
    return value if type(value) is str and value in type_.words else _MISFIT


def _fit_list(value: Any, type_: t.ListOf) -> Any:
    if type(value) is not list:
        return _MISFIT
    fitted = [_fit(item, type_.element) for item in value]
    return _MISFIT if any(item is _MISFIT for item in fitted) else fitted


def _fit_tuple(value: Any, type_: t.TupleOf) -> Any:
    if type(value) is not tuple or len(value) != len(type_.elements):
        return _MISFIT
    fitted = tuple(map(_fit, value, type_.elements))
    return _MISFIT if any(item is _MISFIT for item in fitted) else fitted


_RULES: dict[type, Callable[[Any, Any], Any]] = {
    t.Primitive: _fit_primitive,
    t.OneOf: _fit_one,
    t.Words: _fit_word,
    t.ListOf: _fit_list,
    t.TupleOf: _fit_tuple,
}
