"""How what a program declares is called."""

from __future__ import annotations

from ...dsl import tree
from ...dsl.assignable import holds_tensor
from ...dsl.check.report import Report
from ...dsl.check.written import written_type
from ...dsl.types import ANY, REQUIRED, Parameter, Signature, Type
from .errors import EvaluationError
from .fit import fit
from .scope import Scope
from .values import FunctionValue


def signature_of(item: tree.Block | tree.Function | tree.Model) -> Signature:
    """The signature as it is written. The checker has seen its types; one that is in error is `any`."""
    parameters = tuple([_parameter_of(declaration) for declaration in item.parameters])
    tensors = tuple([parameter for parameter in parameters if holds_tensor(parameter.type)])
    values = tuple([parameter for parameter in parameters if not holds_tensor(parameter.type)])
    returns = None if isinstance(item, tree.Model) else item.returns
    return Signature(item.name.name, tensors, values, ANY if returns is None else _type(returns), item.doc)


def _parameter_of(declaration: tree.ParameterDeclaration) -> Parameter:
    type_ = _type(declaration.type)
    return Parameter(declaration.name.name, type_, _default(declaration.default, type_), declaration.doc)


def _default(default: tree.Expr | None, type_: Type) -> object:
    """A literal as the value that it is, fitted once and not at each call; else the expression."""
    if default is None:
        return REQUIRED
    if not isinstance(default, tree.Literal):
        return default
    try:
        return fit(default.value, type_, "a default")
    except EvaluationError:
        return default  # refused where it is used, with its place


def function_value(item: tree.Function, scope: Scope) -> FunctionValue:
    """A function that sees the names of `scope`."""
    return FunctionValue(item, scope, signature_of(item))


def _type(written: tree.TypeExpr) -> Type:
    return written_type(written, Report())
