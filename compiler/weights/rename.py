"""The rename file: which layer of a foreign checkpoint is which of the program's. docs/weights.md has its grammar.

source torch                               # names and layouts
epsilon batch_norm = 1e-5
ignore aux.*
features.{i}.conv.{n} = block{i-1}.{n}
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ...dsl.diagnostics import Diagnostic, DiagnosticError, error
from ...dsl.record import record
from ...dsl.source import Source, Span
from ...dsl.suggest import hint
from .. import codes
from .slots import ALLOWED, PRESETS, SLOTS

MAX_RENAME = 2**20
"""Characters, and bytes, of a rename file."""

MAX_CAPTURES = 8

_CAPTURE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::([0-9]{1,6})\.\.([0-9]{1,6}))?\}")
_USE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)([+-][0-9]{1,6})?\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern = target`. A capture ends where the text behind it first occurs, and never crosses `.` or `/`.

    `ranges` bounds the captures that were written as `{i:0..4}`.
    """

    pattern: re.Pattern[str]
    target: str
    span: Span
    ranges: Mapping[str, range] = field(default_factory=dict)

    def match(self, name: str) -> re.Match[str] | None:
        """The captures in a name that the pattern matches."""
        match = self.pattern.fullmatch(name)
        if match is None or any(int(match[capture]) not in span for capture, span in self.ranges.items()):
            return None
        return match

    def apply(self, name: str) -> str | None:
        """The path for a name that the pattern matches. Raises DiagnosticError where `{i+1}` is of no number."""
        match = self.match(name)
        if match is None:
            return None
        try:
            return _USE.sub(lambda use: _filled(match, use), self.target)
        except ValueError:
            message = f"`{name}` gives no number to count with in `{self.target}`"
            raise DiagnosticError(error(codes.RENAME_TARGET, message, self.span)) from None


def _filled(match: re.Match[str], use: re.Match[str]) -> str:
    text: str = match[use[1]]
    return str(int(text) + int(use[2])) if use[2] else text


@record
class Epsilon:
    value: float
    span: Span


@dataclass(frozen=True)
class Rename:
    """A rename file, read. Without one, every field has its default."""

    source: str | None = None
    layouts: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    ignored: tuple[Rule, ...] = ()
    epsilon: Epsilon | None = None
    order: str | None = None
    cast_f64: bool = False

    def path_of(self, name: str) -> str | None:
        """What the first rule that matches makes of a name. Raises DiagnosticError."""
        return next((path for rule in self.rules if (path := rule.apply(name)) is not None), None)

    def ignores(self, name: str) -> bool:
        return any(rule.match(name) for rule in self.ignored)


@record
class _Line:
    """One line without its comment: the text, and where it stands."""

    text: str
    span: Span

    def fault(self, message: str, help_: str | None = None) -> DiagnosticError:
        return DiagnosticError(error(codes.RENAME_SYNTAX, message, self.span, hint=help_))


def parse_rename(source: Source) -> Rename:
    """Raises DiagnosticError with every malformed line."""
    if len(source.text) > MAX_RENAME:
        message = f"`{source.name}` has {len(source.text)} characters, at most {MAX_RENAME} are read"
        raise DiagnosticError(error(codes.RENAME_SYNTAX, message))
    rename, problems = Rename(), list[Diagnostic]()
    for line in _lines(source):
        try:
            rename = _read(rename, line)
        except DiagnosticError as exc:
            problems += exc.diagnostics
    if problems:
        raise DiagnosticError(problems)
    return rename


def _lines(source: Source) -> list[_Line]:
    lines = []
    for number, raw in enumerate(source.lines, 1):
        text = re.split(r"(?:^|\s)#", raw, maxsplit=1)[0].rstrip()
        if text.strip():
            start = len(text) - len(text.lstrip()) + 1
            lines.append(_Line(text.strip(), Span(source.name, number, start, number, len(text) + 1)))
    return lines


def _read(rename: Rename, line: _Line) -> Rename:
    left, equals, right = (part.strip() for part in line.text.partition("="))
    word, _, argument = left.partition(" ")
    argument = argument.strip()
    if argument and equals and word in _SETTINGS:
        return _SETTINGS[word](rename, line, argument, right)
    if argument and not equals and word in _STATEMENTS:
        return _STATEMENTS[word](rename, line, argument)
    if equals and left and right and not argument:
        return replace(rename, rules=(*rename.rules, _rule(line, left, right)))
    known = ", ".join(f"`{word}`" for word in (*_STATEMENTS, *_SETTINGS))
    help_ = hint(word, (*_STATEMENTS, *_SETTINGS)) or f"lines are `pattern = path`, or start with one of {known}"
    raise line.fault(f"`{line.text}` is no line of a rename file", help_)


def _one_of(line: _Line, what: str, word: str, allowed: tuple[str, ...]) -> str:
    if word not in allowed:
        known = ", ".join(f"`{one}`" for one in allowed)
        raise line.fault(f"`{word}` is no {what}", hint(word, allowed) or f"it is one of {known}")
    return word


def _source(rename: Rename, line: _Line, word: str) -> Rename:
    return replace(rename, source=_one_of(line, "source", word, tuple(PRESETS)))


def _order(rename: Rename, line: _Line, word: str) -> Rename:
    return replace(rename, order=_one_of(line, "order", word, ("file", "natural")))


def _cast(rename: Rename, line: _Line, word: str) -> Rename:
    _one_of(line, "element type that is cast", word, ("f64",))
    return replace(rename, cast_f64=True)


def _ignore(rename: Rename, line: _Line, pattern: str) -> Rename:
    return replace(rename, ignored=(*rename.ignored, Rule(_ignored_names(pattern), "", line.span)))


def _layout(rename: Rename, line: _Line, kind: str, layout: str) -> Rename:
    _one_of(line, "kind of weight with a layout", kind, tuple(ALLOWED))
    return replace(rename, layouts={**rename.layouts, kind: _one_of(line, f"layout of {kind}", layout, ALLOWED[kind])})


def _tensor(rename: Rename, line: _Line, word: str, slot: str) -> Rename:
    return replace(rename, slots={**rename.slots, word: _one_of(line, "tensor of a layer", slot, SLOTS)})


def _epsilon(rename: Rename, line: _Line, op: str, number: str) -> Rename:
    _one_of(line, "operator with an epsilon", op, ("batch_norm",))
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not 0.0 <= value < 1.0:
        raise line.fault(f"`{number}` is no epsilon, which is a number from 0 up to 1")
    return replace(rename, epsilon=Epsilon(value, line.span))


_STATEMENTS: Mapping[str, Callable[[Rename, _Line, str], Rename]] = {
    "source": _source,
    "order": _order,
    "cast": _cast,
    "ignore": _ignore,
}
_SETTINGS: Mapping[str, Callable[[Rename, _Line, str, str], Rename]] = {
    "layout": _layout,
    "tensor": _tensor,
    "epsilon": _epsilon,
}


def _ignored_names(pattern: str) -> re.Pattern[str]:
    """`*` stands for any text; each ends where the text behind it first occurs, which keeps matching linear."""
    first, *rest = (re.escape(part) for part in pattern.split("*"))
    if not rest:
        return re.compile(first)
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}")


def _rule(line: _Line, pattern: str, target: str) -> Rule:
    captures = list(_CAPTURE.finditer(pattern))
    names = [capture[1] for capture in captures]
    if len(names) > MAX_CAPTURES or len(set(names)) < len(names):
        raise line.fault(f"a pattern has at most {MAX_CAPTURES} captures, each with its own name")
    _check_braces(line, pattern, _CAPTURE)
    _check_braces(line, target, _USE)
    for use in _USE.finditer(target):
        if use[1] not in names:
            raise line.fault(f"`{{{use[1]}}}` is not captured by `{pattern}`", hint(use[1], names))
    ranges = {capture[1]: range(int(capture[2]), int(capture[3])) for capture in captures if capture[2]}
    return Rule(_compiled(pattern, captures), target, line.span, ranges)


def _check_braces(line: _Line, text: str, known: re.Pattern[str]) -> None:
    if any(brace in known.sub("", text) for brace in "{}"):
        raise line.fault(f"a brace of `{text}` belongs to no `{{capture}}`")


def _compiled(pattern: str, captures: list[re.Match[str]]) -> re.Pattern[str]:
    """Each capture with the text behind it is one atomic group, which keeps matching linear in the name."""
    starts = [*(capture.start() for capture in captures), len(pattern)]
    parts = [re.escape(pattern[: starts[0]])]
    for capture, end in zip(captures, starts[1:], strict=True):
        behind = re.escape(pattern[capture.end() : end]) or r"\Z"
        some = "[0-9]+" if capture[2] else "[^./]+?"
        parts.append(f"(?>(?P<{capture[1]}>{some}){behind})")
    return re.compile("".join(parts))
