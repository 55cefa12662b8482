"""What the rules about mistakes look at: a token that does not fit, and what is around it."""

from __future__ import annotations

from collections.abc import Sequence

from .lexer import Token
from .record import record
from .tree import Comment

Tokens = Sequence[Token]


@record
class Trouble:
    """The token that does not fit, its neighbours, and what stands before it.

    `statement` holds the first token of each part read so far of the statement or item that breaks;
    `bracketed` is the end of it that stands in the innermost bracket. `comment` is the last one before.
    """

    token: Token
    previous: Token | None
    following: Token | None
    statement: Tokens
    bracketed: Tokens
    expected: Sequence[str]
    comment: Comment | None

    @property
    def starts(self) -> str:
        """The kind of the first token of what breaks; of an annotated statement, the statement's own."""
        kinds = [token.kind for token in self.statement]
        return kinds[1] if kinds[:1] == ["AT"] and len(kinds) > 1 else "".join(kinds[:1])

    @property
    def starts_line(self) -> bool:
        return self.previous is None or self.previous.line < self.token.line

    @property
    def around(self) -> Tokens:
        """What stands before the inside of the innermost bracket: the bracket is its last token."""
        return self.statement[: len(self.statement) - len(self.bracketed)]
