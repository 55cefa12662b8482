"""L206: a softmax over one element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...compiler.ir import Node
from ...compiler.ops import SOFTMAX
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import own_faults
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in own_faults(context, _of_one):
        message = f"this softmax is over one element, axis {fault.what}, and gives 1 whatever it is"
        yield Finding(fault.span, message, "always 1", notes=fault.notes, hint="for one class, `sigmoid` is meant")


def _of_one(_network: Network, node: Node) -> int | None:
    if node.op is not SOFTMAX:
        return None
    axis: Any = node.attributes["axis"]
    return int(axis) if node.output.type.shape[axis] == 1 else None


RULE = Rule(
    code=Code("L206", "softmax over one element"),
    name="certain-softmax",
    what="Finds softmaxes along an axis of size 1.",
    why="Their results sum to 1, so that the only one is 1. It happens to a detector or classifier that is set to one "
    "class: training goes nowhere, since no gradient passes.",
    fails="""\
/// Whether there is a face.
model Net(classes: int = 1) {
  input image: f32[N, 32, 32, 3]
  output face = image |> mean() |> dense(classes) |> softmax()
}
""",
    passes="""\
/// Whether there is a face.
model Net(classes: int = 1) {
  input image: f32[N, 32, 32, 3]
  output face = image |> mean() |> dense(classes) |> sigmoid
}
""",
    check=_check,
)
