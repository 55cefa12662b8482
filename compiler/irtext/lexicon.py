"""Spellings that the printer and the parser share: names, strings, numbers, attribute values, results of a node."""

from __future__ import annotations

import json
import math
import re

from ..ir import AttributeValue

NAME = r"[A-Za-z_][A-Za-z0-9_]*+(?:\.[A-Za-z0-9_]++)*+(?:\#[0-9]++)?+"
STRING = r'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"'
ABSENT = "_"
"""An optional operand that is not there."""

IN_SECTION = "data"
"""Elements that are in the trailing section, and the head of that section."""

INITIAL = "initial"
"""Elements that the initialiser of the parameter's role draws."""

FROZEN = "frozen"
"""Behind the elements of a parameter that is not trained."""

WITH = "with"
"""Leads the annotations of a node."""

_NAME = re.compile(NAME, re.ASCII)


def quote(text: str) -> str:
    """A JSON string; what can't be seen on a screen is escaped."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def spell_name(name: str) -> str:
    """The name itself where it is a dotted identifier, else in quotes."""
    return name if _NAME.fullmatch(name) and name != ABSENT else quote(name)


def spell_reference(name: str) -> str:
    """A value where it is defined or read."""
    return "%" + spell_name(name)


def spell_attribute(value: AttributeValue) -> str:
    """`true`, `3`, `0.5`, `"same"`, `(2, 2)`, `(1,)`: the type can be read off the spelling."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case tuple():
            inner = ", ".join(map(spell_attribute, value))
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case int() | float():
            return repr(value)


def same_attribute(left: object, right: object) -> bool:
    """Equality that tells 1 from 1.0 and from true, and 0.0 from -0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(same_attribute, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return left == right
