"""The standard library's reference page, made from its files.

`make docs` renews the committed page; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from .library import STD, STD_FOLDER, SUFFIX
from .parser import parse
from .source import Source, Span
from .tree import Block, Module, ParameterDeclaration

_HEAD = """\
# The standard library

<!-- Made from the files in dsl/std by `make docs`. -->

Blocks written in the language itself: `import std.mobile { conv_bn }`. Their source is short, and the last
word on what they do.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *_modules()])


def _modules() -> Iterator[str]:
    for path in sorted(STD_FOLDER.glob(f"*{SUFFIX}")):
        source = Source(f"{STD}/{path.name}", path.read_text(encoding="utf-8"))
        module = parse(source).module
        assert module is not None, source.name
        yield f"## {STD}.{path.stem}\n\n{module.doc}\n"
        yield from _blocks(source, module)


def _blocks(source: Source, module: Module) -> Iterator[str]:
    for block in module.items:
        if isinstance(block, Block):
            yield f"### {block.name.name}\n\n{block.doc}\n"
            yield "| parameter | type | default | |\n| --- | --- | --- | --- |"
            yield from (_row(source, parameter) for parameter in block.parameters)
            yield ""


def _row(source: Source, parameter: ParameterDeclaration) -> str:
    default = f"`{_written(source, parameter.default.span)}`" if parameter.default else ""
    cells = (f"`{parameter.name.name}`", f"`{_written(source, parameter.type.span)}`", default, parameter.doc)
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", r"\|") for cell in cells) + " |"


def _written(source: Source, span: Span) -> str:
    """What stands in the source; a type or a default takes one line."""
    return source.lines[span.line - 1][span.column - 1 : span.end_column - 1]
