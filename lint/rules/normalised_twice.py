"""L239: a batch norm of a batch norm."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import BATCH_NORM
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults, source_of
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _normalised_before, every=True):
        message = f"this normalises what `{fault.what.path}` has just normalised"
        yield Finding(fault.span, message, notes=fault.notes, hint="leave one of them out")


def _normalised_before(network: Network, node: Node) -> Node | None:
    before = source_of(network, node) if node.op is BATCH_NORM else None
    return before if before and before.op is BATCH_NORM else None


RULE = Rule(
    code=Code("L239", "normalised twice"),
    name="normalised-twice",
    what="Finds a batch norm directly behind a batch norm.",
    why="What comes out of the first has the mean and variance that it was given; the second can undo that and nothing "
    "else. Often a block has a batch norm of its own, and its caller adds another.",
    sources=("https://arxiv.org/abs/1502.03167",),
    fails="""\
import std.mobile { conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16) |> batch_norm() |> relu
}
""",
    passes="""\
import std.mobile { conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16, act=relu)
}
""",
    check=_check,
)
