"""Calls and pipes: what is called, with what, and under which path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ...dsl import tree
from ...dsl.source import Span
from ...dsl.types import Signature
from ..codes import WRONG_VALUE
from ..ops.base import Operator
from .annotations import standing
from .arguments import Arguments, Bound, Given, bind, tensors_of, values_of
from .arithmetic import checked
from .builtins import written
from .errors import EvaluationError
from .fit import fit
from .layers import Site, apply_block, apply_operator, call_function, complete
from .run import Frame, evaluate, evaluates, visit
from .scope import Scope
from .values import POISON, BlockValue, BuiltinValue, ConstantMaker, FunctionValue, Instance, describe


class Request(NamedTuple):
    """A call as it is written. Its layer is named by its label, else by what it is called."""

    span: Span
    arguments: Arguments
    label: tree.Identifier | None = None
    variable: str | None = None
    written: str | None = None


@evaluates(tree.Call)
def call(frame: Frame, node: tree.Call, label: tree.Identifier | None = None, variable: str | None = None) -> Any:
    """A call that gets its tensors as arguments or makes an instance, to be known by the `variable` it is put into."""
    callee = evaluate(frame, node.callee)
    return _apply(frame, callee, Request(node.span, _arguments(frame, node), label, variable, _written(node.callee)))


@evaluates(tree.Pipe)
def _pipe(frame: Frame, node: tree.Pipe) -> Any:
    """From the innermost left side outwards, so that a long pipe is no deep recursion."""
    stages = [node]
    while isinstance(left := stages[-1].left, tree.Pipe):
        stages.append(left)
    value = evaluate(frame, stages[-1].left)
    for stage in reversed(stages):
        value = visit(frame, stage.right, _send, value, stage.left.span)
    return value


def _send(frame: Frame, right: tree.Expr, value: Any, source: Span) -> Any:
    """Give what comes from the left of a pipe to its right side."""
    if value is POISON:
        return POISON
    label = None
    if isinstance(right, tree.Labelled):
        label, right = right.label, right.value
    piped = [Given(item, source) for item in (value if isinstance(value, tuple) else (value,))]
    if isinstance(right, tree.Call):
        callee, arguments = evaluate(frame, right.callee), _arguments(frame, right, piped)
        return _apply(frame, callee, Request(right.span, arguments, label, written=_written(right.callee)))
    return _apply(frame, evaluate(frame, right), Request(right.span, Arguments(piped), label, written=_written(right)))


def _arguments(frame: Frame, node: tree.Call, piped: Sequence[Given] = ()) -> Arguments:
    positional: list[Given] = []
    keywords: list[tuple[str, Given]] = []
    for argument in node.arguments:
        given = Given(evaluate(frame, argument.value), argument.span)
        if argument.name is None:
            positional.append(given)
        else:
            keywords.append((argument.name.name, given))
    return Arguments(piped, positional, keywords)


def _written(callee: tree.Expr) -> str | None:
    return callee.name if isinstance(callee, tree.Name) else None


def _apply(frame: Frame, callee: Any, request: Request) -> Any:
    if callee is POISON or request.arguments.poisoned:
        return POISON
    handler = _CALLABLE.get(type(callee))
    if handler is None:
        raise EvaluationError(WRONG_VALUE, f"{describe(callee)} can't be called")
    return handler(frame, callee, request)


# Layers -------------------------------------------------------------------------------------


def _layer(frame: Frame, callee: BlockValue | Operator, request: Request) -> Any:
    """Apply a block or operator; without tensors, make an instance of it."""
    signature = _signature(frame, callee)
    bound = bind(signature, request.arguments)
    values = values_of(bound)
    if signature.tensors and not bound.tensors:
        name = request.label.name if request.label else request.variable
        annotations = frame.run.builder.standing.body
        return Instance(callee, values, frame.place, name, request.label is not None, request.span, annotations)
    segment, labelled = _segment(request, request.written or callee.name)
    path, weights = frame.place.layer(segment, request.span, labelled)
    return _make(frame, callee, tensors_of(signature, bound), values, Site(path, lambda: weights, request.span))


def _instance(frame: Frame, instance: Instance, request: Request) -> Any:
    """Apply what already has its values, and its weights from any earlier call."""
    signature = _signature(frame, instance.callee)
    waiting = Signature(signature.name, signature.tensors, (), signature.returns)
    tensors = tensors_of(waiting, bind(waiting, request.arguments))
    segment, labelled = _segment(request, instance.label or request.written or instance.name)
    path = frame.place.use(segment, request.span, labelled)
    site = Site(path, lambda: instance.weights, request.span)
    builder = frame.run.builder
    frame.run.sharing += 1
    with standing(builder, builder.standing.on_instance(instance.annotations)):
        result = _make(frame, instance.callee, tensors, instance.values, site)
    frame.run.sharing -= 1
    return result


def _make(
    frame: Frame, callee: BlockValue | Operator, tensors: tuple[Any, ...], values: Mapping[str, Any], site: Site
) -> Any:
    if isinstance(callee, BlockValue):
        return apply_block(frame, callee, tensors, values, site)
    operands = tensors[0] if callee.operands[0].variadic else tensors
    return apply_operator(frame.run, callee, operands, values, site)


def _signature(frame: Frame, callee: BlockValue | Operator) -> Signature:
    return callee.signature if isinstance(callee, BlockValue) else frame.run.signatures[callee.name]


def _segment(request: Request, otherwise: str) -> tuple[str, bool]:
    return (request.label.name, True) if request.label else (otherwise, False)


# Functions ----------------------------------------------------------------------------------


def _function(frame: Frame, function: FunctionValue, request: Request) -> Any:
    bound = bind(function.signature, request.arguments)
    return call_function(frame, function, values_of(bound), request.span)


def _builtin(frame: Frame, builtin: BuiltinValue, request: Request) -> Any:
    if builtin.variadic:
        given = _alike(builtin, request.arguments)
    else:
        given = _exactly(frame, builtin, bind(builtin.signature, request.arguments))
    if builtin.length is not None:
        frame.run.meter.need_list(builtin.length(*given))
    result = builtin.compute(*given)
    if isinstance(result, list):
        frame.run.meter.need_list(len(result))
    return checked(result, frame.run.meter) if isinstance(result, int | float) else result


def _alike(builtin: BuiltinValue, arguments: Arguments) -> list[Any]:
    """The arguments of `max(a, b, ...)`: any number, all of one type."""
    (parameter,) = builtin.signature.parameters
    for given in arguments.positional:
        fit(given.value, parameter.type, f"an argument of `{builtin.name}`")
    return [given.value for given in arguments.positional]


def _exactly(frame: Frame, builtin: BuiltinValue, bound: Bound) -> list[Any]:
    """The arguments of a builtin by place, checked but left as they are: `abs` of an int is an int."""
    tensors = tensors_of(builtin.signature, bound)
    values_of(bound)
    given = {name: given.value for name, (_, given) in bound.values.items()}
    return [*tensors, *complete(frame.inside(Scope(None)), builtin.signature.parameters, given).values()]


def _constant(frame: Frame, maker: ConstantMaker, request: Request) -> Any:
    bound = bind(maker.signature, request.arguments)
    data = written(values_of(bound)["values"], frame.run.meter)
    segment, labelled = _segment(request, request.written or maker.name)
    path, _ = frame.place.layer(segment, request.span, labelled)
    return frame.run.builder.constant(path, data, request.span)


_CALLABLE: Mapping[type, Callable[..., Any]] = {
    BlockValue: _layer,
    Operator: _layer,
    Instance: _instance,
    FunctionValue: _function,
    BuiltinValue: _builtin,
    ConstantMaker: _constant,
}
