"""Pages of diagnostics: each room's `codes.py` declares them, and its `explanations.md` explains them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import resources

from ..dsl.diagnostics import Code
from ..dsl.record import record
from .page import Page

ROOMS = ("dsl", "compiler", "passes", "backends", "manual")

_PACKAGE = __package__.rpartition(".")[0]
_SECTION = re.compile(r"^## (\w+)\n", re.MULTILINE)
_EXAMPLE = re.compile(r"^```mnet (wrong|right)( body)?\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


@record
class Explanation:
    """The text of a code, in Markdown, and a program that has the error and one that has not."""

    text: str
    wrong: str | None
    right: str | None


def pages() -> Iterator[Page]:
    """A page for each code, in the order of the rooms."""
    for room in ROOMS:
        for code in codes(room):
            yield Page(code.id, "diagnostic", code.title, partial(_page, room, code), titled=True)


def _page(room: str, code: Code) -> str:
    return _body(explanations(room)[code.id])


def codes(room: str) -> list[Code]:
    """The codes that a room declares, in their order."""
    module = importlib.import_module(f"{_PACKAGE}.{room}.codes")
    return [value for value in vars(module).values() if isinstance(value, Code)]


@cache
def explanations(room: str) -> Mapping[str, Explanation]:
    """What a room says of its codes, by code."""
    text = (resources.files(_PACKAGE) / room / "explanations.md").read_text(encoding="utf-8")
    _, *parts = _SECTION.split(text)
    return {code: _read(section) for code, section in zip(parts[::2], parts[1::2], strict=True)}


def _read(section: str) -> Explanation:
    programs = {word: _whole(text) if body else text for word, body, text in _EXAMPLE.findall(section)}
    return Explanation(_EXAMPLE.sub("", section).strip(), programs.get("wrong"), programs.get("right"))


def _whole(body: str) -> str:
    """A model around some statements."""
    indented = "".join(f"  {line}" for line in body.splitlines(keepends=True))
    return f"model Net() {{\n  input image: f32[N, 32, 32, 3]\n{indented}  output result = image |> relu\n}}\n"


def _body(explanation: Explanation) -> str:
    from .examples import rendered  # noqa: PLC0415  # the whole compiler, which a list of pages does not need

    parts = [explanation.text]
    if explanation.wrong:
        parts += ["This is refused:", _fenced(explanation.wrong, "mnet"), _fenced(rendered(explanation.wrong), "text")]
    if explanation.right:
        parts += ["This is right:", _fenced(explanation.right, "mnet")]
    return "\n\n".join(parts)


def _fenced(text: str, language: str) -> str:
    return f"```{language}\n{text}```"
