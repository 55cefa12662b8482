"""The parameters of a model, as they are set from outside: by values, or by text from the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...dsl import foreign, tree
from ...dsl import types as t
from ...dsl.assignable import members
from ...dsl.diagnostics import Diagnostic, DiagnosticError, error
from ...dsl.dtypes import DType
from ...dsl.parser import parse
from ...dsl.source import Source
from ...dsl.strays import HIDDEN
from ...dsl.suggest import did_you_mean, hint
from ..codes import SETTING
from ..ops.base import Trait
from .errors import EvaluationError, PlacedError
from .fit import fit
from .run import Frame, evaluate
from .signatures import signature_of
from .values import describe

_EXAMPLES = {
    t.INT: "3",
    t.FLOAT: "0.75",
    t.BOOL: "true",
    t.STRING: "text",
    t.DTYPE: "f32",
    t.ACTIVATION: "relu",
    t.BLOCK: "relu",
    t.ANY: "...",
}


def settings(frame: Frame, model: tree.Model, arguments: Mapping[str, object]) -> dict[str, Any]:
    """The values set, each as its parameter has it. Raises DiagnosticError with all that don't fit."""
    parameters = {parameter.name: parameter for parameter in signature_of(model).parameters}
    places = {declaration.name.name: declaration.span for declaration in model.parameters}
    values: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for name, value in arguments.items():
        try:
            values[name] = _setting(frame, model, parameters, name, value)
        except EvaluationError as refused:
            place, label = (places[name], "declared here") if name in places else (model.name.span, "")
            findings.append(error(SETTING, refused.message, place, label, hint=refused.hint))
    if findings:
        raise DiagnosticError(findings)
    return values


def _setting(frame: Frame, model: tree.Model, parameters: Mapping[str, t.Parameter], name: str, value: object) -> Any:
    parameter = parameters.get(name)
    if parameter is None:
        message = f"model `{model.name.name}` has no parameter `{name}`"
        raise EvaluationError(SETTING, message, hint=hint(name, parameters))
    if not isinstance(value, str) or _takes_text(value, parameter.type):
        _need_sound(frame, name, value)
        return fit(value, parameter.type, f"`{name}`")
    try:
        return fit(_read(frame, name, value), parameter.type, f"`{name}`")
    except EvaluationError as refused:
        refused.hint = _advice(frame, parameter, value)
        raise


def _takes_text(text: str, type_: t.Type) -> bool:
    """Whether the text itself is meant: a string needs no quotes on the command line."""
    return any(
        member is t.STRING or (isinstance(member, t.Words) and text in member.words) for member in members(type_)
    )


def _need_sound(frame: Frame, name: str, value: object) -> None:
    """What comes from outside is within the limits of the language, as every value is that a program makes."""
    meter = frame.run.meter
    match value:
        case str():
            meter.need_string(len(value))
            if hidden := HIDDEN.search(value):
                raise EvaluationError(SETTING, f"`{name}` has the invisible character U+{ord(hidden[0]):04X}")
        case int():
            meter.need_bits(value.bit_length() + 1)
        case float() if not math.isfinite(value):
            raise EvaluationError(SETTING, f"`{name}` is {value}, which is not a finite number")
        case list() | tuple():
            meter.need_list(len(value))
            for item in value:
                _need_sound(frame, name, item)


def _read(frame: Frame, name: str, text: str) -> Any:
    """The value of a text, an expression of the language: `0.75`, `[1, 2]`, `hard_swish`."""
    parsed = parse(Source(f"--set {name}", f"{name} = {text}"))
    items = parsed.module.items if parsed.module and not parsed.diagnostics else ()
    if len(items) != 1 or not isinstance(items[0], tree.Constant):
        reason = f": {parsed.diagnostics[0].message}" if parsed.diagnostics else ""
        raise EvaluationError(SETTING, f"`{name}={text}` sets no value{reason}")
    try:
        return evaluate(frame, items[0].value)
    except PlacedError as failure:
        raise EvaluationError(SETTING, f"`{name}={text}`: {failure.diagnostic.message}") from failure


# What would have done -----------------------------------------------------------------------


def _advice(frame: Frame, parameter: t.Parameter, text: str) -> str:
    """The word that is meant, if the type of the parameter has words; else an example."""
    words = [word for member in members(parameter.type) for word in _words(frame, member)]
    meant = foreign.name(text)
    likely = did_you_mean(foreign.pick(meant, words)) if meant else hint(text, words)
    return likely or f"write it as in `{parameter.name}={_example(parameter)}`"


def _words(frame: Frame, type_: t.Type) -> tuple[str, ...]:
    """The names of all values of a type that has any."""
    match type_:
        case t.Words(words):
            return words
        case t.BOOL:
            return ("true", "false")
        case t.DTYPE:
            return tuple(map(str, DType))
        case t.ACTIVATION:
            return tuple(name for name, operator in frame.run.operators.items() if operator.has(Trait.ACTIVATION))
        case _:
            return ()


def _example(parameter: t.Parameter) -> str:
    """The default, where it is a plain value; else some value of the type."""
    plain = isinstance(parameter.default, bool | int | float | str)
    return describe(parameter.default) if plain else _value_of(parameter.type)


def _value_of(type_: t.Type) -> str:
    match type_:
        case t.ListOf(element):
            return f"[{_value_of(element)}]"
        case t.TupleOf(elements):
            return f"({', '.join(map(_value_of, elements))})"
        case t.OneOf((first, *_)):
            return _value_of(first)
        case t.Words((word, *_)):
            return word
        case t.Primitive():
            return _EXAMPLES[type_]
        case _:
            return "..."
