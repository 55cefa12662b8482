"""Text -> tokens, comments and doc comments. Never fails: what cannot be read becomes a diagnostic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from . import codes, strays, tables
from .diagnostics import Diagnostic, error
from .limits import DEFAULT, Limits
from .source import Source, Span
from .tree import Comment, Division, Identifier

VALUE_ENDS = frozenset({"NAME", "INT", "FLOAT", "RPAR", "RSQB"})
_OPERAND = r"\(*(?:[0-9][0-9_]*(?:\.[0-9]+)?|[A-Za-z_]\w*)\)*"
_DIVISOR = re.compile(rf"// ?({_OPERAND}(?: ?[-+*/%] ?{_OPERAND})*),?")
LONGEST_DIVISOR = 80
"""A longer comment is read by people only."""


class Token(NamedTuple):
    """A terminal of the grammar where it stands; line and column count from 1."""

    kind: str
    text: str
    line: int
    column: int

    @property
    def end_column(self) -> int:
        return self.column + len(self.text)

    def span(self, file: str) -> Span:
        return Span(file, self.line, self.column, self.line, self.end_column)


@dataclass(slots=True)
class Scanned:
    """What a file consists of. `docs` maps the line and column of a token to the `///` lines above it."""

    tokens: list[Token] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    divisions: list[Division] = field(default_factory=list)
    docs: dict[tuple[int, int], str] = field(default_factory=dict)
    file_doc: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)


@cache
def _pattern() -> re.Pattern[str]:
    """One expression for everything: blanks, then what starts there, in a group named after its kind."""
    table = tables.load()
    terminals = dict(table.patterns)
    symbols = sorted((word for word in table.words if not word.isalpha()), key=len, reverse=True)
    named = {
        "NEWLINE": r"\n",
        "COMMENT": r"//[^\n]*",
        "NAME": terminals["NAME"],
        "QUANTITY": terminals["QUANTITY"],
        "FLOAT": terminals["FLOAT"],
        "STRAY_FLOAT": strays.PATTERNS["STRAY_FLOAT"],
        "INT": terminals["INT"],
        "STRING": terminals["STRING"],
        "_CALL": terminals["_CALL"],
        "_PLUS_MINUS": terminals["_PLUS_MINUS"],
        "SYMBOL": "|".join(map(re.escape, symbols)),
        **strays.PATTERNS,
    }
    return re.compile(rf"[ \t\r]*(?:{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in named.items())}|\Z)")


def scan(source: Source, limits: Limits = DEFAULT) -> Scanned:
    """The tokens of a file, ended by one of kind `$END`. Stops early at `limits.errors` diagnostics."""
    return _Scanner(source, limits).run()


class _Scanner:
    def __init__(self, source: Source, limits: Limits) -> None:
        self.file = source.name
        self.text = source.text
        self.limits = limits
        self.result = Scanned()
        self.doc: list[str] = []

    def run(self) -> Scanned:
        words, tokens, limit = tables.load().words, self.result.tokens, self.limits.name_length
        line, line_start = 1, 0
        for match in _pattern().finditer(self.text):
            kind = match.lastgroup
            if kind == "NEWLINE":
                line, line_start = line + 1, match.end()
                continue
            if kind is None:  # the end of the text
                break
            text = match[kind]
            if kind in ("NAME", "SYMBOL"):
                kind = words.get(text, kind)
            token = Token(kind, text, line, match.end() - len(text) - line_start + 1)
            if kind == "COMMENT":
                self.comment(token)
                continue
            if self.doc:
                self.attach(token)
            if kind == "NAME" and len(text) > limit:
                self.too_long(token)
            elif kind.startswith("STRAY"):
                self.stray(token)
                if len(self.result.diagnostics) >= self.limits.errors:
                    break
                continue
            tokens.append(token)
        tokens.append(Token(tables.END, "", line, len(self.text) - line_start + 1))
        return self.result

    def comment(self, token: Token) -> None:
        span = token.span(self.file)
        self.result.comments.append(Comment(token.text.rstrip(), span))
        found = strays.HIDDEN.search(token.text)
        if found:
            place = Token("", found[0], token.line, token.column + found.start()).span(self.file)
            self.result.diagnostics.append(strays.hidden(found[0], place))
        self.division(token.text.rstrip(), span)
        if token.text.startswith("//!") and not self.result.tokens:
            self.result.file_doc = "\n".join(filter(None, [self.result.file_doc, _doc_text(token)]))
        elif token.text.startswith("///") and self.starts_line(token):
            self.doc.append(_doc_text(token))

    def division(self, text: str, span: Span) -> None:
        """Remember a comment that stands behind a value and may have been meant to divide it."""
        if not self.result.tokens or len(text) > LONGEST_DIVISOR:
            return
        before = self.result.tokens[-1]
        divisor = _DIVISOR.fullmatch(text)
        if divisor and before.line == span.line and before.kind in VALUE_ENDS:
            left = Identifier("..." if before.text in ")]" else before.text, before.span(self.file))
            self.result.divisions.append(Division(left, divisor[1], span))

    def starts_line(self, token: Token) -> bool:
        return not self.result.tokens or self.result.tokens[-1].line < token.line

    def attach(self, token: Token) -> None:
        self.result.docs[token.line, token.column] = "\n".join(self.doc)
        self.doc = []

    def stray(self, token: Token) -> None:
        diagnostic, stands_in = strays.explain(token.kind, token.text, token.span(self.file))
        self.result.diagnostics.append(diagnostic)
        if stands_in:
            self.result.tokens.append(Token(*stands_in, token.line, token.column))

    def too_long(self, token: Token) -> None:
        message = f"this name has {len(token.text)} characters; at most {self.limits.name_length} are allowed"
        self.result.diagnostics.append(error(codes.NAME_TOO_LONG, message, token.span(self.file)))


def _doc_text(token: Token) -> str:
    return token.text[3:].removeprefix(" ").rstrip()
