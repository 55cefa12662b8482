"""`mnet explain`: the page of a code, an operator, a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from ..manual.book import find, pages
from ..manual.page import Page
from .console import Console, reporting


@click.command(name="explain")
@click.argument("word", required=False)
@reporting
def command(console: Console, word: str | None) -> None:
    """Explain WORD: the code of a diagnostic or of a lint rule, an operator, a builtin, an annotation, a metric.

    Also a block of the standard library, `conv_bn`, and whatever a file declares: `net.mnet:head`; of `net.mnet` alone
    it lists that. Without a word it lists all there are pages about.
    """
    if word is None:
        listed = list(pages())
        console.result("\n".join(_list(listed)).rstrip(), lambda: {"pages": [page.as_json() for page in listed]})
        return
    found = find(word, console.sources)
    texts = [page.text() for page in found]
    values = [{**page.as_json(), "text": text} for page, text in zip(found, texts, strict=True)]
    console.result("\n".join(texts).rstrip(), lambda: {"pages": values})


def _list(listed: Iterable[Page]) -> Iterator[str]:
    kinds: dict[str, list[Page]] = {}
    for page in listed:
        kinds.setdefault(page.kind, []).append(page)
    for kind, group in kinds.items():
        yield f"{kind}s"
        yield from (f"  {page.name:<28}  {page.title}".rstrip() for page in group)
        yield ""
