"""Documents -> text."""

from __future__ import annotations

from collections.abc import Iterator

from .document import HARD, Broken, Concat, Doc, Group, Indent, Line, Near, Trailing, width

WIDTH = 100
INDENT = 2


def print_document(doc: Doc) -> str:
    """The text of a document, laid out in one pass: outer groups break before inner ones, and a group
    looks ahead by no more than a line. Depth costs no stack."""
    printer = _Printer(doc)
    printer.run()
    return "".join(printer.out)


class _Printer:
    """`pending` holds what is still to come, the next last: its indentation, whether its group is broken, itself."""

    def __init__(self, doc: Doc) -> None:
        self.pending: list[tuple[int, bool, Doc]] = [(0, True, doc)]
        self.out: list[str] = []
        self.column = 0

    def run(self) -> None:
        while self.pending:
            depth, broken, doc = self.pending.pop()
            match doc:
                case str():
                    self.text(doc)
                case Concat():
                    self.pending.extend((depth, broken, part) for part in reversed(doc.parts))
                case Indent():
                    self.pending.append((depth + INDENT, broken, doc.body))
                case Group():
                    self.pending.append((depth, broken and not self.fits(doc.width, self.column), doc.body))
                case Near():
                    self.near(doc, depth, broken)
                case _:
                    self.leaf(doc, depth, broken)

    def leaf(self, doc: Line | Broken | Trailing, depth: int, broken: bool) -> None:
        match doc:
            case Line() if broken or doc.hard:
                self.end_line(doc, depth)
            case Line():
                self.text(doc.flat)
            case Broken() if broken:
                self.text(doc.text)
            case Trailing():
                self.trim()
                self.text(f" {doc.text}")

    def text(self, text: str) -> None:
        if text:
            self.out.append(text)
            self.column += len(text)

    def end_line(self, line: Line, depth: int) -> None:
        self.trim()
        self.out.append("\n\n" if line.blank else "\n")
        self.column = 0
        self.text(" " * depth)

    def trim(self) -> None:
        """Take back the blanks before the end of a line."""
        while self.out and self.out[-1].endswith(" "):
            text = self.out.pop().rstrip(" ")
            if text:
                self.out.append(text)

    def near(self, doc: Near, depth: int, broken: bool) -> None:
        fits_here = not broken or self.fits(doc.width, self.column)
        fits_below = not fits_here and self.fits(doc.width - 1, depth + INDENT)
        if fits_below:
            self.end_line(HARD, depth + INDENT)
        else:
            self.text(" ")
        self.pending.append((depth, not (fits_here or fits_below), doc.body))

    def fits(self, taken: float, column: int) -> bool:
        """Whether a line has room for `taken` characters and for what must stand on the same line after them."""
        room = WIDTH - column - taken
        return room >= 0 and self.rest_fits(room)

    def rest_fits(self, room: float) -> bool:
        """Whether what is pending has a place to end the line within `room` characters."""
        for doc in self.upcoming():
            if isinstance(doc, Line | Near):
                return True
            room -= len(doc.text) if isinstance(doc, Broken) else width(doc)
            if room < 0:
                return False
        return True

    def upcoming(self) -> Iterator[str | Line | Broken | Trailing | Near]:
        """What is pending, taken apart no further than it is looked at."""
        walks: list[Iterator[Doc]] = [(doc for _, _, doc in reversed(self.pending))]
        while walks:
            doc = next(walks[-1], None)
            if doc is None:
                walks.pop()
            elif isinstance(doc, Concat):
                walks.append(iter(doc.parts))
            elif isinstance(doc, Indent | Group):
                walks.append(iter((doc.body,)))
            else:
                yield doc
