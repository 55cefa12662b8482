"""L240: arithmetic of a tensor with itself."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import ADD, DIV, MAXIMUM, MINIMUM, SUB
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule

_EFFECTS = {
    ADD: "is twice that tensor",
    SUB: "is zero",
    DIV: "is one",
    MAXIMUM: "is that tensor",
    MINIMUM: "is that tensor",
}


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _operand, every=True):
        yield Finding(
            fault.span,
            f"both operands of this `{fault.node.op.name}` are the same tensor: the result {_EFFECTS[fault.node.op]}",
            f"of `{fault.what}` and itself",
            notes=fault.notes,
            hint="one of them was meant to be what went around the block",
        )


def _operand(_network: Network, node: Node) -> str | None:
    """The tensor that is both operands."""
    names = {value.name for value in node.operands}
    return names.pop() if node.op in _EFFECTS and len(names) == 1 else None


RULE = Rule(
    code=Code("L240", "tensor combined with itself"),
    name="operand-twice",
    what="Finds `+`, `-`, `/`, `maximum` and `minimum` of a tensor with itself; a product is a square, and not meant.",
    why="It is a residual whose way around has lost its block, or was assigned before it was kept: `x = f(x)` and then "
    "`x + x`.",
    fails="""\
/// A residual.
model Net() {
  input image: f32[N, 32, 32, 16]
  x = image |> conv2d(16)
  output features = x + x
}
""",
    passes="""\
/// A residual.
model Net() {
  input image: f32[N, 32, 32, 16]
  x = image |> conv2d(16)
  output features = image + x
}
""",
    check=_check,
)
