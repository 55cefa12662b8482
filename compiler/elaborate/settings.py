"""The parameters of a model, as they are set from outside: by values, or by text from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dsl import tree
from ...dsl import types as t
from ...dsl.assignable import members
from ...dsl.diagnostics import Diagnostic, DiagnosticError, error
from ...dsl.parser import parse
from ...dsl.source import Source
from ...dsl.suggest import hint
from ..codes import SETTING
from .errors import EvaluationError, PlacedError
from .fit import fit
from .run import Frame, evaluate
from .signatures import signature_of


def settings(frame: Frame, model: tree.Model, arguments: Mapping[str, object]) -> dict[str, Any]:
    """The values set, each as its parameter has it. Raises DiagnosticError with all that don't fit."""
    parameters = {parameter.name: parameter for parameter in signature_of(model).parameters}
    values: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for name, value in arguments.items():
        try:
            values[name] = _setting(frame, model, parameters, name, value)
        except EvaluationError as refused:
            findings.append(error(SETTING, refused.message, model.name.span, hint=refused.hint))
    if findings:
        raise DiagnosticError(findings)
    return values


def _setting(frame: Frame, model: tree.Model, parameters: Mapping[str, t.Parameter], name: str, value: object) -> Any:
    parameter = parameters.get(name)
    if parameter is None:
        raise EvaluationError(
            SETTING, f"model `{model.name.name}` has no parameter `{name}`", hint=hint(name, parameters)
        )
    if isinstance(value, str) and not _takes_text(value, parameter.type):
        value = _read(frame, name, value)
    return fit(value, parameter.type, f"`{name}`")


def _takes_text(text: str, type_: t.Type) -> bool:
    """Whether the text itself is meant: a string needs no quotes on the command line."""
    return any(
        member is t.STRING or (isinstance(member, t.Words) and text in member.words) for member in members(type_)
    )


def _read(frame: Frame, name: str, text: str) -> Any:
    """The value of a text, an expression of the language: `0.75`, `[1, 2]`, `hard_swish`."""
    parsed = parse(Source(f"--set {name}", f"{name} = {text}"))
    items = parsed.module.items if parsed.module and not parsed.diagnostics else ()
    if len(items) != 1 or not isinstance(items[0], tree.Constant):
        raise EvaluationError(SETTING, f"`{name}={text}` sets no value", hint=f"write `{name}=0.75`, `{name}=[1, 2]`")
    try:
        return evaluate(frame, items[0].value)
    except PlacedError as failure:
        found = failure.diagnostic
        raise EvaluationError(SETTING, f"`{name}={text}`: {found.message}", hint=found.hint) from failure
