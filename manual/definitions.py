"""Pages of what programs declare: modules, and their blocks, models, functions and constants."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ..dsl import tree
from ..dsl.diagnostics import DiagnosticError
from ..dsl.library import SUFFIX
from ..dsl.limits import DEFAULT
from ..dsl.pages import laid_out, std_sources, written
from ..dsl.parser import parse
from ..dsl.reading import read_text
from ..dsl.source import Source, Sources
from .page import Page, first_sentence

_KINDS: dict[type[tree.Item], str] = {
    tree.Block: "block",
    tree.Model: "model",
    tree.Function: "function",
    tree.Constant: "constant",
}


def pages() -> Iterator[Page]:
    """A page for each module of the standard library and for each of its items."""
    for name, source in std_sources():
        yield from _module(source, name, f"{name}.")


def pages_of_file(path: Path, sources: Sources) -> Iterator[Page]:
    """A page for the file, called as its path, and for each of its items. Raises DiagnosticError."""
    yield from _module(read_text(path, str(path), DEFAULT.source_bytes, sources), str(path), "")


def _module(source: Source, name: str, prefix: str) -> Iterator[Page]:
    parsed = parse(source)
    if parsed.module is None:
        raise DiagnosticError(parsed.diagnostics)
    module = parsed.module
    yield Page(name, "module", first_sentence(module.doc), partial(_overview, module))
    for item in module.items:
        body = partial(_text, source, item, name)
        yield Page(prefix + item.name.name, _KINDS[type(item)], first_sentence(item.doc), body)


def _overview(module: tree.Module) -> str:
    lines = (f"- {_KINDS[type(item)]} `{item.name.name}`: {first_sentence(item.doc)}" for item in module.items)
    return "\n".join([module.doc, "", *(line.removesuffix(": ") for line in lines)])


def _text(source: Source, item: tree.Item, module: str) -> str:
    return "\n".join(_lines(source, item, module))


def _lines(source: Source, item: tree.Item, module: str) -> Iterator[str]:
    if item.doc:
        yield f"{item.doc}\n"
    yield f"```mnet\n{_signature(source, item)}\n```\n"
    if not isinstance(item, tree.Constant):
        yield from (f"- `{parameter.name.name}`: {parameter.doc}" for parameter in item.parameters if parameter.doc)
    if not isinstance(item, tree.Model) and not module.endswith(SUFFIX):
        yield f"\n`import {module} {{ {item.name.name} }}`"


def _signature(source: Source, item: tree.Item) -> str:
    """The declaration without its body, as the program has it."""
    if isinstance(item, tree.Constant):
        return f"{item.name.name} = {written(source, item.value.span)}"
    word = "fn" if isinstance(item, tree.Function) else _KINDS[type(item)]
    returns = None if isinstance(item, tree.Model) else item.returns
    tail = f" -> {written(source, returns.span)}" if returns else ""
    return laid_out(f"{word} {item.name.name}", [_declaration(source, p) for p in item.parameters], tail)


def _declaration(source: Source, parameter: tree.ParameterDeclaration) -> str:
    default = f" = {written(source, parameter.default.span)}" if parameter.default else ""
    return f"{parameter.name.name}: {written(source, parameter.type.span)}{default}"
