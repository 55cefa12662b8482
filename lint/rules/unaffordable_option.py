"""L401: what can never meet a requirement: an option, or a whole space."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code, Label
from ..claims import Claim, claims
from ..context import Context
from ..ranges import Range, Ranges, ranges
from ..rule import Finding, Rule
from ..spaces import Searched


def _check(context: Context) -> Iterator[Finding]:
    for searched in context.spaces:
        for claim in claims(searched.model):
            found = ranges(searched, claim.metric)
            if found:
                yield from _findings(searched, claim, found)


def _findings(searched: Searched, claim: Claim, found: Ranges) -> Iterator[Finding]:
    if not _can_meet(found.whole, claim):
        message = f"no point of the space meets this: {_closest(found.whole, claim)}"
        end = "min" if found.whole[0] > claim.most else "max"
        yield Finding(claim.span, message, hint=f"`mnet space {end} --by {claim.metric}` shows that point")
        return
    for option in searched.options:
        costs = [found.options[taken] for taken in option.taken if taken in found.options]
        if costs and not any(_can_meet(cost, claim) for cost in costs):
            closest = (min(cost[0] for cost in costs), max(cost[1] for cost in costs))
            yield Finding(
                option.span,
                f"no point with {option.name} of `{option.choice.name.name}` meets the requirement: "
                f"{_closest(closest, claim)}",
                others=(Label(claim.span, "the requirement"),),
                hint="leave the option out, or ask for less",
            )


def _can_meet(cost: Range, claim: Claim) -> bool:
    return cost[0] <= claim.most and claim.least <= cost[1]


def _closest(cost: Range, claim: Claim) -> str:
    """The cost that comes closest to the requirement."""
    if cost[0] > claim.most:
        return f"the least `{claim.metric}` is {cost[0]:,}"
    return f"the most `{claim.metric}` is {cost[1]:,}"


RULE = Rule(
    code=Code("L401", "option that can't meet a requirement"),
    name="unaffordable-option",
    what="Finds options of a model's choices that break a `require` of `params` or `macs` whatever else is chosen, and "
    "requirements that no point of the space meets. In a loop, an option counts only if it does so in every turn.",
    why="A search that obeys the requirement never takes the option, and one that samples first and measures then "
    "throws each such point away. The bound is proved: the cheapest of all points with the option is too dear.",
    fails="""\
/// The larger width is too dear.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 }
  choice width in { 16, 64 }
  output features = image |> conv2d(width, kernel=kernel)
  require macs <= 1.5M
}
""",
    passes="""\
/// The larger width is for the smaller kernel.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 3, 5 }
  choice width in { 16, 64 }
  output features = image |> conv2d(width, kernel=kernel)
  require macs <= 2M
}
""",
    check=_check,
)
