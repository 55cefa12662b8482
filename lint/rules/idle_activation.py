"""L235: an activation of what has been through it already."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import RELU, RELU6, Trait
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults, source_of
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _source, every=True):
        yield Finding(
            fault.span,
            f"this `{fault.node.op.name}` changes nothing: it gets the result of the `{fault.what.op.name}` "
            f"`{fault.what.path}`",
            notes=fault.notes,
            hint="leave one of them out",
        )


def _source(network: Network, node: Node) -> Node | None:
    """What makes the operand of an activation that has no effect on it."""
    before = source_of(network, node) if node.op in (RELU, RELU6) else None
    if before is None:
        return None
    return before if node.op is before.op or (node.op is RELU and before.op.has(Trait.NONNEGATIVE)) else None


RULE = Rule(
    code=Code("L235", "activation that changes nothing"),
    name="idle-activation",
    what="Finds a `relu` of what is never negative, such as the result of another `relu` or of a `sigmoid`, and a "
    "`relu6` of a `relu6`.",
    why="The layer has no effect. Often a block has an activation of its own, and the caller adds another where none "
    "is needed, or forgot that the block was meant to be linear.",
    fails="""\
import std.mobile { conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16, act=relu) |> relu
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
