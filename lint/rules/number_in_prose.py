"""L503: a model's numbers in words, where nothing checks them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...dsl import tree
from ...dsl.check.walk import nodes
from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule

_METRICS = {
    "params": re.compile(r"(\d[\d,._]*)\s?([KMGB]|million|billion)?\s+(?:trainable\s+)?param(?:eter)?s\b"),
    "macs": re.compile(r"(\d[\d,._]*)\s?([KMGB]|million|billion)?\s+(?:MACs|MAdds|[Mm]ult(?:iply)?-[Aa]dds)\b"),
    "flops": re.compile(r"(\d[\d,._]*)\s?([KMGB]|million|billion)?\s+FLOPs\b"),
}
_UNITS = {"million": "M", "B": "G", "billion": "G"}


def _check(context: Context) -> Iterator[Finding]:
    for model in context.all(tree.Model):
        expected = {node.metric.name for node in nodes(model) if isinstance(node, tree.Expectation)}
        for metric, pattern in _METRICS.items():
            said = pattern.search(model.doc)
            if said and metric not in expected:
                yield Finding(
                    model.name.span,
                    f"the documentation gives the `{metric}` of `{model.name.name}`, and nothing checks them",
                    f"said to be {said[0]}",
                    hint=f"`expect {metric} = {_quantity(said[1], said[2])}` in the model is checked",
                )


def _quantity(number: str, unit: str | None) -> str:
    digits = number.rstrip(".,_").replace(",", "_")
    return digits + (_UNITS.get(unit, unit) if unit else "")


RULE = Rule(
    code=Code("L503", "numbers that nothing checks"),
    name="number-in-prose",
    what="Finds models whose documentation gives parameters, MACs or FLOPs in numbers and have no `expect` about it.",
    why="A number in a comment was right once. As `expect params = 3.50M` it is compared with the model each time that "
    "`mnet check` runs, up to the last digit that is written.",
    fails="""\
/// A convolution, 448 parameters.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
}
""",
    passes="""\
/// A convolution.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
  expect params = 448
}
""",
    check=_check,
)
