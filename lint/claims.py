"""The requirements and expectations of a model, as far as they are written in numbers and hold without a condition."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from ..compiler.elaborate.claims import margin_of
from ..dsl import tree
from ..dsl.record import record
from ..dsl.source import Span

_LIMITS: Mapping[str, Callable[[float], tuple[float, float]]] = {
    "<": lambda bound: (-math.inf, math.nextafter(bound, -math.inf)),
    "<=": lambda bound: (-math.inf, bound),
    ">": lambda bound: (math.nextafter(bound, math.inf), math.inf),
    ">=": lambda bound: (bound, math.inf),
    "==": lambda bound: (bound, bound),
}
"""The least and the greatest value that an operator allows."""


@record
class Claim:
    """A metric, with the name of its table where it has one, and the least and the greatest value that is right."""

    metric: str
    table: str | None
    least: float
    most: float
    span: Span

    @property
    def measured(self) -> str:
        """The metric as it is written."""
        return f"{self.metric}({self.table})" if self.table else self.metric


def requirements(statement: tree.Require) -> Iterator[Claim | None]:
    """Each of the statement's, None for one whose bound has to be computed."""
    return (_requirement(wanted) for wanted in statement.requirements)


def _requirement(wanted: tree.Requirement) -> Claim | None:
    bound = _number(wanted.bound)
    if bound is None:
        return None
    least, most = _LIMITS[wanted.operator](bound)
    return Claim(wanted.metric.name, wanted.table.name if wanted.table else None, least, most, wanted.span)


def claims(model: tree.Model) -> Iterator[Claim]:
    """The requirements of a model that are written in numbers."""
    for statement in model.body:
        if isinstance(statement, tree.Require):
            yield from (claim for claim in requirements(statement) if claim)


def expectations(model: tree.Model) -> Iterator[Claim]:
    """Those of a model whose numbers are written."""
    for statement in model.body:
        for published in statement.expectations if isinstance(statement, tree.Expect) else ():
            value = _number(published.value)
            if value is not None:
                margin = margin_of(published, value)
                yield Claim(published.metric.name, None, value - margin, value + margin, published.span)


def _number(bound: tree.Quantity | tree.Expr) -> float | None:
    written = bound.value if isinstance(bound, tree.Quantity | tree.Literal) else None
    return written if isinstance(written, int | float) and not isinstance(written, bool) else None
