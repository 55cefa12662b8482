"""All points of a small space by brute force: one whole elaboration each, the truth that a `Space` is held to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from mnet.compiler.choices import Continuous, Decision
from mnet.compiler.codes import EXCLUDED
from mnet.compiler.elaborate import elaborate
from mnet.compiler.ir import Graph
from mnet.compiler.space.point import Point
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.modules import Program

Oracle = Callable[..., Iterator[tuple[Point, Graph]]]


class Script:
    """Decides by a list of indices, then by first options; remembers what it met."""

    def __init__(self, indices: Sequence[int]) -> None:
        self._indices = indices
        self.met: list[tuple[Decision, int]] = []
        self.carried: dict[str, float] = {}

    def decide(self, decision: Decision) -> int:
        index = self._indices[len(self.met)] if len(self.met) < len(self._indices) else 0
        self.met.append((decision, index))
        return index

    def carry(self, continuous: Continuous) -> float:
        self.carried[continuous.path] = continuous.low
        return continuous.low

    def following(self) -> list[int] | None:
        """The indices of the next point in lexicographic order, None after the last."""
        met = list(self.met)
        while met and met[-1][1] + 1 == len(met[-1][0].options):
            met.pop()
        return [*(index for _, index in met[:-1]), met[-1][1] + 1] if met else None


def enumerate_by_elaboration(
    program: Program, model: str | None = None, arguments: Mapping[str, object] | None = None
) -> Iterator[tuple[Point, Graph]]:
    """Every point of a space in lexicographic order, with its graph. Hyper-parameters are carried at their lowest."""
    indices: list[int] | None = []
    while indices is not None:
        script = Script(indices)
        graph = _elaborated(program, model, arguments, script)
        if graph is not None:
            choices = {decision.path: decision.options[index] for decision, index in script.met}
            yield Point(graph.name, choices, script.carried), graph
        indices = script.following()


def _elaborated(
    program: Program, model: str | None, arguments: Mapping[str, object] | None, script: Script
) -> Graph | None:
    try:
        return elaborate(program, model, arguments, decider=script)
    except DiagnosticError as failure:
        if any(found.code is not EXCLUDED for found in failure.diagnostics):
            raise
        return None


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return enumerate_by_elaboration
