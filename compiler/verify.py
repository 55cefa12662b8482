"""What every graph must be, checked from the operators' declarations. Passes are tested against it.

A graph that breaks a rule of the IR gives errors; work that leads to no output gives warnings.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..dsl import types as t
from ..dsl.annotations import ANNOTATIONS
from ..dsl.diagnostics import Code, Diagnostic, Severity, error
from ..dsl.source import Span
from .annotations import merged, problem
from .codes import (
    IR_ANNOTATION,
    IR_ATTRIBUTES,
    IR_NAME,
    IR_OPERANDS,
    IR_OPERATOR,
    IR_ORDER,
    IR_OUTPUT,
    IR_PARAMETER,
    IR_RESULT,
    IR_SYMBOLIC,
    IR_UNUSED,
)
from .ir import Annotation, Graph, Node, Parameter, Value, result_names
from .ops import OPERATORS
from .ops.base import Attribute, OperatorError
from .types import TensorType


def verify(graph: Graph) -> list[Diagnostic]:
    """Every rule of the IR that the graph breaks, at the source of the node or parameter; empty for a valid graph."""
    return [
        *_check_values(graph),
        *(found for key, parameter in graph.parameters.items() for found in _check_parameter(key, parameter)),
        *(found for node in graph.nodes for found in _check_node(node)),
        *_check_outputs(graph),
        *_check_symbols(graph),
        *_check_use(graph),
    ]


def _check_values(graph: Graph) -> Iterator[Diagnostic]:
    """Each name is defined once and before it is read, and a value is the same wherever it stands."""
    known: dict[str, Value] = {}
    for value, span in _leaves(graph):
        yield from _define(known, value, span)
    for node in graph.nodes:
        for value in node.operands:
            yield from _check_known(known, value, f"`{node.path}` reads", node.span)
        for value in node.outputs:
            yield from _define(known, value, node.span)
    for output in graph.outputs:
        yield from _check_known(known, output.value, f"the output `{output.name}` is", None)


def _leaves(graph: Graph) -> Iterator[tuple[Value, Span | None]]:
    yield from ((value, None) for value in graph.inputs)
    yield from ((parameter.value, parameter.span) for parameter in graph.parameters.values())


def _define(known: dict[str, Value], value: Value, span: Span | None) -> Iterator[Diagnostic]:
    if value.name in known:
        yield error(IR_NAME, f"`{value.name}` is defined twice", span)
    known[value.name] = value


def _check_known(known: dict[str, Value], value: Value, who: str, span: Span | None) -> Iterator[Diagnostic]:
    if value.name not in known:
        yield error(IR_ORDER, f"{who} `{value.name}`, which nothing makes before", span)
    elif known[value.name] != value:
        yield error(IR_ORDER, f"{who} `{value.name}` as {value.type}, but it is {known[value.name].type}", span)


def _check_parameter(key: str, parameter: Parameter) -> Iterator[Diagnostic]:
    if key != parameter.name:
        yield error(IR_NAME, f"the parameter `{parameter.name}` is filed under `{key}`", parameter.span)
    held = TensorType(parameter.data.dtype, parameter.data.shape)
    if parameter.value.type != held:
        message = f"`{parameter.name}` is {parameter.value.type}, but its data is {held}"
        yield error(IR_PARAMETER, message, parameter.span)


def _check_node(node: Node) -> Iterator[Diagnostic]:
    """Operands and attributes first: types are inferred only where both are sound."""
    if OPERATORS.get(node.op.name) is not node.op:
        yield error(IR_OPERATOR, f"`{node.path}` is a `{node.op.name}`, which is no registered operator", node.span)
        return
    if tuple(value.name for value in node.outputs) != result_names(node.path, len(node.outputs)):
        names = ", ".join(f"`{value.name}`" for value in node.outputs)
        yield error(IR_NAME, f"the results of `{node.path}` are named {names}", node.span)
    problems = [*_check_operands(node), *_check_attributes(node)]
    yield from problems
    if not problems:
        yield from _check_results(node)
    yield from _check_annotations(node)


def _check_operands(node: Node) -> Iterator[Diagnostic]:
    declared = node.op.operands
    if declared and declared[0].variadic:
        if not node.inputs or None in node.inputs:
            yield error(IR_OPERANDS, f"`{node.path}` needs one or more operands, all present", node.span)
        return
    if len(node.inputs) != len(declared):
        message = f"`{node.path}` has {len(node.inputs)} operands, `{node.op.name}` takes {len(declared)}"
        yield error(IR_OPERANDS, message, node.span)
        return
    for operand, value in zip(declared, node.inputs, strict=True):
        if value is None and not operand.optional:
            yield error(IR_OPERANDS, f"`{node.path}` lacks its operand `{operand.name}`", node.span)


def _check_attributes(node: Node) -> Iterator[Diagnostic]:
    names = {declared.name for declared in node.op.attributes}
    for surplus in sorted(node.attributes.keys() - names):
        yield error(IR_ATTRIBUTES, f"`{node.path}` has `{surplus}`, no attribute of `{node.op.name}`", node.span)
    for declared in node.op.attributes:
        yield from _check_attribute(node, declared)


def _check_attribute(node: Node, declared: Attribute) -> Iterator[Diagnostic]:
    if declared.name not in node.attributes:
        yield error(IR_ATTRIBUTES, f"`{node.path}` lacks its attribute `{declared.name}`", node.span)
        return
    value = node.attributes[declared.name]
    if not _fits(value, declared.type):
        message = f"`{declared.name}` of `{node.path}` is {value!r}, which is no {declared.type}"
        yield error(IR_ATTRIBUTES, message, node.span)


def _fits(value: object, type_: t.Type) -> bool:
    """Whether an attribute is of a type. Lists are tuples in the IR, and an integer is no float: texts stay exact."""
    match type_:
        case t.ListOf(element):
            return isinstance(value, tuple) and all(_fits(item, element) for item in value)
        case t.TupleOf(elements):
            return isinstance(value, tuple) and len(value) == len(elements) and all(map(_fits, value, elements))
        case t.OneOf(members):
            return any(_fits(value, member) for member in members)
        case t.Words(words):
            return value in words
        case _:
            return type(value) is _PYTHON.get(type_)


_PYTHON: dict[t.Type, type] = {t.INT: int, t.FLOAT: float, t.BOOL: bool, t.STRING: str}


def _check_annotations(node: Node) -> Iterator[Diagnostic]:
    for annotation in node.annotations:
        wrong = _wrong_with(annotation)
        if wrong:
            yield error(IR_ANNOTATION, f"`@{annotation.kind}` of `{node.path}`: {wrong}", annotation.span)
    if node.annotations != merged(node.annotations):
        message = f"the annotations of `{node.path}` are not one of each kind in the order of kinds"
        yield error(IR_ANNOTATION, message, node.span)


def _wrong_with(annotation: Annotation) -> str | None:
    if annotation.kind not in ANNOTATIONS:
        return "there is no such annotation"
    types = {parameter.name: parameter.type for parameter in ANNOTATIONS[annotation.kind].parameters}
    for name, value in annotation.values.items():
        if name not in types:
            return f"it takes no `{name}`"
        if not _fits(value, types[name]):
            return f"`{name}` is {value!r}, which is no {types[name]}"
    lacking = next((p.name for p in ANNOTATIONS[annotation.kind].parameters if _lacks(annotation, p)), None)
    if lacking:
        return f"it lacks `{lacking}`"
    wrong = problem(annotation.kind, annotation.values)
    return wrong.message if wrong else None


def _lacks(annotation: Annotation, parameter: t.Parameter) -> bool:
    """Only what has no value by default may be left out."""
    return parameter.default is not None and parameter.name not in annotation.values


def _check_results(node: Node) -> Iterator[Diagnostic]:
    types = [None if value is None else value.type for value in node.inputs]
    try:
        inferred = node.op.infer(types, node.attributes)
    except OperatorError as cause:
        yield error(IR_OPERANDS, f"`{node.path}`: {cause.message}", node.span, hint=cause.hint)
        return
    actual = tuple(value.type for value in node.outputs)
    if actual != inferred:
        message = f"`{node.path}` gives {_spell(actual)}, `{node.op.name}` infers {_spell(inferred)}"
        yield error(IR_RESULT, message, node.span)


def _spell(types: tuple[TensorType, ...]) -> str:
    return ", ".join(map(str, types)) or "nothing"


def _check_outputs(graph: Graph) -> Iterator[Diagnostic]:
    if not graph.outputs:
        yield error(IR_OUTPUT, f"`{graph.name}` has no outputs")
    names = [output.name for output in graph.outputs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield error(IR_OUTPUT, f"`{graph.name}` has {names.count(name)} outputs named `{name}`")


def _check_symbols(graph: Graph) -> Iterator[Diagnostic]:
    """Dimensions are positive; one name may stand first in the shapes of inputs and results, and in no parameter."""
    for parameter in graph.parameters.values():
        yield from _check_shape(parameter.value, None, parameter.span)
    for value in graph.inputs:
        yield from _check_shape(value, graph.batch, None)
    for node in graph.nodes:
        for value in node.outputs:
            yield from _check_shape(value, graph.batch, node.span)


def _check_shape(value: Value, batch: str | None, span: Span | None) -> Iterator[Diagnostic]:
    for i, dim in enumerate(value.type.shape):
        if isinstance(dim, str) and (i > 0 or dim != batch):
            yield error(IR_SYMBOLIC, f"dimension {i} of `{value.name}` can't stay open as `{dim}`", span)
        if isinstance(dim, int) and dim < 1:
            yield error(IR_SYMBOLIC, f"dimension {i} of `{value.name}` is {dim}, at least 1 is needed", span)


def _check_use(graph: Graph) -> Iterator[Diagnostic]:
    read = graph.users.keys() | {output.value.name for output in graph.outputs}
    for value, span in _leaves(graph):
        if value.name not in read:
            yield _unused(IR_UNUSED, f"nothing reads `{value.name}`", span)
    for node in graph.nodes:
        if not any(value.name in read for value in node.outputs):
            yield _unused(IR_UNUSED, f"nothing reads what `{node.path}` makes", node.span)


def _unused(code: Code, message: str, span: Span | None) -> Diagnostic:
    found = error(code, message, span)
    return Diagnostic(found.code, found.message, found.labels, severity=Severity.WARNING)
