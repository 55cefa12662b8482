"""`require` and `expect`: their bounds are evaluated where they stand, and kept for when the graph is whole."""

from __future__ import annotations

from typing import Any

from ...dsl import tree
from ..claims import Expectation, Requirement
from .run import NOTHING, Frame, evaluate, executes
from .statements import say_nothing
from .values import POISON

_UNIT = 0.5
"""How far from a plain number an expectation may be missed: it is right to the last digit, which is worth one."""


@executes(tree.Require, say_nothing)
def _require(frame: Frame, node: tree.Require) -> Any:
    for wanted in node.requirements:
        limit = _value(frame, wanted.bound)
        if limit is not POISON:
            table = wanted.table.name if wanted.table else None
            claim = Requirement(wanted.metric.name, wanted.operator, limit, table, wanted.span)
            frame.run.builder.requirements.append(claim)
    return NOTHING


@executes(tree.Expect, say_nothing)
def _expect(frame: Frame, node: tree.Expect) -> Any:
    for published in node.expectations:
        value = _value(frame, published.value)
        if value is not POISON:
            margin = margin_of(published, value)
            claim = Expectation(published.metric.name, value, margin, published.tolerance, published.span)
            frame.run.builder.expectations.append(claim)
    return NOTHING


def _value(frame: Frame, bound: tree.Quantity | tree.Expr) -> Any:
    return bound.value if isinstance(bound, tree.Quantity) else evaluate(frame, bound)


def margin_of(published: tree.Expectation, value: float) -> float:
    """How far from an expected value the measured one may lie."""
    if published.tolerance is not None:
        return published.tolerance * abs(value)
    return published.value.digit / 2 if isinstance(published.value, tree.Quantity) else _UNIT
