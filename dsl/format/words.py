"""The words of a file as they will be printed, each with the comments before it.

The layout puts white space between words and changes nothing else. What differs from the source is
settled here, once: parentheses that mean nothing are gone, and comments before a comma or `{` stand after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from ..lexer import Scanned, Token
from ..record import record
from ..tables import END
from ..tree import Comment


@record
class Remark:
    """A comment. `trailing`: it stands in the line of the word before it; `blank`: an empty line is before it;
    `divides`: it reads like the divisor of the word before it, which the checker refuses."""

    text: str
    trailing: bool
    blank: bool
    divides: bool

    @property
    def documents(self) -> bool:
        """Whether it would document what comes next."""
        return self.text.startswith("///") and not self.trailing


@record
class Word:
    """A token, the comments between it and the one before, and whether an empty line is before it."""

    token: Token
    remarks: tuple[Remark, ...]
    blank: bool


def words(scanned: Scanned) -> list[Word]:
    """Tokens and comments in the order of the text, the comments with the token that follows."""
    found, waiting = [], scanned.comments[::-1]
    divisors = {division.span for division in scanned.divisions}
    line = last_word = 0
    for token in scanned.tokens:
        remarks = []
        while waiting and (token.kind == END or _position(waiting[-1]) < (token.line, token.column)):
            comment = waiting.pop()
            at = comment.span.line
            remarks.append(Remark(comment.text, at == last_word, at > line + 1, comment.span in divisors))
            line = at
        found.append(Word(token, tuple(remarks), token.line > line + 1))
        line = last_word = token.line
    return found


def _position(comment: Comment) -> tuple[int, int]:
    return comment.span.line, comment.span.column


def normal(found: list[Word], dropped: Set[int]) -> Iterator[Word]:
    """The words without those at the indices `dropped`; comments move past these, and past commas and `{`."""
    moving: tuple[Remark, ...] = ()
    for index, word in enumerate(found):
        remarks, moving = moving + word.remarks, ()
        if index in dropped:
            moving = remarks
        elif word.token.text in {",", "{"} and _may_follow(remarks, found[index + 1]):
            moving = remarks
            yield Word(word.token, (), word.blank)
        else:
            yield Word(word.token, remarks, word.blank)


def _may_follow(remarks: tuple[Remark, ...], after: Word) -> bool:
    """Whether comments before a word may stand after it: not where they would come to document the next word,
    or keep its own comment from being a trailing one, or no longer read like the divisors that they may be."""
    if any(r.divides for r in remarks):
        return False
    if after.token.text in {")", "]", "}"}:
        return True
    return not any(r.documents for r in remarks) and not any(r.trailing for r in after.remarks)
