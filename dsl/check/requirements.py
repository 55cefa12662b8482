"""Requirements and expectations: what is measured, in which unit, and against what."""

from __future__ import annotations

from .. import codes, foreign
from ..assignable import fits
from ..diagnostics import Label
from ..metrics import METRICS, Metric
from ..source import Span
from ..suggest import did_you_mean
from ..tree import Expect, Expectation, Expr, Identifier, Literal, Quantity, Require, Requirement
from ..types import FLOAT
from .expressions import infer
from .frame import Frame
from .mismatch import mismatch_hint
from .places import need_model
from .report import replacement

MAX_TOLERANCE = 1.0
"""Within the whole of itself a number may be anything from nothing to twice what is expected."""

_SPELLED = {"count": "a count", "bytes": "a number of bytes", "seconds": "a time"}
_EXAMPLES = {"count": "300M", "bytes": "250KB", "seconds": "80ms"}
_SCALES = ((10**9, "G"), (10**6, "M"), (10**3, "K"), (0, ""))


def check_require(frame: Frame, node: Require) -> bool:
    """Check where requirements stand, and each of them."""
    _of_model(frame, "require", node.span)
    for requirement in node.requirements:
        _check_requirement(frame, requirement)
    return False


def check_expect(frame: Frame, node: Expect) -> bool:
    """Check where expectations stand, and each of them."""
    in_model = _of_model(frame, "expect", node.span)
    for expectation in node.expectations:
        _check_expectation(frame, expectation, in_model)
    return False


def _of_model(frame: Frame, what: str, span: Span) -> bool:
    in_block = "it is about a whole model: put it into the model's body"
    return need_model(
        frame, what, span, in_block=in_block, in_loop="it is about the whole model: put it after the loop"
    )


def _check_requirement(frame: Frame, node: Requirement) -> None:
    metric = _metric(frame, node.metric)
    if metric is None:
        _check_number(frame, node.bound)
        return
    if metric.tabled and node.table is None:
        message = f"`{metric.name}` is taken from a table, and none is named"
        hint = f"name the device it was measured on: `{metric.name}(pixel_cpu) {node.operator} ...`"
        frame.report.error(codes.METRIC_TABLE, message, node.metric.span, "of which table?", hint=hint)
    if not metric.tabled and node.table is not None:
        message = f"`{metric.name}` follows from the program and needs no table"
        hint = f"write `{metric.name} {node.operator} ...`"
        frame.report.error(codes.METRIC_TABLE, message, node.table.span, "a table", hint=hint)
    _check_bound(frame, metric, node.bound)


def _check_expectation(frame: Frame, node: Expectation, in_model: bool) -> None:
    metric = _metric(frame, node.metric)
    if metric is None:
        _check_number(frame, node.value)
    elif metric.tabled:
        _refuse_tabled(frame, node, metric)
    else:
        _check_bound(frame, metric, node.value)
        if in_model:
            _take_metric(frame, node.metric)
    if node.tolerance is not None and node.tolerance >= MAX_TOLERANCE:
        message = (
            f"a tolerance of {node.tolerance:.0%} lets nearly everything pass, it must be below {MAX_TOLERANCE:.0%}"
        )
        hint = "leave it out to be held to the last digit that is written"
        frame.report.error(codes.WRONG_TOLERANCE, message, node.span, "too wide", hint=hint)


def _metric(frame: Frame, name: Identifier) -> Metric | None:
    metric = METRICS.get(name.name)
    if metric is None:
        meant = foreign.metric(name.name)
        likely = foreign.pick(meant, METRICS) if meant else frame.report.suggest(name.name, METRICS)
        frame.report.error(
            codes.UNKNOWN_METRIC,
            f"unknown metric `{name.name}`",
            name.span,
            "no such metric",
            notes=(f"the metrics are {', '.join(METRICS)}",),
            hint=did_you_mean(likely) or (meant.advice if meant else None),
            fix=replacement(name.span, likely),
        )
    return metric


def _refuse_tabled(frame: Frame, node: Expectation, metric: Metric) -> None:
    message = f"`{metric.name}` is taken from a table, and can't be expected of the program alone"
    hint = f"hold it to a bound: `require {metric.name}(pixel_cpu) <= ...`"
    frame.report.error(codes.METRIC_TABLE, message, node.metric.span, "depends on a device", hint=hint)


def _take_metric(frame: Frame, name: Identifier) -> None:
    first = frame.results.take("expectation", name.name, name.span)
    if first is not None:
        message = f"`{name.name}` is expected twice"
        others = (Label(first, "expected here first"),)
        frame.report.error(codes.EXPECTED_TWICE, message, name.span, "expected again", others=others)


# Bounds -------------------------------------------------------------------------------------


def _check_bound(frame: Frame, metric: Metric, bound: Quantity | Expr) -> None:
    """A plain number fits all metrics; but a time that is written out says of what it is a number."""
    if isinstance(bound, Quantity):
        if bound.unit != metric.unit:
            _refuse_unit(frame, metric, bound, f"this is {_SPELLED[bound.unit]}")
        return
    _check_number(frame, bound)
    if metric.unit == "seconds" and isinstance(bound, Literal) and type(bound.value) in (int, float):
        _refuse_unit(frame, metric, bound, "without a unit")


def _check_number(frame: Frame, bound: Quantity | Expr) -> None:
    if isinstance(bound, Quantity):
        return
    type_ = infer(frame.values("a bound"), bound)
    if not fits(type_, FLOAT):
        message = f"a metric is compared with a number, not `{type_}`"
        hint = mismatch_hint(type_, FLOAT, frame.report)
        frame.report.error(codes.WRONG_BOUND, message, bound.span, f"this is `{type_}`", hint=hint)


def _refuse_unit(frame: Frame, metric: Metric, bound: Quantity | Literal, label: str) -> None:
    meant = _meant(metric, bound)
    frame.report.error(
        codes.WRONG_UNIT,
        f"`{metric.name}` is {_SPELLED[metric.unit]}",
        bound.span,
        label,
        hint=did_you_mean(meant) or f"write it like `{_EXAMPLES[metric.unit]}`",
        fix=replacement(bound.span, meant),
    )


def _meant(metric: Metric, bound: Quantity | Literal) -> str | None:
    """The number with a unit of the metric, where that is likely: most times are milliseconds, 250K bytes are 250KB."""
    if isinstance(bound, Literal):
        return f"{bound.value}ms"
    if "seconds" in (metric.unit, bound.unit):
        return None
    scale, prefix = next((scale, prefix) for scale, prefix in _SCALES if bound.value >= scale)
    number = f"{bound.value / (scale or 1):g}"
    exact = float(number) * (scale or 1) == bound.value
    return f"{number}{prefix}{'B' * (metric.unit == 'bytes')}" if exact else None
