"""IR to text. The form is described in the package's docstring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...dsl.annotations import ANNOTATIONS
from ...dsl.source import Span
from ..initializers import Initialized
from ..ir import Annotation, Attributes, Graph, Node, Parameter, Value
from ..ops.base import Operator
from ..types import TensorType
from .elements import spell_base64, spell_inline
from .lexicon import (
    ABSENT,
    FROZEN,
    IN_SECTION,
    INITIAL,
    WITH,
    quote,
    same_attribute,
    spell_attribute,
    spell_name,
    spell_reference,
)


def print_graph(graph: Graph) -> str:
    """The text that `parse_graph` makes an equal graph of. Reads all parameters but those to be initialised."""
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield f"graph {spell_name(graph.name)} {{"
    if graph.doc:
        yield f"  doc {quote(graph.doc)}"
    yield from (f"  input {spell_reference(v.name)} : {_spell_type(v.type)}" for v in graph.inputs)
    yield ""
    section: list[str] = []
    for parameter in graph.parameters.values():
        elements, content = _spell_data(parameter)
        yield _parameter(parameter, elements)
        if content is not None:
            section.append(f"  {spell_reference(parameter.name)} = {quote(content)}")
    yield ""
    yield from map(_node, graph.nodes)
    yield ""
    yield from (f"  output {spell_name(o.name)} = {spell_reference(o.value.name)}" for o in graph.outputs)
    yield "}"
    if section:
        yield from ("data {", *section, "}")


def _parameter(parameter: Parameter, elements: str) -> str:
    value = parameter.value
    head = f"  {parameter.role.value} {spell_reference(value.name)} : {_spell_type(value.type)} = {elements}"
    return head + (f" {FROZEN}" if parameter.frozen else "") + _spell_span(parameter.span)


def _spell_data(parameter: Parameter) -> tuple[str, str | None]:
    """What stands in the parameter's line, and what in the section for data."""
    if isinstance(parameter.data, Initialized) and _is_own(parameter.data, parameter):
        return _spell_initial(parameter.data), None
    array = parameter.data.read()
    inline = spell_inline(array, parameter.data.dtype)
    return (inline, None) if inline is not None else (IN_SECTION, spell_base64(array))


def _spell_initial(data: Initialized) -> str:
    law = () if data.law is None else (data.law.kind, *(() if data.law.number is None else (repr(data.law.number),)))
    return f"{INITIAL}({', '.join((str(data.seed), *law))})"


def _is_own(data: Initialized, parameter: Parameter) -> bool:
    return data.name == parameter.name and data.role is parameter.role


def _node(node: Node) -> str:
    results = ", ".join(spell_reference(value.name) for value in node.outputs)
    operands = ", ".join(map(_operand, node.inputs))
    types = ", ".join(_spell_type(value.type) for value in node.outputs)
    attributes = _spell_attributes(node.op, node.attributes)
    line = f"  {results} = {spell_name(node.op.name)}({operands}){attributes} : {types}{_spell_span(node.span)}"
    return f"{line} {WITH} {', '.join(map(_annotation, node.annotations))}" if node.annotations else line


def _annotation(annotation: Annotation) -> str:
    declared = ANNOTATIONS[annotation.kind].parameters
    pairs = _spell_pairs(annotation.values, {parameter.name: parameter.default for parameter in declared})
    return spell_name(annotation.kind) + (f"({pairs})" if pairs else "") + _spell_span(annotation.span)


def _operand(value: Value | None) -> str:
    return ABSENT if value is None else spell_reference(value.name)


def _spell_attributes(op: Operator, attributes: Attributes) -> str:
    pairs = _spell_pairs(attributes, {declared.name: declared.default for declared in op.attributes})
    return f" {{{pairs}}}" if pairs else ""


def _spell_pairs(values: Attributes, defaults: Mapping[str, object]) -> str:
    """Those values that are not their defaults."""
    return ", ".join(
        f"{spell_name(name)} = {spell_attribute(values[name])}"
        for name, default in defaults.items()
        if name in values and not same_attribute(values[name], default)
    )


def _spell_type(type_: TensorType) -> str:
    dims = (spell_name(dim) if isinstance(dim, str) else str(dim) for dim in type_.shape)
    return f"{type_.dtype}[{', '.join(dims)}]"


def _spell_span(span: Span | None) -> str:
    if span is None:
        return ""
    return f" @ {quote(span.file)}:{span.line}:{span.column}-{span.end_line}:{span.end_column}"
