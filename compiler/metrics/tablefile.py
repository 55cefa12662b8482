"""A latency table's file: JSON, described in docs/requirements.md. It may come from anywhere: all of it is checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from json import JSONDecodeError
from pathlib import Path
from typing import Any, NoReturn

from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.reading import read_text
from ...dsl.source import Sources, Span
from ...dsl.suggest import hint
from ..codes import TABLE_MALFORMED, TABLE_NAME
from ..ir import AttributeValue
from ..ops import OPERATORS, Operator, OperatorError
from .table import LatencyTable, Row, Shape, counts_macs, macs

SCHEMA_VERSION = 1
MAX_BYTES = 16 * 2**20
MAX_ROWS = 50_000
MAX_AXES = 32
MAX_SIZE = 2**31
MAX_MS = 1e9
MAX_NESTING = 4

_REQUIRED = ("schema_version", "name", "unit", "rows")
_OPTIONAL = ("about", "free", "fallback")
_ROW_REQUIRED = ("operator", "shapes", "ms")
_ROW_OPTIONAL = ("attributes",)


class _MalformedError(Exception):
    """What is wrong in a table, and where."""

    def __init__(self, message: str, help_: str | None = None, span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help_
        self.span = span


def read_table(path: Path, name: str, sources: Sources | None = None) -> LatencyTable:
    """The table in a file, which is added to `sources`.

    Raises DiagnosticError for a file that can't be read, is no such table, or one of another name.
    """
    file = str(path)
    text = read_text(path, file, MAX_BYTES, Sources() if sources is None else sources).text
    table = _checked(text, file)
    if table.name != name:
        message = f"`{file}` is the table `{table.name}`, not `{name}`"
        raise DiagnosticError(error(TABLE_NAME, message, hint=f"give it as `{table.name}`"))
    return table


def _checked(text: str, file: str) -> LatencyTable:
    try:
        return _table(_parsed(text, file))
    except _MalformedError as fault:
        message = f"`{file}` is no latency table: {fault.message}"
        raise DiagnosticError(error(TABLE_MALFORMED, message, fault.span, hint=fault.help)) from None


def _parsed(text: str, file: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_without_repetition)
    except JSONDecodeError as failure:
        span = Span(file, failure.lineno, failure.colno, failure.lineno, failure.colno + 1)
        raise _MalformedError(f"it is no JSON: {failure.msg.lower()}", span=span) from None
    except RecursionError:
        raise _MalformedError("it is nested too deeply") from None
    except ValueError:
        raise _MalformedError("it has a number of too many digits") from None


def _no_number(word: str) -> NoReturn:
    raise _MalformedError(f"`{word}` is no number")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _MalformedError(f"an object has a name twice, among {', '.join(f'`{name}`' for name in members)}")
    return members


def _table(data: Any) -> LatencyTable:
    root = _object("it", data, _REQUIRED, _OPTIONAL)
    if root["schema_version"] != SCHEMA_VERSION:
        raise _MalformedError(f"its `schema_version` is {_shown(root['schema_version'])}, known is {SCHEMA_VERSION}")
    if root["unit"] != "ms":
        raise _MalformedError(f"its `unit` is {_shown(root['unit'])}, known is `ms`")
    interpolates = _fallback(root.get("fallback"))
    rows = _rows(root["rows"], interpolates)
    return LatencyTable(_text("name", root["name"]), rows, frozenset(_free(root.get("free", []))), interpolates)


def _fallback(value: Any) -> bool:
    if value not in (None, "macs"):
        raise _MalformedError(f"its `fallback` is {_shown(value)}, known is `macs`")
    return value is not None


def _free(names: Any) -> Iterator[str]:
    for index, name in enumerate(_list("`free`", names)):
        yield _operator(f"`free[{index}]`", name).name


def _rows(data: Any, interpolates: bool) -> Mapping[Row, float]:
    listed = _list("`rows`", data)
    if len(listed) > MAX_ROWS:
        raise _MalformedError(f"it has {len(listed):,} rows, at most {MAX_ROWS:,} are read")
    rows: dict[Row, float] = {}
    for index, entry in enumerate(listed):
        where = f"`rows[{index}]`"
        row, seconds = _row(where, entry)
        if row in rows:
            raise _MalformedError(f"{where} is there twice: {row.as_text()}")
        if interpolates and counts_macs(row.operator):
            _need_macs(where, row)
        rows[row] = seconds
    return rows


def _row(where: str, data: Any) -> tuple[Row, float]:
    entry = _object(where, data, _ROW_REQUIRED, _ROW_OPTIONAL)
    operator = _operator(where, entry["operator"])
    shapes = tuple(_shape(where, shape) for shape in _list(f"`shapes` of {where}", entry["shapes"]))
    return Row(operator.name, shapes, _attributes(where, operator, entry.get("attributes", {}))), _seconds(where, entry)


def _need_macs(where: str, row: Row) -> None:
    """A row that others are interpolated from must be one that the operator can take."""
    try:
        macs(row)
    except OperatorError as problem:
        raise _MalformedError(f"{where}, `{row.operator}`: {problem.message}") from None


def _operator(where: str, name: Any) -> Operator:
    if not isinstance(name, str) or name not in OPERATORS:
        raise _MalformedError(f"{where} is of no operator: {_shown(name)}", hint(str(name)[:100], OPERATORS))
    return OPERATORS[name]


def _shape(where: str, data: Any) -> Shape:
    sizes = _list(f"a shape of {where}", data)
    if len(sizes) > MAX_AXES or not all(type(size) is int and 0 < size <= MAX_SIZE for size in sizes):
        raise _MalformedError(f"a shape of {where} is {_shown(data)}, sizes are ints from 1, with the batch as 1")
    return tuple(sizes)


def _attributes(where: str, operator: Operator, data: Any) -> tuple[tuple[str, AttributeValue], ...]:
    """All attributes of the operator: those that are given, and the others by their defaults."""
    declared = {attribute.name: attribute.default for attribute in operator.attributes}
    required = [attribute.name for attribute in operator.attributes if not isinstance(attribute.default, _VALUES)]
    given = _object(f"`attributes` of {where}", data, required, declared)
    frozen = {name: _frozen(where, value) for name, value in given.items()}
    return tuple(sorted({**declared, **frozen}.items()))  # type: ignore[arg-type]  # those without a default are given


_VALUES = (int, float, str, tuple)


def _frozen(where: str, value: Any, depth: int = 0) -> AttributeValue:
    if isinstance(value, list) and depth < MAX_NESTING:
        return tuple(_frozen(where, item, depth + 1) for item in value)
    if not isinstance(value, int | float | str):
        raise _MalformedError(f"an attribute of {where} can't be {_shown(value)}")
    return value


def _seconds(where: str, entry: Mapping[str, Any]) -> float:
    value = entry["ms"]
    if type(value) not in (int, float) or not 0 <= value <= MAX_MS:
        raise _MalformedError(f"`ms` of {where} is {_shown(value)}, a time is a number from 0 to {MAX_MS:g}")
    return float(value) / 1000


def _object(where: str, data: Any, required: Iterable[str], optional: Iterable[str]) -> dict[str, Any]:
    """An object with all members that it needs and none that is unknown."""
    if not isinstance(data, dict):
        raise _MalformedError(f"{where} must be an object, found {_shown(data)}")
    known = {*required, *optional}
    if unknown := next((name for name in data if name not in known), None):
        raise _MalformedError(f"{where} has the unknown member {_shown(unknown)}", hint(unknown[:100], known))
    if missing := next((name for name in required if name not in data), None):
        raise _MalformedError(f"{where} has no `{missing}`")
    return data


def _list(where: str, data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise _MalformedError(f"{where} must be a list, found {_shown(data)}")
    return data


def _text(where: str, data: Any) -> str:
    if not isinstance(data, str) or not data.isidentifier() or len(data) > 100:
        raise _MalformedError(f"its `{where}` is {_shown(data)}, it must be a name as `latency(...)` can write it")
    return data


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
