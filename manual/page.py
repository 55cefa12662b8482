"""A page of the manual."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..dsl.record import record


@record
class Page:
    """What there is to say about one thing. `kind` is what it is, `title` a line for lists.

    `body` makes the text, in Markdown: an example is compiled only for a page that is read. It repeats the title where
    that is the first sentence of the thing's documentation; `titled` tells that it does not.
    """

    name: str
    kind: str
    title: str
    body: Callable[[], str]
    titled: bool = False
    alias: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What the page is found by: also the name without that of its module, `conv_bn` of `std.mobile.conv_bn`."""
        return self.name, self.name.rpartition(".")[2], self.alias or self.name

    def text(self) -> str:
        """The whole page."""
        heading = f"{self.name}: {self.title}" if self.titled else f"{self.name} ({self.kind})"
        return f"# {heading}\n\n{self.body().strip()}\n"

    def as_json(self) -> dict[str, Any]:
        """How a list names it to a program."""
        return {"name": self.name, "kind": self.kind, "title": self.title}


def first_sentence(doc: str) -> str:
    """The title that a documentation text starts with."""
    paragraph = " ".join(doc.partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].removesuffix(".")
