"""The standard library's reference page, made from its files.

`make docs` renews the committed page; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .library import STD, STD_FOLDER, SUFFIX
from .parser import parse
from .source import Source, Span
from .tree import Block, ParameterDeclaration

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
    for name, source in std_sources():
        module = parse(source).module
        assert module is not None, name
        yield f"## {name}\n\n{module.doc}\n"
        for block in module.items:
            if isinstance(block, Block):
                yield f"### {block.name.name}\n\n{block.doc}\n"
                yield "| parameter | type | default | |\n| --- | --- | --- | --- |"
                yield from (_row(source, parameter) for parameter in block.parameters)
                yield ""


def std_sources() -> Iterator[tuple[str, Source]]:
    """The modules of the standard library by their dotted names, in alphabetical order."""
    for path in sorted(STD_FOLDER.glob(f"*{SUFFIX}")):
        yield f"{STD}.{path.stem}", Source(f"{STD}/{path.name}", path.read_text(encoding="utf-8"))


def _row(source: Source, parameter: ParameterDeclaration) -> str:
    default = f"`{written(source, parameter.default.span)}`" if parameter.default else ""
    cells = (f"`{parameter.name.name}`", f"`{written(source, parameter.type.span)}`", default, parameter.doc)
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", r"\|") for cell in cells) + " |"


def written(source: Source, span: Span) -> str:
    """What stands in the source, in one line."""
    return " ".join(line.strip() for line in source.text_of(span).split("\n"))


def laid_out(name: str, parts: Sequence[str], tail: str) -> str:
    """`name(part, part) tail`, a part on each line where one is too short for all."""
    line = f"{name}({', '.join(parts)}){tail}"
    if len(line) <= 100:
        return line
    return "\n".join([f"{name}(", *(f"  {part}," for part in parts), f"){tail}"])
