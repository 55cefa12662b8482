"""The operators' reference page, made from their declarations.

`make docs` renews the committed page; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...dsl import tree
from ...dsl import types as t
from ...dsl.pages import laid_out
from . import FAMILIES
from .base import Attribute, Operand, Operator, Surface

_HEAD = """\
# Operators

<!-- Made from the declarations in compiler/ops by `make docs`. -->

Every operator of the language and of the intermediate representation. Images are [N, H, W, C], pairs
are (height, width). A call gives the tensors first, or by `|>`, then the values by position or keyword;
a layer owns the weights that its page names, under its own path. Attributes are what a call's values
become in a node of the IR: resolved, with nothing left to a default.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *_contents(), *_families()])


def _contents() -> Iterator[str]:
    for family, operators in FAMILIES.items():
        links = ", ".join(f"[`{operator.name}`](#{operator.name})" for operator in operators)
        yield f"- {family}: {links}"
    yield ""


def _families() -> Iterator[str]:
    for family, operators in FAMILIES.items():
        yield f"## {family}\n"
        for operator in operators:
            yield f"### {operator.name}\n"
            yield from about(operator)


def about(operator: Operator) -> Iterator[str]:
    """What there is to say of one operator, in lines of Markdown."""
    yield f"{operator.doc}\n"
    if operator.surface is not None:
        yield f"```\n{call(operator.signature)}\n```\n"
        yield from _parameters(operator.surface)
    yield from _operands(operator)
    yield from _attributes(operator.attributes)
    if operator.traits:
        yield f"Traits: {', '.join(sorted(trait.value for trait in operator.traits))}.\n"
    if operator.source:
        yield f"Source: <{operator.source}>\n"


def call(signature: t.Signature) -> str:
    """How a program calls something: `relu(x: tensor) -> tensor`."""
    parts = [_declaration(parameter) for parameter in (*signature.tensors, *signature.parameters)]
    return laid_out(signature.name, parts, "" if signature.returns is t.ANY else f" -> {signature.returns}")


def _declaration(parameter: t.Parameter) -> str:
    is_shown = (
        not parameter.required and parameter.default is not None
    )  # None: nothing is given, and nothing is assumed
    default = f" = {_value(parameter.default, parameter.type)}" if is_shown else ""
    return f"{parameter.name}: {parameter.type}{default}"


def _value(value: object, type_: t.Type) -> str:
    """A default as a program writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        inner = ", ".join(_value(item, t.ANY) for item in value)
        return f"[{inner}]" if isinstance(type_, t.ListOf) else f"({inner})"
    return value.name if isinstance(value, tree.Name) else str(value)


def _parameters(surface: Surface) -> Iterator[str]:
    if surface.parameters:
        yield from (f"- `{parameter.name}`: {parameter.doc}" for parameter in surface.parameters)
        yield ""


def _operands(operator: Operator) -> Iterator[str]:
    tensors = operator.surface.tensors if operator.surface else len(operator.operands)
    rows = [(f"`{o.name}`", _kind(o, index >= tensors), o.doc) for index, o in enumerate(operator.operands)]
    yield from _table(("operand", "kind", "meaning"), rows)


def _kind(operand: Operand, weight: bool) -> str:
    words = ["weight" if weight else "tensors" if operand.variadic else "tensor"]
    if operand.optional:
        words.append("optional")
    return ", ".join(words)


def _attributes(attributes: tuple[Attribute, ...]) -> Iterator[str]:
    if attributes:
        rows = [(f"`{a.name}`", f"`{a.type}`".replace("|", r"\|"), a.doc) for a in attributes]
        yield from _table(("attribute", "type", "meaning"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
