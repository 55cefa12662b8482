"""The words of a file, taken one by one while its tree is walked."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from ..source import Span
from ..tree import Expr
from .document import HARD, Doc, Line, Trailing, concat, indent
from .words import Word


class Stream:
    """What is left of a file's words. Each is taken, in order, so neither a word nor a comment can get lost."""

    def __init__(self, words: Sequence[Word], kept: Set[Span]) -> None:
        self._words = words
        self._kept = kept
        self._index = 0
        self._remarks = words[0].remarks

    def at(self, text: str) -> bool:
        """Whether `text` is the next word."""
        return self._words[self._index].token.text == text

    @property
    def at_call(self) -> bool:
        """Whether the next word is the parenthesis of a call."""
        return self._words[self._index].token.kind == "_CALL"

    def in_parentheses(self, node: Expr) -> bool:
        """Whether the next word is a parenthesis around the node, and no part of it."""
        return node.span in self._kept

    def take(self) -> Doc:
        """The next word. Comments where the layout ends no line end one here."""
        text = self._words[self._index].token.text
        taken: Doc = concat(indent(self.dense_gap(HARD)), text) if self._remarks else text
        self._index += 1
        self._remarks = self._words[self._index].remarks
        return taken

    def skip(self, text: str) -> Doc:
        """Passes over the next word if it is `text`, a comma that the layout decides on. A comment before keeps it."""
        if not self.at(text):
            return ""
        held = self.remarked
        word = self.take()
        return word if held else ""

    @property
    def remarked(self) -> bool:
        """Whether comments stand before the next word."""
        return bool(self._remarks)

    @property
    def adjoins(self) -> bool:
        """Whether neither a comment nor an empty line stands before the next word."""
        return not self._remarks and not self._words[self._index].blank

    @property
    def divided(self) -> bool:
        """Whether a comment that reads like a divisor stands before the next word."""
        return any(remark.divides for remark in self._remarks)

    def gap(self, line: Line, *, blank: bool | None = None) -> Doc:
        """What stands before the next word: `line`, or comments and hard ends of lines.

        One empty line is kept where the source has any; `blank` says instead whether the first line's end has one.
        """
        after = self._words[self._index].blank
        if not self._remarks:
            return _ended(line, after if blank is None else blank)
        comments, blank = self._comments(blank)
        return concat(*comments, _ended(HARD, after if blank is None else blank))

    def dense_gap(self, line: Line) -> Doc:
        """The same without empty lines."""
        if not self._remarks:
            return line
        self._remarks = tuple(replace(remark, blank=False) for remark in self._remarks)
        return concat(*self._comments()[0], HARD)

    def closing(self, line: Line, *, blank: bool | None = None) -> tuple[Doc, Line]:
        """What stands before a closing bracket: the comments, as deep as what is in the bracket, and the line's end."""
        if not self._remarks:
            return "", line
        return concat(*self._comments(blank)[0]), HARD

    def _comments(self, blank: bool | None = None) -> tuple[list[Doc], bool | None]:
        """The comments before the next word, each but a trailing one on a line of its own; and `blank`, if not used."""
        remarks, self._remarks = self._remarks, ()
        docs: list[Doc] = []
        for index, remark in enumerate(remarks):
            if index == 0 and remark.trailing:
                docs.append(Trailing(remark.text))
                continue
            docs += [_ended(HARD, remark.blank if blank is None else blank), remark.text]
            blank = None
        return docs, blank


def _ended(line: Line, blank: bool) -> Line:
    return Line(line.flat, line.hard, blank) if blank else line
