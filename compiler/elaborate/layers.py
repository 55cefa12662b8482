"""Operators and blocks applied to tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ...dsl.source import Span
from ...dsl.types import Parameter
from ..codes import BAD_CALL, OPERATOR_REFUSES
from ..ir import Value
from ..ops.base import Operator, OperatorError
from .annotations import evaluated, standing
from .errors import EvaluationError
from .fit import fit
from .place import Place
from .run import NOTHING, CallSite, Frame, Run, evaluate, execute, is_expression
from .scope import Scope
from .values import BlockValue, FunctionValue

SHOWN = 3
"""Operands whose types are shown with an error."""


class Site(NamedTuple):
    """Where a layer is made: the path of its nodes, of its weights if it has any, and the call."""

    path: str
    owner: Callable[[], str]
    span: Span


def apply_operator(
    run: Run, operator: Operator, tensors: Sequence[Value], values: Mapping[str, Any], site: Site
) -> Any:
    """The result of an operator, a list where it may have several."""
    if run.builder.opaque is not None:
        return run.builder.opaque
    try:
        results = _node(run, operator, tensors, values, site)
    except OperatorError as error:
        raise _refused(operator, tensors, site, error) from error
    return list(results) if operator.many_results else results[0]


def _node(
    run: Run, operator: Operator, tensors: Sequence[Value], values: Mapping[str, Any], site: Site
) -> tuple[Value, ...]:
    surface = operator.surface
    if surface is None:
        raise OperatorError("it can't be called from a program")
    application = surface.apply([tensor.type for tensor in tensors], {**run.defaults[operator.name], **values})
    called = run.own_call(site.span)
    weights = {weight.operand: run.builder.weight(weight, site.owner(), called) for weight in application.weights}
    rest = [weights.get(operand.name) for operand in operator.operands[surface.tensors :]]
    return run.builder.node(operator, [*tensors, *rest], application.attributes, site.path, site.span)


def _refused(operator: Operator, tensors: Sequence[Value], site: Site, error: OperatorError) -> EvaluationError:
    types = [str(tensor.type) for tensor in tensors[:SHOWN]] + ["..."] * (len(tensors) > SHOWN)
    return EvaluationError(
        OPERATOR_REFUSES,
        f"`{operator.name}`: {error.message}",
        label=f"given {', '.join(types)}",
        hint=error.hint,
        notes=(f"this is the layer `{site.path}`",),
    )


def apply_block(frame: Frame, block: BlockValue, tensors: Sequence[Any], values: Mapping[str, Any], site: Site) -> Any:
    """What a block returns: from memory, if the run keeps what it has seen, else by its body."""
    if frame.run.memory is not None:
        return frame.run.memory.recall(
            frame, block, tensors, values, site, lambda: _body(frame, block, tensors, values, site)
        )
    return _body(frame, block, tensors, values, site)


def _body(frame: Frame, block: BlockValue, tensors: Sequence[Any], values: Mapping[str, Any], site: Site) -> Any:
    place = Place(lambda: (site.path, site.owner()))
    inner = Frame(frame.run, Scope(block.scope, outermost=True), place)
    for parameter, tensor in zip(block.signature.tensors, tensors, strict=True):
        inner.scope.declare(parameter.name, tensor)
    frame.run.enter(CallSite("block", block.name, site.span))
    complete(inner, block.signature.parameters, values)
    builder = frame.run.builder
    annotations = evaluated(inner.inside(block.scope), block.declaration.annotations)
    with standing(builder, builder.standing.inside(annotations)):
        result = execute(inner, block.declaration.body)
    frame.run.leave()
    if result is NOTHING:
        raise EvaluationError(BAD_CALL, f"block `{block.name}` ends without a `return`")
    return fit(result, block.signature.returns, f"what `{block.name}` returns")


def call_function(frame: Frame, function: FunctionValue, values: Mapping[str, Any], span: Span) -> Any:
    """What the body of a function is worth."""
    inner = Frame(frame.run, Scope(function.scope, outermost=True), frame.place)
    frame.run.enter(CallSite("function", function.name, span))
    complete(inner, function.signature.parameters, values)
    result = evaluate(inner, function.declaration.body)
    frame.run.leave()
    return fit(result, function.signature.returns, f"the result of `{function.name}`")


def complete(inner: Frame, parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a call, declared in its scope. A default may speak of the parameters before it."""
    values = {}
    names = inner.scope.names
    for parameter in parameters:
        name = parameter.name
        names[name] = values[name] = given[name] if name in given else _default(inner, parameter)
    return values


def _default(inner: Frame, parameter: Parameter) -> Any:
    default = parameter.default
    return fit(evaluate(inner, default), parameter.type, f"`{parameter.name}`") if is_expression(default) else default
