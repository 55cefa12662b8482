"""Whether a model is what it says of itself: its requirements and its expectations, against what is measured.

A requirement holds for every architecture that is compiled; an expectation is a published number, proved by
`mnet check`. What does not hold becomes a diagnostic with the measured value, the limit, by how much it is missed and
the calls that contribute most.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from ..dsl.diagnostics import Diagnostic, Label, Severity, error
from ..dsl.metrics import METRICS, Unit
from ..dsl.source import Span
from ..dsl.suggest import closest
from .amounts import bound, percent, percent_up, shown
from .claims import Expectation, Requirement
from .codes import EXPECTATION_MISSED, REQUIREMENT_UNCHECKED, REQUIREMENT_UNMET, TABLE_ROWS
from .ir import Graph
from .metrics import Gauge, LatencyTable, Measured, MissingRowsError, Row, Share

SHOWN = 3
"""Calls that are shown with what they contribute."""

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_WORDS = {
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "==": "exactly",
}

Tables = Mapping[str, LatencyTable]


def holds(requirement: Requirement, value: float) -> bool:
    """Whether a measured value meets the requirement."""
    return _HOLDS[requirement.operator](value, requirement.limit)


def unmet(graph: Graph, tables: Tables | None = None) -> tuple[Diagnostic, ...]:
    """An error for each requirement that the graph breaks or a table can't tell; a warning where the table is missing.

    In the order of the program.
    """
    gauge = Gauge(graph)
    verdicts = (_verdict(gauge, requirement, tables or {}) for requirement in graph.requirements)
    return tuple(verdict for verdict in verdicts if verdict is not None)


def missed(graph: Graph) -> tuple[Diagnostic, ...]:
    """An error for each expectation that what is measured lies outside of, in the order of the program."""
    gauge = Gauge(graph)
    measured = ((expected, gauge.measure(expected.metric).value) for expected in graph.expectations)
    return tuple(
        _missed(expected, value) for expected, value in measured if abs(value - expected.value) > expected.margin
    )


def _verdict(gauge: Gauge, requirement: Requirement, tables: Tables) -> Diagnostic | None:
    if requirement.table is None:
        measured = gauge.measure(requirement.metric)
    elif requirement.table not in tables:
        return _unchecked(requirement, tables)
    else:
        table = tables[requirement.table]
        try:
            measured = gauge.latency(table)
        except MissingRowsError as problem:
            return _without_rows(requirement, table, problem.rows)
    return None if holds(requirement, measured.value) else _unmet(requirement, measured)


# Requirements -------------------------------------------------------------------------------


def _unmet(requirement: Requirement, measured: Measured) -> Diagnostic:
    unit = METRICS[requirement.metric].unit
    value, limit = measured.value, requirement.limit
    wanted = f"{_WORDS[requirement.operator]} {shown(limit, unit)}"
    return error(
        REQUIREMENT_UNMET,
        f"`{requirement.measured}` is {shown(value, unit)}, required is {wanted}",
        requirement.span,
        _distance(value, limit, unit),
        others=tuple(_contributions(measured, unit)) if value > limit else (),
        notes=measured.notes,
        hint=_way_out(requirement, value, unit),
    )


def _distance(value: float, limit: float, unit: Unit) -> str:
    if value == limit:
        return "exactly the limit"
    share = f" ({percent(abs(value - limit) / abs(limit))})" if limit else ""
    return f"{shown(abs(value - limit), unit)}{share} {'over' if value > limit else 'short of'} the limit"


def _way_out(requirement: Requirement, value: float, unit: Unit) -> str | None:
    if requirement.operator in ("<", "<="):
        allowed = f"{requirement.measured} <= {bound(value, unit, up=True)}"
        return f"make the layers shown smaller, or allow `{allowed}`"
    if requirement.operator in (">", ">="):
        return f"make the model larger, or ask for `{requirement.measured} >= {bound(value, unit, up=False)}`"
    return None


def _contributions(measured: Measured, unit: Unit) -> Iterator[Label]:
    """The calls that contribute most, each with its share and its largest layer."""
    placed = [(share.span, share) for share in measured.shares() if share.span is not None]
    calls = groupby(sorted(placed, key=lambda pair: _place(pair[0])), key=lambda pair: pair[0])
    by_call = [(span, [share for _, share in group]) for span, group in calls]
    by_call.sort(key=lambda call: -sum(share.value for share in call[1]))
    for span, shares in by_call[:SHOWN]:
        yield Label(span, _contribution(shares, measured.value, unit))


def _place(span: Span) -> tuple[str, int, int]:
    return span.file, span.line, span.column


def _contribution(shares: list[Share], total: float, unit: Unit) -> str:
    value = sum(share.value for share in shares)
    largest = max(shares, key=lambda share: share.value)
    text = f"{shown(value, unit)}, {percent(value / total)}"
    if len(shares) == 1:
        return f"{text}: `{largest.path}`"
    if largest.value * len(shares) == value:
        return f"{text} in {len(shares)} layers, such as `{largest.path}`"
    return f"{text} in {len(shares)} layers, most in `{largest.path}`: {shown(largest.value, unit)}"


def _unchecked(requirement: Requirement, tables: Tables) -> Diagnostic:
    name = requirement.table or ""
    similar = closest(name, tables)
    given = f"a table `{similar}` is given: did you mean that?" if similar else f"give it: `--table {name}=FILE`"
    label = () if requirement.span is None else (Label(requirement.span, "not checked"),)
    message = f"`{requirement.measured}` is not checked: there is no table `{name}`"
    return Diagnostic(REQUIREMENT_UNCHECKED, message, label, hint=given, severity=Severity.WARNING)


def _without_rows(requirement: Requirement, table: LatencyTable, rows: Mapping[str, Row]) -> Diagnostic:
    layers = f"{len(rows)} layer{'s' * (len(rows) > 1)}"
    between = ("it interpolates only between rows of the same operator that have fewer and more MACs",)
    return error(
        TABLE_ROWS,
        f"`{requirement.measured}` can't be told: the table has no row for {layers}",
        requirement.span,
        "rows are missing",
        notes=(*_missing(table, rows), *(between if table.interpolates else ())),
        hint="measure these rows, or name operators that take no time of their own under `free`",
    )


def _missing(table: LatencyTable, rows: Mapping[str, Row]) -> Iterator[str]:
    """Each row once, with the first layer that needs it."""
    users: dict[Row, list[str]] = {}
    for path, row in rows.items():
        users.setdefault(row, []).append(path)
    for row, paths in users.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        nearest = table.nearest(row)
        known = f"the nearest is {nearest.as_text()}" if nearest else f"it has none of `{row.operator}`"
        yield f"`{paths[0]}`{more}: {row.as_text()}\n{known}"


# Expectations -------------------------------------------------------------------------------


def _missed(expected: Expectation, value: float) -> Diagnostic:
    unit = METRICS[expected.metric].unit
    allowed = f"+- {percent(expected.tolerance)}" if expected.tolerance is not None else "to the last digit written"
    return error(
        EXPECTATION_MISSED,
        f"`{expected.metric}` is {shown(value, unit)}, expected is {shown(expected.value, unit)} {allowed}",
        expected.span,
        _difference(expected, value, unit),
        hint=_would_do(expected, value),
    )


def _difference(expected: Expectation, value: float, unit: Unit) -> str:
    gap = value - expected.value
    share = f" ({percent(abs(gap) / abs(expected.value))})" if expected.value else ""
    return f"{shown(abs(gap), unit)}{share} {'more' if gap > 0 else 'less'} than this"


def _would_do(expected: Expectation, value: float) -> str | None:
    gap = abs(value - expected.value)
    return f"`+- {percent_up(gap / abs(expected.value))}` would do" if gap < abs(expected.value) / 2 else None
