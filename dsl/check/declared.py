"""Signatures of what a program declares, and the bodies that are one expression."""

from __future__ import annotations

from collections.abc import Sequence

from .. import codes
from ..assignable import holds_tensor
from ..diagnostics import Label
from ..tree import Block, Function, Model, ParameterDeclaration
from ..types import ANY, REQUIRED, TENSOR, ListOf, Parameter, Signature, Type
from .report import Report
from .written import written_type

Definition = Function | Block | Model


def signature_of(node: Definition, report: Report) -> Signature:
    """How a definition is called. A block that does not declare its result gives `any` until it is checked."""
    types = [written_type(p.type, report) for p in node.parameters]
    types = [_allowed(node, p, type_, report) for p, type_ in zip(node.parameters, types, strict=True)]
    parameters = [
        Parameter(p.name.name, type_, REQUIRED if p.default is None else p.default, p.doc)
        for p, type_ in zip(node.parameters, types, strict=True)
    ]
    returns = _declared_result(node, report)
    if not isinstance(node, Block):
        return Signature(node.name.name, (), tuple(parameters), returns, node.doc)
    _need_tensors_first(node, types, report)
    tensors = tuple(p for p in parameters if is_tensor(p.type))
    values = tuple(p for p in parameters if not is_tensor(p.type))
    return Signature(node.name.name, tensors, values, returns, node.doc)


def is_tensor(type_: Type) -> bool:
    """Whether a parameter of the type takes tensors."""
    return type_ is TENSOR or (isinstance(type_, ListOf) and type_.element is TENSOR)


def _allowed(node: Definition, parameter: ParameterDeclaration, type_: Type, report: Report) -> Type:
    """The type of a parameter, if a definition of this kind can take it."""
    if not holds_tensor(type_):
        return type_
    name = parameter.name.name
    if isinstance(node, Model):
        message, hint = f"the model parameter `{name}` can't be a tensor", f"write `input {name}: f32[...]` in its body"
    elif isinstance(node, Function):
        message, hint = f"the parameter `{name}` of a function can't be a tensor", "a `block` takes tensors"
    elif not is_tensor(type_):
        message, hint = f"`{name}` can't be a `{type_}`", "tensors are taken as `tensor` or `list[tensor]`"
    else:
        _refuse_default(parameter, report)
        return type_
    return report.error(codes.PARAMETER_TYPE, message, parameter.type.span, f"this is `{type_}`", hint=hint)


def _refuse_default(parameter: ParameterDeclaration, report: Report) -> None:
    if parameter.default is not None:
        message = f"the tensor `{parameter.name.name}` can't have a default"
        report.error(codes.WRONG_DEFAULT, message, parameter.default.span, "a tensor is always given")


def _need_tensors_first(node: Block, types: Sequence[Type], report: Report) -> None:
    value: ParameterDeclaration | None = None
    for parameter, type_ in zip(node.parameters, types, strict=True):
        if not is_tensor(type_):
            value = value or parameter
        elif value is not None:
            report.error(
                codes.TENSORS_FIRST,
                f"the tensor `{parameter.name.name}` comes after `{value.name.name}`, which is none",
                parameter.span,
                "a tensor",
                others=(Label(value.span, "not a tensor"),),
                hint="tensor parameters come first",
            )


def _declared_result(node: Definition, report: Report) -> Type:
    if isinstance(node, Model) or node.returns is None:
        return ANY
    type_ = written_type(node.returns, report)
    if type_ is ANY or holds_tensor(type_) is isinstance(node, Block):
        return type_
    if isinstance(node, Block):
        message, hint = f"a block gives tensors, not `{type_}`", "a function (`fn`) gives values"
    else:
        message, hint = f"a function gives values, not `{type_}`", "a `block` gives tensors"
    return report.error(codes.WRONG_RETURN, message, node.returns.span, f"this is `{type_}`", hint=hint)
