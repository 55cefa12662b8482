"""Latency tables: what each operator takes on a device, as NetAdapt, ProxylessNAS and FBNet look it up.

A row is known by everything that an operator's time depends on: its name, the shapes of its operands, its attributes.
A layer's time is that of its row, exactly. Where a table says so, a row that is missing is interpolated linearly over
the MACs of the table's rows of the same operator, never beyond them.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log, prod
from typing import Any

from ...dsl.dtypes import DType
from ...dsl.record import record
from ..ir import AttributeValue, Graph, Node, Role
from ..ops import OPERATORS
from ..ops.base import none_counted
from ..types import TensorType

Shape = tuple[int, ...]

NEIGHBOURS = 8
"""Rows next in size, among which the one most alike is shown for a row that is missing."""


@record
class Row:
    """What a row is known by. `shapes` are those of all operands but biases, a symbolic batch being 1; `attributes`
    are all of the operator's, sorted by name. Biases and element types take no part: runtimes always add a bias, and
    a table is of one number format."""

    operator: str
    shapes: tuple[Shape, ...]
    attributes: tuple[tuple[str, AttributeValue], ...] = ()

    @property
    def size(self) -> int:
        """Elements of all operands."""
        return sum(map(prod, self.shapes))

    def as_json(self) -> dict[str, Any]:
        """The row as a table's file has it, without attributes that have their operator's defaults."""
        defaults = {attribute.name: attribute.default for attribute in OPERATORS[self.operator].attributes}
        given = {name: value for name, value in self.attributes if defaults[name] != value}
        return {"operator": self.operator, "shapes": self.shapes} | ({"attributes": given} if given else {})

    def as_text(self) -> str:
        """The same on one line, to be pasted into a table."""
        return json.dumps(self.as_json())


@record
class LookedUp:
    """Seconds by the paths of layers, and how many of them are interpolated."""

    seconds: Mapping[str, float]
    estimated: int


class MissingRowsError(Exception):
    """Layers without a row: the row that each needs, by its path."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        super().__init__(f"{len(rows)} rows are missing")
        self.rows = rows


@dataclass(frozen=True)
class LatencyTable:
    """Seconds by row. Operators in `free` take no time of their own. `interpolates`: see the module."""

    name: str
    rows: Mapping[Row, float]
    free: frozenset[str] = field(default_factory=frozenset)
    interpolates: bool = False

    def look_up(self, layers: Mapping[str, Row]) -> LookedUp:
        """The time of each layer. Raises MissingRowsError with all rows that are neither there nor estimated."""
        timed = {path: row for path, row in layers.items() if row.operator not in self.free}
        exact = {path: self.rows[row] for path, row in timed.items() if row in self.rows}
        guesses = {path: self.estimate(row) for path, row in timed.items() if path not in exact}
        if missing := {path: timed[path] for path, guess in guesses.items() if guess is None}:
            raise MissingRowsError(missing)
        estimates = {path: guess for path, guess in guesses.items() if guess is not None}
        return LookedUp(exact | estimates, len(estimates))

    def estimate(self, row: Row) -> float | None:
        """Seconds between the rows of the operator that have fewer and more MACs; None where there are no such rows."""
        curve = self._curves.get(row.operator) if self.interpolates else None
        if curve is None:
            return None
        work = macs(row)
        index = bisect_left(curve, (work, -1.0))
        if index < len(curve) and curve[index][0] == work:
            return curve[index][1]
        if not 0 < index < len(curve):
            return None
        (less, sooner), (more, later) = curve[index - 1 : index + 1]
        return sooner + (later - sooner) * (work - less) / (more - less)

    def nearest(self, row: Row) -> Row | None:
        """Of the rows of the operator that are next in size the one that differs in the fewest places."""
        rows = self._by_size.get(row.operator, [])
        index = bisect_left(rows, row.size, key=lambda other: other.size)
        candidates = rows[max(0, index - NEIGHBOURS // 2) : index + NEIGHBOURS // 2]
        return min(candidates, key=lambda other: _distance(row, other), default=None)

    @cached_property
    def _by_size(self) -> Mapping[str, list[Row]]:
        return _by_operator(sorted(self.rows, key=lambda row: row.size))

    @cached_property
    def _curves(self) -> Mapping[str, list[tuple[int, float]]]:
        """MACs and seconds by operator, each number of MACs once, with the mean of its rows."""
        return {name: self._curve(rows) for name, rows in self._by_size.items() if counts_macs(name)}

    def _curve(self, rows: Iterable[Row]) -> list[tuple[int, float]]:
        times: dict[int, list[float]] = {}
        for row in rows:
            times.setdefault(macs(row), []).append(self.rows[row])
        return sorted((work, sum(seconds) / len(seconds)) for work, seconds in times.items())


def _by_operator(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.operator, []).append(row)
    return grouped


def _distance(row: Row, other: Row) -> tuple[int, float]:
    """Shapes and attributes that differ, then how far apart the sizes are."""
    mine, others = ((*r.shapes, *r.attributes) for r in (row, other))
    different = sum(a != b for a, b in zip(mine, others, strict=False)) + abs(len(mine) - len(others))
    return different, abs(log(row.size + 1) - log(other.size + 1))


def counts_macs(operator: str) -> bool:
    """Whether an operator has multiply-accumulates at all."""
    return OPERATORS[operator].macs is not none_counted


def macs(row: Row) -> int:
    """Multiply-accumulates of a row. Raises OperatorError where the operator can't take its shapes."""
    operator = OPERATORS[row.operator]
    types = [TensorType(DType.F32, shape) for shape in row.shapes]
    operands = [*types, *[None] * (len(operator.operands) - len(types))]
    attributes = dict(row.attributes)
    return operator.macs(operands, operator.infer(operands, attributes), attributes)


def row_of(graph: Graph, node: Node) -> Row:
    """The row that a layer needs."""
    timed = (value.type for value in node.operands if not _is_bias(graph, value.name))
    return Row(node.op.name, tuple(map(_shape, timed)), tuple(sorted(node.attributes.items())))


def _shape(type_: TensorType) -> Shape:
    return tuple(dim if isinstance(dim, int) else 1 for dim in type_.shape)


def _is_bias(graph: Graph, name: str) -> bool:
    return name in graph.parameters and graph.parameters[name].role is Role.BIAS
