"""L404: a requirement that another one implies."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.check.walk import nodes
from ...dsl.diagnostics import Code, Edit, Fix, Label
from ...dsl.record import record
from ..claims import Claim, requirements
from ..context import Context
from ..edits import has_comment, without
from ..rule import Finding, Rule, safe


@record
class _Placed:
    """A requirement and where it stands in its statement."""

    claim: Claim
    statement: tree.Require
    index: int


def _check(context: Context) -> Iterator[Finding]:
    for model in context.module.items:
        placed = list(_placed(model)) if isinstance(model, tree.Model) else []
        for looser in placed:
            stricter = next((one for one in placed if _makes_idle(one, looser, placed)), None)
            if stricter:
                yield Finding(
                    looser.claim.span,
                    f"another requirement of `{looser.claim.measured}` implies this one",
                    "always met with it",
                    others=(Label(stricter.claim.span, "is as strict, or stricter"),),
                    fix=_left_out(context, looser),
                )


def _placed(model: tree.Model) -> Iterator[_Placed]:
    for statement in nodes(model):
        for index, claim in enumerate(requirements(statement)) if isinstance(statement, tree.Require) else ():
            if claim:
                yield _Placed(claim, statement, index)


def _makes_idle(one: _Placed, other: _Placed, order: list[_Placed]) -> bool:
    """Of two that are equally strict, the first stays."""
    if one is other or not one.claim.speaks_of(other.claim) or not one.claim.implies(other.claim):
        return False
    return not other.claim.implies(one.claim) or order.index(one) < order.index(other)


def _left_out(context: Context, placed: _Placed) -> Fix | None:
    spans = [wanted.span for wanted in placed.statement.requirements]
    if len(spans) > 1:
        edit = without(context, spans, placed.index)
    else:
        edit = None if has_comment(context, placed.statement.span) else Edit(placed.statement.span, "")
    return safe("leave it out", edit) if edit else None


RULE = Rule(
    code=Code("L404", "requirement that another implies"),
    name="looser-requirement",
    what="Finds a `require` that is met wherever another one of the same model is.",
    why="It can never be the reason why a model is refused, and a reader takes the wrong one for the budget.",
    fails="""\
/// A model with two budgets.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
  require macs <= 500K, params < 1K
  require macs <= 600K
}
""",
    passes="""\
/// A model with a budget.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
  require macs <= 500K, params < 1K
}
""",
    check=_check,
)
