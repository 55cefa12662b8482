"""The point file: a point as JSON.

{
  "schema_version": 1,
  "model": "MnasSpace",
  "choices": {
    "stage0.kernel": 5
  },
  "carried": {}
}

Decisions are known by their paths, so a file survives every edit of the program that renames none of them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from ...dsl.diagnostics import Diagnostic, DiagnosticError, error
from ...dsl.source import Source, Span
from ...dsl.strays import HIDDEN
from ...dsl.suggest import hint
from ..codes import POINT_FILE
from .options import shown
from .point import Point

SCHEMA_VERSION = 1

MAX_BYTES = 1 << 22
MAX_FAULTS = 10
MAX_NESTING = 8
MAX_DIGITS = 19

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PATH = re.compile(rf"{_NAME}(?:\.{_NAME})*")
_KEYS = ("schema_version", "model", "choices", "carried")
_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "a bool", type(None): "null"}


def point_values(point: Point) -> dict[str, Any]:
    """The point as JSON-able data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": point.model,
        "choices": dict(point.choices),
        "carried": dict(point.carried),
    }


def print_point(point: Point) -> str:
    """The text of a point file. `parse_point` reads it back."""
    return json.dumps(point_values(point), indent=2, allow_nan=False) + "\n"


def parse_point(source: Source) -> Point:
    """The point that a file holds. Raises DiagnosticError with everything that makes it none."""
    content = _json(source)
    faults = list(_faults(source, content))
    if rest := len(faults[MAX_FAULTS:]):
        faults[MAX_FAULTS:] = [_fault(source, f"and {rest} more of its entries are none")]
    if faults:
        raise DiagnosticError(faults)
    return Point(content["model"], content["choices"], {k: float(v) for k, v in content.get("carried", {}).items()})


def place_of(source: Source, path: str) -> Span | None:
    """Where a path stands in the text of a point file."""
    return _place(source, path, source.text.find('"choices"'))


def _place(source: Source, key: str, start: int = 0) -> Span | None:
    """Where a key first stands: good enough to point at, since hardly any stands twice."""
    found = re.compile(re.escape(json.dumps(key)) + r"(?=\s*:)").search(source.text, max(start, 0))
    return _span(source, *found.span()) if found else None


def _span(source: Source, start: int, end: int) -> Span:
    """The span of characters of one line."""
    line = source.text.count("\n", 0, start) + 1
    column = start - source.text.rfind("\n", 0, start)
    return Span(source.name, line, column, line, column + end - start)


# Reading JSON -------------------------------------------------------------------------------


def _json(source: Source) -> Any:
    """What the text holds as JSON. Repeated keys, numbers out of range and NaN are refused: readers differ on them."""
    fail = partial(_fail, source)
    try:
        return json.loads(
            source.text,
            object_pairs_hook=partial(_object, fail),
            parse_int=partial(_int, fail),
            parse_float=partial(_float, fail),
            parse_constant=lambda word: fail(f"`{word}` is no number of JSON"),
        )
    except json.JSONDecodeError as wrong:
        place = _span(source, wrong.pos, wrong.pos + 1)
        raise DiagnosticError(
            error(POINT_FILE, f"`{source.name}` is not JSON", place, "not JSON from here on")
        ) from None
    except RecursionError:
        fail("it is nested too deeply")


Fail = Callable[..., NoReturn]


def _fail(source: Source, message: str, key: str | None = None) -> NoReturn:
    place = _place(source, key) if key is not None else None
    raise DiagnosticError(_fault(source, message, place)) from None


def _fault(source: Source, message: str, place: Span | None = None, help_: str | None = None) -> Diagnostic:
    return error(POINT_FILE, f"`{source.name}` is no point file: {message}", place, hint=help_)


def _object(fail: Fail, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    unique: dict[str, Any] = {}
    for key, value in pairs:
        if key in unique:
            fail(f"`{shown(key)}` stands in it twice", key)
        unique[key] = value
    return unique


def _int(fail: Fail, text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        fail(f"a number of it has {len(text.lstrip('-'))} digits, at most {MAX_DIGITS} are read")
    return int(text)


def _float(fail: Fail, text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        fail(f"`{text[:30]}` is beyond the range of a float")
    return value


# What a point has ---------------------------------------------------------------------------


def _faults(source: Source, content: Any) -> Iterator[Diagnostic]:
    fault = partial(_fault, source)
    if not isinstance(content, dict):
        yield fault(f"it holds {_kind(content)}, not an object")
        return
    if content.get("schema_version") is not SCHEMA_VERSION:
        yield fault(
            f"its `schema_version` is {_found(content, 'schema_version')}, the one that is read is {SCHEMA_VERSION}"
        )
        return
    for key in (key for key in content if key not in _KEYS):
        yield fault(f"the key `{shown(key)}` is not known", _place(source, key), hint(key, _KEYS))
    if not isinstance(content.get("model"), str) or not re.fullmatch(_NAME, content["model"]):
        yield fault(f"its `model` is {_found(content, 'model')}; it is the name of a model")
    for key, check in (("choices", _option_fault), ("carried", _number_fault)):
        entries = content.get(key, {} if key == "carried" else None)
        if isinstance(entries, dict):
            yield from _entry_faults(source, entries, check)
        else:
            yield fault(f"its `{key}` is {_found(content, key)}; it is an object with a value for each path")


def _entry_faults(
    source: Source, entries: Mapping[str, Any], check: Callable[[Any], str | None]
) -> Iterator[Diagnostic]:
    for path, value in entries.items():
        problem = check(value) if _PATH.fullmatch(path) else "this is no path"
        if problem:
            yield _fault(source, f"`{shown(path)}`: {problem}", place_of(source, path))


def _option_fault(value: Any, nesting: int = 0) -> str | None:
    """Why a value can be no option."""
    match value:
        case list() if nesting == MAX_NESTING:
            return f"an option is nested at most {MAX_NESTING} deep"
        case list():
            return next((found for item in value if (found := _option_fault(item, nesting + 1))), None)
        case str() if hidden := HIDDEN.search(value):
            return f"it has the invisible character U+{ord(hidden[0]):04X}"
        case bool() | int() | float() | str():
            return None
        case _:
            return f"an option is a number, bool, string or list, found {_kind(value)}"


def _number_fault(value: Any) -> str | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number else f"a hyper-parameter is a number, found {_kind(value)}"


def _found(content: Mapping[str, Any], key: str) -> str:
    return f"`{shown(content[key])}`" if key in content else "missing"


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a number")
