"""L403: requirements and published numbers that can't all hold."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Label
from ..claims import Claim, claims, expectations
from ..context import Context
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for model in context.all(tree.Model):
        yield from _contradictions(model)


def _contradictions(model: tree.Model) -> Iterator[Finding]:
    """Requirements that part with the narrowest of what stands before them."""
    lowest: dict[str, Claim] = {}
    highest: dict[str, Claim] = {}
    for claim in (*expectations(model), *claims(model)):
        at_least, at_most = highest.get(claim.measured, claim), lowest.get(claim.measured, claim)
        against = at_least if at_least.least > claim.most else at_most if at_most.most < claim.least else None
        if against:
            yield Finding(
                claim.span,
                f"no `{claim.measured}` meets both this and what stands before",
                others=(Label(against.span, "contradicts it"),),
                hint="correct the one that is out of date",
            )
        highest[claim.measured] = max(at_least, claim, key=lambda one: one.least)
        lowest[claim.measured] = min(at_most, claim, key=lambda one: one.most)


RULE = Rule(
    code=Code("L403", "requirements that contradict each other"),
    name="contradiction",
    what="Finds a `require` that no number can meet together with another one, or with an `expect`, of the same model.",
    why="The model can be right by one of them only, whatever its layers are: `mnet check` will refuse it. One of the "
    "numbers is mistyped or out of date.",
    fails="""\
/// A model that was larger once.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
  expect macs = 442K
  require macs <= 400K
}
""",
    passes="""\
/// A model within its budget.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
  expect macs = 442K
  require macs <= 500K
}
""",
    check=_check,
)
