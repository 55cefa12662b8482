"""Mistakes with a diagnostic of their own, where what could follow instead says nothing of what is meant."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import codes
from .diagnostics import Applicability, Diagnostic, Edit, Fix, error
from .lexer import Token
from .quantities import UNITS
from .source import Source, Span
from .tables import END
from .trouble import Trouble

_PATTERN = re.compile(r"[\w.*]+")


def diagnose(trouble: Trouble, source: Source) -> Diagnostic | None:
    """What is wrong, if it is one of these."""
    return next(filter(None, (rule(trouble, source) for rule in _RULES)), None)


def misplaced_quantity(token: Token, file: str) -> Diagnostic:
    """A number with a unit where only a plain one can be."""
    return error(
        codes.MISPLACED_QUANTITY,
        f"the quantity `{token.text}` can't be used here",
        token.span(file),
        hint="only the bounds of `require` and `expect` have units, and are then one number; write the zeros out",
    )


def _no_options(trouble: Trouble, source: Source) -> Diagnostic | None:
    """`choice k in { }`."""
    kinds = [token.kind for token in trouble.statement]
    if trouble.token.kind != "RBRACE" or kinds[-3:] != ["NAME", "IN", "LBRACE"] or trouble.starts != "CHOICE":
        return None
    braces = trouble.statement[-1].span(source.name).to(trouble.token.span(source.name))
    message = f"the choice `{trouble.statement[-3].text}` has no options"
    return error(codes.NO_OPTIONS, message, braces, hint="name one at least: `{ 3, 5 }`")


def _choice_as_value(trouble: Trouble, source: Source) -> Diagnostic | None:
    """`conv2d(8, kernel=choice { 3, 5 })`. At the start of a line it rather starts the next statement."""
    if trouble.token.kind != "CHOICE" or trouble.starts_line or "an expression" not in trouble.expected:
        return None
    return error(
        codes.CHOICE_AS_VALUE,
        "a choice is a statement, and no value",
        trouble.token.span(source.name),
        hint="write `choice name in { a, b }` before this statement, and `name` here",
    )


def _unit_apart(trouble: Trouble, source: Source) -> Diagnostic | None:
    """`300 M`."""
    number, unit = trouble.previous, trouble.token
    if unit.text not in UNITS or number is None or number.kind not in {"INT", "FLOAT"} or trouble.starts_line:
        return None
    together = f"{number.text}{unit.text}"
    place = number.span(source.name).to(unit.span(source.name))
    return error(
        codes.UNKNOWN_UNIT,
        "a unit stands directly behind its number",
        place,
        hint=f"write `{together}`",
        fix=Fix(f"write `{together}`", (Edit(place, together),), Applicability.SAFE),
    )


def _bare_pattern(trouble: Trouble, source: Source) -> Diagnostic | None:
    """`@freeze on head.*`."""
    token = trouble.token
    found = _PATTERN.match(source.lines[token.line - 1], token.column - 1)
    if not found or trouble.starts_line or trouble.expected != ["a string"]:
        return None
    place = Span(source.name, token.line, token.column, token.line, token.column + len(found[0]))
    return error(
        codes.BARE_PATTERN,
        "a path pattern is a string",
        place,
        hint=f'write `"{found[0]}"`',
        fix=Fix("put it in quotes", (Edit(place, f'"{found[0]}"'),), Applicability.SAFE),
    )


def _keyword_assigned(trouble: Trouble, source: Source) -> Diagnostic | None:
    """`choice = 3`."""
    kinds = [token.kind for token in trouble.statement]
    if trouble.token.kind != "_ASSIGN" or len(kinds) != 1 or kinds[0] not in _SPACE_STATEMENTS:
        return None
    return keyword(trouble.statement[0], source.name, None)


def keyword(token: Token, file: str, hint: str | None) -> Diagnostic:
    """A keyword where a name is meant."""
    message = f"the keyword `{token.text}` can't be a name"
    return error(codes.KEYWORD_AS_NAME, message, token.span(file), hint=hint or f"`{token.text}_` would do")


def _annotation_inside(trouble: Trouble, source: Source) -> Diagnostic | None:
    """`x = @freeze conv2d(8)`. At the start of a line it rather starts the next statement."""
    if trouble.token.kind != "AT" or trouble.starts_line or "an expression" not in trouble.expected:
        return None
    return error(
        codes.MISPLACED_ANNOTATION,
        "an annotation can't stand in an expression",
        trouble.token.span(source.name),
        hint="it stands before the whole statement: `@freeze x = ...`",
    )


def _annotation_of_nothing(trouble: Trouble, source: Source) -> Diagnostic | None:
    """`@freeze }`, `@freeze model Net() { ... }`."""
    kinds = [token.kind for token in trouble.statement]
    is_complete = kinds[:1] == ["AT"] and {*kinds} <= {"AT", "NAME"} and "a name" not in trouble.expected
    if not is_complete or trouble.token.kind not in _NEVER_ANNOTATED:
        return None
    about = f", not `{trouble.token.text}`" if trouble.token.kind in _DECLARES else ""
    return error(
        codes.MISPLACED_ANNOTATION,
        f"an annotation is about a statement, a block or paths{about}",
        trouble.statement[0].span(source.name),
        hint='in the body of a model, it says the paths by `on`: `@freeze on "head.**"`',
    )


_SPACE_STATEMENTS = frozenset({"CHOICE", "WHERE", "REPEAT", "REQUIRE", "EXPECT"})
_DECLARES = frozenset({"MODEL", "FN", "IMPORT"})
_NEVER_ANNOTATED = _DECLARES | {"RBRACE", "NAME", END}

_RULES: tuple[Callable[[Trouble, Source], Diagnostic | None], ...] = (
    _no_options,
    _choice_as_value,
    _unit_apart,
    _bare_pattern,
    _keyword_assigned,
    _annotation_inside,
    _annotation_of_nothing,
)
