"""How what a program declares is called."""

from __future__ import annotations

from dataclasses import replace

from ...dsl import tree
from ...dsl.check import declared
from ...dsl.check.declared import Definition
from ...dsl.check.report import Report
from ...dsl.types import Parameter, Signature
from .errors import EvaluationError
from .fit import fit
from .scope import Scope
from .values import FunctionValue


def signature_of(item: Definition) -> Signature:
    """The signature as it is written. The checker has said what is wrong with it; a type in error is `any`."""
    written = declared.signature_of(item, Report())
    return replace(written, parameters=tuple([_with_value(parameter) for parameter in written.parameters]))


def _with_value(parameter: Parameter) -> Parameter:
    """A literal default as the value that it is, fitted once and not at each call."""
    if not isinstance(parameter.default, tree.Literal):
        return parameter
    try:
        return replace(parameter, default=fit(parameter.default.value, parameter.type, "a default"))
    except EvaluationError:
        return parameter  # refused where it is used, with its place


def function_value(item: tree.Function, scope: Scope) -> FunctionValue:
    """A function that sees the names of `scope`."""
    return FunctionValue(item, scope, signature_of(item))
