"""What the statements of a body do, and what stands in for one that fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...dsl import tree
from ...dsl.dtypes import DType
from ..codes import BAD_INPUT, BAD_OUTPUT
from ..ir import Output, Value
from ..types import Dim, TensorType
from .arithmetic import truth
from .calls import call
from .errors import EvaluationError
from .patterns import bind, names_of, turns
from .run import NOTHING, Frame, evaluate, execute, executes, visit
from .scope import Scope
from .signatures import function_value
from .values import POISON, describe


def poison(frame: Frame, statement: tree.Statement) -> Any:
    """Poison what the statement would have assigned, and the result where it would have returned."""
    for name in _assigned((statement,)):
        frame.scope.assign(name, POISON)
    return POISON if _may_return((statement,)) else NOTHING


def say_nothing(_frame: Frame, _statement: tree.Statement) -> Any:
    """A statement about the model that has failed says nothing of it; its error is found already."""
    return NOTHING


def _assigned(statements: Sequence[tree.Statement]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case tree.Assign(pattern):
                yield from names_of(pattern)
            case tree.Input(name):
                yield name.name
            case tree.Choice(name):
                yield name.name
            case tree.For(body=body) | tree.Repeat(body=body):
                yield from _assigned(body)
            case tree.Annotated(statement=annotated):
                yield from _assigned((annotated,))
            case tree.If(_, then, otherwise):
                yield from _assigned(then + otherwise)


def _may_return(statements: Sequence[tree.Statement]) -> bool:
    return any(_returns(statement) for statement in statements)


def _returns(statement: tree.Statement) -> bool:
    match statement:
        case tree.Return():
            return True
        case tree.For(body=body) | tree.Repeat(body=body):
            return _may_return(body)
        case tree.Annotated(statement=annotated):
            return _returns(annotated)
        case tree.If(_, then, otherwise):
            return _may_return(then) or _may_return(otherwise)
        case _:
            return False


@executes(tree.Assign, poison)
def _assign(frame: Frame, node: tree.Assign) -> Any:
    """An instance is known by the variable that it is assigned to."""
    if isinstance(node.value, tree.Call) and not node.pattern.takes_apart:
        value = visit(frame, node.value, call, None, next(names_of(node.pattern)))
    else:
        value = evaluate(frame, node.value)
    bind(node.pattern, value, frame.scope.assign)
    return NOTHING


@executes(tree.Return, poison)
def _return(frame: Frame, node: tree.Return) -> Any:
    return evaluate(frame, node.value)


@executes(tree.If, poison)
def _if(frame: Frame, node: tree.If) -> Any:
    """A chain of `else if` is walked, not descended."""
    chosen: Sequence[tree.Statement] = (node,)
    while len(chosen) == 1 and isinstance(branch := chosen[0], tree.If):
        condition = evaluate(frame, branch.condition)
        if condition is POISON:
            return poison(frame, branch)
        chosen = branch.then if truth(condition, "a condition") else branch.otherwise
    return execute(frame.inside(Scope(frame.scope)), chosen)


@executes(tree.For, poison)
def _for(frame: Frame, node: tree.For) -> Any:
    items = evaluate(frame, node.iterable)
    if items is POISON:
        return poison(frame, node)
    for turn in turns(frame, node, items):
        result = execute(turn, node.body)
        if result is not NOTHING:
            return result
    return NOTHING


@executes(tree.Function, poison)
def _function(frame: Frame, node: tree.Function) -> Any:
    frame.scope.declare(node.name.name, function_value(node, frame.scope))
    return NOTHING


# The border of a model ----------------------------------------------------------------------


@executes(tree.Input, poison)
def _input(frame: Frame, node: tree.Input) -> Any:
    name = node.name
    dtype = frame.scope.find(node.type.dtype.name)
    if not isinstance(dtype, DType):
        raise EvaluationError(BAD_INPUT, f"{describe(dtype)} is no element type", span=node.type.dtype.span)
    shape = tuple([_dim(frame, dim, axis) for axis, dim in enumerate(node.type.dims)])
    path, _ = frame.place.layer(name.name, name.span, labelled=True)
    frame.scope.declare(name.name, frame.run.builder.input(path, TensorType(dtype, shape)))
    return NOTHING


def _dim(frame: Frame, dim: tree.Expr, axis: int) -> Dim:
    """A size; or in the first place the name of the batch, where it is bound nowhere."""
    if axis == 0 and isinstance(dim, tree.Name) and not frame.scope.has(dim.name):
        return dim.name
    size = evaluate(frame, dim)
    if type(size) is not int or size < 1:
        raise EvaluationError(BAD_INPUT, f"a size must be an int of at least 1, found {describe(size)}", span=dim.span)
    return size


@executes(tree.OutputStatement, poison)
def _output(frame: Frame, node: tree.OutputStatement) -> Any:
    value = evaluate(frame, node.value)
    values = (value,) if len(node.names) == 1 else value
    if value is POISON:
        return NOTHING
    if not isinstance(values, list | tuple) or len(values) != len(node.names):
        message = f"{len(node.names)} outputs need as many tensors, found {describe(value)}"
        raise EvaluationError(BAD_OUTPUT, message, span=node.value.span)
    for name, tensor in zip(node.names, values, strict=True):
        _put_out(frame, name, tensor, node.value)
    return NOTHING


def _put_out(frame: Frame, name: tree.Identifier, tensor: Any, source: tree.Expr) -> None:
    if not isinstance(tensor, Value):
        raise EvaluationError(
            BAD_OUTPUT, f"output `{name.name}` must be a tensor, found {describe(tensor)}", span=source.span
        )
    if any(output.name == name.name for output in frame.run.builder.outputs):
        raise EvaluationError(BAD_OUTPUT, f"output `{name.name}` is given twice", span=name.span)
    frame.run.builder.outputs.append(Output(name.name, tensor))
