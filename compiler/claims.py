"""What a model says of itself: `require` and `expect`, with their bounds evaluated for one architecture.

Counts are plain, memory is in bytes, time in seconds; `dsl.metrics` declares what is measured.
"""

from __future__ import annotations

from ..dsl.diagnostics import DiagnosticError
from ..dsl.metrics import METRICS
from ..dsl.record import record
from ..dsl.source import Span
from .amounts import shown


@record
class Requirement:
    """`macs <= 300M`. `table` names the table of a metric that needs one."""

    metric: str
    operator: str
    limit: int | float
    table: str | None = None
    span: Span | None = None

    def __str__(self) -> str:
        return f"{self.measured} {self.operator} {shown(self.limit, METRICS[self.metric].unit)}"

    @property
    def measured(self) -> str:
        """What is measured, as it is written: `macs`, `latency(pixel_cpu)`."""
        return f"{self.metric}({self.table})" if self.table else self.metric


@record
class Expectation:
    """`params = 3.50M`: the published number, and how far the measured one may lie from it.

    `tolerance` is that distance as a fraction where it is written as one; None for right to the last digit.
    """

    metric: str
    value: int | float
    margin: float
    tolerance: float | None = None
    span: Span | None = None


class UnmetError(DiagnosticError):
    """A model that does not meet its own requirements; the program itself is right."""
