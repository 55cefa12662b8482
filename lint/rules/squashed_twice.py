"""L207: a softmax of what is squashed already."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import HARD_SIGMOID, SIGMOID, SOFTMAX, TANH
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults, source_of
from ..networks import Network
from ..rule import Finding, Rule

_SQUASHING = {SOFTMAX: "0 to 1", SIGMOID: "0 to 1", HARD_SIGMOID: "0 to 1", TANH: "-1 to 1"}


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _squashed):
        before = fault.what
        message = f"`{fault.node.op.name}` of the result of a `{before.op.name}`"
        label = f"its operands are in the range {_SQUASHING[before.op]}"
        yield Finding(fault.span, message, label, notes=fault.notes, hint="leave one of the two out")


def _squashed(network: Network, node: Node) -> Node | None:
    """What squashes the operand of a softmax or sigmoid."""
    if node.op not in (SOFTMAX, SIGMOID):
        return None
    before = source_of(network, node)
    return before if before is not None and before.op in _SQUASHING else None


RULE = Rule(
    code=Code("L207", "squashed twice"),
    name="squashed-twice",
    what="Finds a `softmax` or `sigmoid` of the result of a `softmax`, `sigmoid`, `hard_sigmoid` or `tanh`.",
    why="Of two classes, the surer one gets at most 73% that way, and gradients are small everywhere. Mostly the "
    "network has its last activation, and then the one of somebody who thought that it had none.",
    fails="""\
/// A classifier.
model Net(classes: int = 10) {
  input image: f32[N, 32, 32, 3]
  scores = image |> mean() |> dense(classes) |> sigmoid
  output probabilities = scores |> softmax()
}
""",
    passes="""\
/// A classifier.
model Net(classes: int = 10) {
  input image: f32[N, 32, 32, 3]
  scores = image |> mean() |> dense(classes)
  output probabilities = scores |> softmax()
}
""",
    check=_check,
)
