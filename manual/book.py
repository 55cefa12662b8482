"""All pages, and how one is found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ..dsl.diagnostics import DiagnosticError, error
from ..dsl.library import SUFFIX
from ..dsl.source import Sources
from ..dsl.suggest import hint
from . import callables, definitions, diagnostics, keywords, metrics, rules
from .codes import NO_PAGE
from .page import Page


def pages() -> Iterator[Page]:
    """Every page there is, kind by kind."""
    return chain(
        diagnostics.pages(),
        rules.pages(),
        keywords.pages(),
        callables.pages(),
        metrics.pages(),
        definitions.pages(),
    )


def find(word: str, sources: Sources) -> list[Page]:
    """The pages of a name: `E0301`, `conv2d`, `conv_bn`, `std.mobile.conv_bn`, `FILE.mnet`, `FILE.mnet:Model`.

    One name may stand for several things, such as `max` of numbers. Letter case does not count in codes. A file that
    is read is added to `sources`. Raises DiagnosticError where there is no page, or no such file.
    """
    path, _, item = word.rpartition(":")
    if word.endswith(SUFFIX):
        return [next(definitions.pages_of_file(Path(word), sources))]
    if path.endswith(SUFFIX):
        _, *declared = definitions.pages_of_file(Path(path), sources)
        return _named(item, declared)
    return _named(word.replace(":", "."), list(pages()))


def _named(word: str, candidates: list[Page]) -> list[Page]:
    found = [page for page in candidates if word in page.names or word.upper() == page.name]
    if not found:
        names = [name for page in candidates for name in page.names]
        raise DiagnosticError(error(NO_PAGE, f"there is no page about `{word}`", hint=_advice(word, names)))
    return found


def _advice(word: str, names: list[str]) -> str:
    return hint(word, names) or "`mnet explain` lists what there is"
