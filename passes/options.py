"""The text of a pipeline as passes, their options typed by the fields of each pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints

from ..dsl.diagnostics import Code, Diagnostic, DiagnosticError, error
from ..dsl.record import record
from ..dsl.source import Span
from ..dsl.suggest import hint
from .base import Pass
from .codes import OPTION_VALUE, PIPELINE_SYNTAX, UNKNOWN_OPTION, UNKNOWN_PASS

SOURCE = "<pipeline>"
"""What the text of a pipeline is called in the spans of diagnostics."""

_ITEM = re.compile(r"\s*(?P<name>[\w-]+)\s*(?:\{(?P<options>[^{}]*)\}\s*)?(?P<end>,|$)")
_OPTION = re.compile(r"(?P<name>[^\s=]*)=?(?P<value>\S*)")
_READERS: Mapping[Any, Callable[[str], Any]] = {
    int: int,
    float: float,
    str: str,
    bool: {"true": True, "false": False}.__getitem__,
}


@record
class _Place:
    """A part of the pipeline's text, for diagnostics."""

    text: str
    start: int
    end: int

    def problem(self, code: Code, message: str, help_: str | None = None) -> DiagnosticError:
        line, before = self.text.count("\n", 0, self.start) + 1, self.text.rfind("\n", 0, self.start)
        span = Span(SOURCE, line, self.start - before, line, max(self.end, self.start + 1) - before)
        return DiagnosticError(error(code, message, span, hint=help_))


def parse_passes(text: str, passes: Mapping[str, type[Pass]]) -> tuple[Pass, ...]:
    """The passes that a text names. Raises DiagnosticError (E1101 to E1104) with everything that is wrong."""
    found: list[Pass] = []
    problems: list[Diagnostic] = []
    for item in _items(text):
        try:
            found.append(_make(item, passes))
        except DiagnosticError as cause:
            problems.extend(cause.diagnostics)
    if problems:
        raise DiagnosticError(problems)
    return tuple(found)


def _items(text: str) -> Iterator[re.Match[str]]:
    """The passes with their options, unread. An empty text is no pass at all."""
    position, more = 0, bool(text.strip())
    while more:
        item = _ITEM.match(text, position)
        if item is None:
            message = "expected a pass and its options, such as `fold-constants{limit=0}`"
            raise _Place(text, position, len(text)).problem(PIPELINE_SYNTAX, message)
        yield item
        position, more = item.end(), item["end"] == ","


def _make(item: re.Match[str], passes: Mapping[str, type[Pass]]) -> Pass:
    name, place = item["name"], _Place(item.string, *item.span("name"))
    if name not in passes:
        raise place.problem(
            UNKNOWN_PASS, f"there is no pass `{name}`", hint(name, passes) or f"the passes are {_spell(passes)}"
        )
    types = {key: type_ for key, type_ in get_type_hints(passes[name]).items() if get_origin(type_) is not ClassVar}
    options: dict[str, Any] = {}
    for option in _options(item):
        key, place = option["name"], _Place(item.string, *option.span())
        if key not in types:
            raise place.problem(UNKNOWN_OPTION, f"`{name}` has no option `{key}`", hint(key, types))
        if key in options:
            raise place.problem(UNKNOWN_OPTION, f"the option `{key}` is given twice")
        options[key] = _value(option, types[key], place)
    return passes[name](**options)


def _options(item: re.Match[str]) -> Iterator[re.Match[str]]:
    if item["options"] is not None:
        start, end = item.span("options")
        yield from (option for option in _OPTION.finditer(item.string, start, end) if option.group())


def _value(option: re.Match[str], type_: Any, place: _Place) -> Any:
    """The option's value, read as its type says."""
    texts = option["value"].split(",") if get_origin(type_) is tuple else [option["value"]]
    element = get_args(type_)[0] if get_origin(type_) is tuple else type_
    values = tuple(_element(text, element, place) for text in texts)
    return values if get_origin(type_) is tuple else values[0]


def _element(text: str, type_: Any, place: _Place) -> Any:
    if get_origin(type_) is Literal:
        words = get_args(type_)
        if text not in words:
            raise place.problem(OPTION_VALUE, f"`{text}` is none of {_spell(words)}", hint(text, words))
        return text
    try:
        return _READERS[type_](text)
    except (KeyError, ValueError) as cause:
        raise place.problem(OPTION_VALUE, f"`{text}` is no {type_.__name__}") from cause


def _spell(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
