"""The formatter: a program in its one canonical layout.

Text is scanned and parsed as always; the tree is walked while the words are taken one after another
(`stream`), which gives a document (`document`) that a printer lays out in lines of at most 100
characters where that can be. Only white space, last commas and needless parentheses differ from the
source: the tree stays equal, and so do the comments and their order.
"""

from __future__ import annotations

from .. import codes
from ..diagnostics import DiagnosticError, error
from ..lexer import Scanned, scan
from ..limits import DEFAULT, Limits
from ..parser import parse
from ..source import Source
from ..tree import Module
from . import parentheses, statements
from .printer import print_document
from .stream import Stream
from .words import normal, words

__all__ = ["format_module", "format_source"]


def format_source(source: Source, limits: Limits = DEFAULT) -> str:
    """The text of a file in its canonical layout; formatting that again changes nothing.

    Raises `DiagnosticError` with every syntax error of a file that has any.
    """
    parsed = parse(source, limits)
    if parsed.module is None:
        raise DiagnosticError(parsed.diagnostics)
    return format_module(source, parsed.module, scan(source, limits), limits)


def format_module(source: Source, module: Module, scanned: Scanned, limits: Limits = DEFAULT) -> str:
    """The same for whoever has scanned and parsed the file already."""
    found = words(scanned)
    kept, dropped = parentheses.sort_out(module, found)
    document = statements.module(Stream(list(normal(found, dropped)), kept), module)
    text = print_document(document).strip("\n")
    return _bounded(f"{text}\n" if text else "", source, limits)


def _bounded(text: str, source: Source, limits: Limits) -> str:
    """The text, unless indentation made it one that can't be read again."""
    size = len(text.encode())
    if size <= limits.source_bytes:
        return text
    message = f"`{source.name}` would have {size} bytes when formatted; at most {limits.source_bytes} are read"
    raise DiagnosticError(error(codes.SOURCE_TOO_LARGE, message))
