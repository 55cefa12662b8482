"""Decisions: what a program leaves open, and what settles it.

A `choice` that is elaborated meets its decider with a `Decision`, known by its path: the weight path of the place and
the name of the choice, `stage0.layer2.op`. A layer that is called several times decides once.
"""

from __future__ import annotations

import math
from typing import Protocol

from ..dsl.record import record
from ..dsl.source import Span

OptionName = int | float | bool | str | list["OptionName"]
"""How an option is written in a point: a plain value as JSON has it, anything else by its name."""


@record
class Decision:
    """A choice among options, as one elaboration meets it."""

    path: str
    options: tuple[OptionName, ...]
    span: Span


@record
class Continuous:
    """A training hyper-parameter between `low` and `high`, which the compiler only carries.

    `log`: its logarithm is what is spread evenly (AutoHAS, Dong et al. 2020).
    """

    path: str
    low: float
    high: float
    log: bool
    span: Span

    def holds(self, value: float) -> bool:
        """Whether the value is in the interval."""
        return self.low <= value <= self.high

    def at(self, fraction: float) -> float:
        """The value so far up the interval: at 0 its low end, at 1 its high one."""
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        value = low * (1 - fraction) + high * fraction
        return min(max(math.exp(value) if self.log else value, self.low), self.high)


class Decider(Protocol):
    """Settles the decisions of one elaboration, each once, in the order in which the program meets them."""

    def decide(self, decision: Decision) -> int:
        """The index of the option to take. Raises DiagnosticError where it has none."""
        ...

    def carry(self, continuous: Continuous) -> float:
        """The value of a hyper-parameter. Raises DiagnosticError where it has none."""
        ...
