"""Tokens of IR text, made one at a time so that memory stays near that of the text."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.source import Span
from ..codes import IR_SYNTAX
from .lexicon import NAME, STRING

_BLANK = re.compile(r"(?:\s|//[^\n]*+)*+")
_TOKEN = re.compile(
    rf"""
      (?P<reference>%(?:{NAME}|{STRING}))
    | (?P<absent>_(?![A-Za-z0-9_.\#]))
    | (?P<name>{NAME})
    | (?P<string>{STRING})
    | (?P<location>:[0-9]++:[0-9]++-[0-9]++:[0-9]++)
    | (?P<number>-?(?:inf\b|[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+))
    | (?P<mark>[{{}}()\[\],:=@])
    """,
    re.VERBOSE | re.ASCII,
)
_END = "end"
_LONGEST_EXCERPT = 40


class Token(NamedTuple):
    """`kind` is a group of the pattern or "end"; `text` is its exact spelling."""

    kind: str
    text: str
    start: int


class Scanner:
    """Looks at one token (`token`) of the text; `advance` goes on to the next."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.token = self._scan(0)

    def advance(self) -> Token:
        """Gives the current token and goes past it."""
        token = self.token
        self.token = self._scan(token.start + len(token.text))
        return token

    def at(self, text: str) -> bool:
        """Whether the current token is spelled so. No string is, they have quotes."""
        return self.token.text == text

    def accept(self, text: str) -> bool:
        if not self.at(text):
            return False
        self.advance()
        return True

    def expect(self, text: str) -> Token:
        if not self.at(text):
            raise self.unexpected(f"`{text}`")
        return self.advance()

    def take(self, kind: str, wanted: str) -> Token:
        """The current token if it is of a kind, else an error that says what was wanted."""
        if self.token.kind != kind:
            raise self.unexpected(wanted)
        return self.advance()

    def unexpected(self, wanted: str) -> DiagnosticError:
        token = self.token
        found = "the end of the text" if token.kind == _END else f"`{_excerpt(token.text)}`"
        return DiagnosticError(error(IR_SYNTAX, f"expected {wanted}, found {found}", self.span(token), "here"))

    def unquote(self, token: Token) -> str:
        """What a string, or a name or reference that may be quoted, stands for."""
        spelling = token.text.removeprefix("%")
        if not spelling.startswith('"'):
            return spelling
        try:
            return str(json.loads(spelling))
        except json.JSONDecodeError as cause:
            message = "a string is written as in JSON"
            raise DiagnosticError(error(IR_SYNTAX, message, self.span(token), "this is not")) from cause

    def span(self, token: Token) -> Span:
        line = self.text.count("\n", 0, token.start) + 1
        column = token.start - self.text.rfind("\n", 0, token.start)
        return Span(self.name, line, column, line, column + max(1, len(token.text)))

    def _scan(self, position: int) -> Token:
        match = _BLANK.match(self.text, position)
        start = match.end() if match else position
        if start == len(self.text):
            return Token(_END, "", start)
        token = _TOKEN.match(self.text, start)
        if token is None or token.lastgroup is None:
            stranger = Token("stranger", self.text[start], start)
            message = f"`{_excerpt(stranger.text)}` begins no token"
            raise DiagnosticError(error(IR_SYNTAX, message, self.span(stranger), "this character"))
        return Token(token.lastgroup, token.group(), start)


def _excerpt(text: str) -> str:
    visible = text if text.isprintable() else ascii(text)[1:-1]
    return visible if len(visible) <= _LONGEST_EXCERPT else visible[:_LONGEST_EXCERPT] + "..."
