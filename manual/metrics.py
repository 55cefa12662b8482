"""Pages of the metrics that `require` and `expect` speak of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..dsl.metrics import METRICS, Metric
from .page import Page

_BOUNDS = {"count": "300M", "bytes": "250KB", "seconds": "80ms"}


def pages() -> Iterator[Page]:
    """A page for each, in the order in which they are declared."""
    for metric in METRICS.values():
        yield Page(metric.name, "metric", metric.doc, partial(_body, metric))


def _body(metric: Metric) -> str:
    measured = f"{metric.name}(pixel)" if metric.tabled else metric.name
    lines = [f"require {measured} <= {_BOUNDS[metric.unit]}"]
    if not metric.tabled:
        lines.append(f"expect {metric.name} = {_BOUNDS[metric.unit]} +- 1%")
    example = "\n".join(lines)
    return f"{metric.doc[0].upper()}{metric.doc[1:]}.\n\n```mnet\n{example}\n```\n\nSource: {metric.source}."
