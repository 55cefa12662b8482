"""L404: a requirement that another one implies."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Fix, Label
from ...dsl.record import record
from ..claims import Claim, requirements
from ..context import Context
from ..edits import removal, without
from ..rule import Finding, Rule, safe


@record
class _Placed:
    """A requirement and where it stands in its statement."""

    claim: Claim
    statement: tree.Require
    index: int


def _check(context: Context) -> Iterator[Finding]:
    for model in context.all(tree.Model):
        for looser, stricter in _implied(model):
            yield Finding(
                looser.claim.span,
                f"another requirement of `{looser.claim.measured}` implies this one",
                "always met with it",
                others=(Label(stricter.claim.span, "is as strict, or stricter"),),
                fix=_left_out(context, looser),
            )


def _placed(model: tree.Model) -> Iterator[_Placed]:
    for statement in model.body:
        if isinstance(statement, tree.Require):
            claims = enumerate(requirements(statement))
            yield from (_Placed(claim, statement, index) for index, claim in claims if claim)


def _implied(model: tree.Model) -> Iterator[tuple[_Placed, _Placed]]:
    """Requirements whose range holds the range of another; of two that are equally strict, the first stays.

    The narrower ones are met first: by their lower ends, the highest first, and then by their upper ends.
    """
    narrowest: dict[str, _Placed] = {}
    for placed in sorted(_placed(model), key=lambda one: (-one.claim.least, one.claim.most)):
        known = narrowest.get(placed.claim.measured)
        if known is None or known.claim.most > placed.claim.most:
            narrowest[placed.claim.measured] = placed
        else:
            yield placed, known


def _left_out(context: Context, placed: _Placed) -> Fix | None:
    spans = [wanted.span for wanted in placed.statement.requirements]
    several = len(spans) > 1
    edit = without(context, spans, placed.index) if several else removal(context, placed.statement.span)
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
