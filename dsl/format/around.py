"""Formatting around errors: what parses by itself is laid out, the rest stays as it is written.

A file is cut between lines where an import or item starts. No word and no comment goes over a line, so whatever
is in the pieces, none can get lost. Where a broken piece ends is a guess, as in the parser's recovery; a wrong one
leaves more as it is written, or changes white space only.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import OPENERS
from ..diagnostics import DiagnosticError
from ..lexer import Token, scan
from ..limits import DEFAULT, Limits
from ..record import record
from ..source import Source
from . import format_source

_ITEMS = frozenset({"IMPORT", "BLOCK", "MODEL"})
_APART = frozenset({"BLOCK", "MODEL", "AT"})
_BLANKS = " \t\r"


@record
class Piece:
    """Some lines, from the one after the piece before. `kind` is that of the first token."""

    kind: str
    lines: tuple[str, ...]

    @property
    def starts_blank(self) -> bool:
        return not self.lines[0].strip(_BLANKS)

    @property
    def text(self) -> str:
        """The lines without empty ones around them."""
        filled = [index for index, line in enumerate(self.lines) if line.strip(_BLANKS)]
        return "\n".join(self.lines[filled[0] : filled[-1] + 1]) if filled else ""


def format_around_errors(source: Source, limits: Limits = DEFAULT) -> str:
    """The text of a file with syntax errors, laid out as far as it parses; formatting that again changes nothing.

    A file that is larger than the limit, or would be, stays as it is.
    """
    if len(source.text) > limits.source_bytes:
        return source.text
    parts: list[str] = []
    before = ""
    for piece in _pieces(source, scan(source, limits).tokens):
        found = _formatted(piece.text, source.name, limits)
        if parts and found and (piece.starts_blank or _apart(before, piece.kind)):
            parts.append("\n")
        if found:
            parts.append(found)
            before = piece.kind
    text = "".join(parts)
    return text if len(text.encode(errors="surrogatepass")) <= limits.source_bytes else source.text


def _formatted(text: str, name: str, limits: Limits) -> str:
    try:
        return format_source(Source(name, text), limits)
    except DiagnosticError:
        return f"{text}\n"


def _apart(one: str, other: str) -> bool:
    return (one == "IMPORT" and other != "IMPORT") or bool(_APART & {one, other})


def _pieces(source: Source, tokens: list[Token]) -> Iterator[Piece]:
    starts = list(_starts(tokens))
    ends = [*(tokens[index - 1].line for index in starts[1:]), len(source.lines)]
    first = 0
    for index, end in zip(starts, ends, strict=True):
        yield Piece(tokens[index].kind, source.lines[first:end])
        first = end


def _starts(tokens: list[Token]) -> Iterator[int]:
    """Where in the tokens a piece starts: the first, and each that starts a line and an item."""
    yield 0
    opened: list[str] = []
    annotates = tokens[0].kind == "AT"
    for index, token in enumerate(tokens[1:-1], 1):
        before, after = tokens[index - 1], tokens[index + 1]
        _count(opened, before.kind)
        if annotates and token.kind in {"AT", "BLOCK"}:
            annotates = token.kind == "AT" or bool(opened)
        elif before.line < token.line and _starts_item(token, after, inside=bool(opened)):
            yield index
            opened = []
            annotates = token.kind == "AT"


def _count(opened: list[str], kind: str) -> None:
    """Keep account of what is open. A brace that closes ends what was left open in it; others close their own only."""
    if kind in OPENERS:
        opened.append(OPENERS[kind])
    elif kind == "RBRACE" and kind in opened:
        while opened.pop() != kind:
            pass
    elif opened[-1:] == [kind]:
        opened.pop()


def _starts_item(token: Token, after: Token, *, inside: bool) -> bool:
    """Whether an item starts at a token that starts a line; inside of brackets, only in column 1."""
    if token.kind in _ITEMS and after.kind != "COLON":
        return not inside or token.column == 1
    if token.kind == "NAME":
        return not inside and after.kind == "_ASSIGN"
    return not inside and token.kind in {"FN", "AT"}
