"""An instance decides once, for all of its calls."""

from __future__ import annotations

import pytest

from mnet.compiler.choices import Continuous
from mnet.compiler.elaborate import elaborate
from mnet.compiler.space import Space
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.modules import load_text

TWICE = """
block half(x: tensor) {
  choice units in { OPTIONS }
  return x |> dense(units)
}
model Net() {
  input x: f32[N, 8]
  input y: f32[N, SECOND]
  head = half()
  output a = head(x)
  output b = head(y)
}
"""


class First:
    """Decides for first options."""

    def decide(self, _decision: object) -> int:
        return 0

    def carry(self, continuous: Continuous) -> float:
        return continuous.low


def program(options: str, second: int):
    return load_text(TWICE.replace("{ OPTIONS }", options).replace("SECOND", str(second)))


def test_both_calls_have_the_option_of_the_first() -> None:
    space = Space(program("{ 2, 4 }", 8))
    assert [decision.path for decision in space.decisions] == ["head.units"]
    assert space.count() == 2
    graph = space.elaborate(list(space.points())[1])
    assert [node.output.type.shape[-1] for node in graph.nodes] == [4, 4]


def test_an_option_that_a_later_call_does_not_offer_is_refused() -> None:
    with pytest.raises(DiagnosticError, match=r"E0633: .* share its decisions"):
        elaborate(program("[channels(x), 3]", 6), decider=First())
