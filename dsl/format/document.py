"""Documents: texts with places where a line may end, after Wadler, "A prettier printer" (2003).

A document knows the width it takes on one line, so that asking whether it fits costs nothing.
"""

from __future__ import annotations

import math

from ..record import record


@record
class Line:
    """Ends a line in a group that is broken, and is `flat` in one that fits.

    A hard one always ends the line. After a blank one an empty line follows.
    """

    flat: str = " "
    hard: bool = False
    blank: bool = False

    @property
    def width(self) -> float:
        return math.inf if self.hard else len(self.flat)


@record
class Broken:
    """A text that stands only in a group that is broken: the comma after the last item."""

    text: str
    width: float = 0


@record
class Trailing:
    """A comment at the end of a line, of any length: what stands before it need not make room."""

    text: str
    width: float = 0


@record
class Concat:
    parts: tuple[Doc, ...]
    width: float


@record
class Indent:
    """Lines that end within are followed by one more level of indentation."""

    body: Doc
    width: float


@record
class Group:
    """Stands on one line if that has room, or else every `Line` directly in it ends one."""

    body: Doc
    width: float


@record
class Near:
    """Stands after a blank if the line has room, or else on the next line if that has, or else after a blank,
    and then what is in it breaks."""

    body: Doc
    width: float


Doc = str | Line | Broken | Trailing | Concat | Indent | Group | Near

SPACE = Line()
NOTHING = Line(flat="")
HARD = Line(hard=True)


def concat(*parts: Doc) -> Concat:
    """One document after another."""
    return Concat(parts, sum(map(width, parts)))


def indent(*parts: Doc) -> Indent:
    """The parts, one level deeper."""
    body = concat(*parts)
    return Indent(body, body.width)


def group(*parts: Doc) -> Group:
    """The parts, on one line if it has room."""
    body = concat(*parts)
    return Group(body, body.width)


def near(*parts: Doc) -> Near:
    """The parts, after a blank or on a line that is theirs."""
    body = concat(*parts)
    return Near(body, 1 + body.width)


def width(doc: Doc) -> float:
    """How many characters a document takes on one line; infinitely many if it ends one."""
    return len(doc) if isinstance(doc, str) else doc.width
