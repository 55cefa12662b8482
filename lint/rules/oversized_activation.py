"""L204: a layer that blows the image up."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule

SHARE = 16
"""Times the size of the largest input."""
LEAST = 4 << 20
"""Bytes: what is smaller stays in the caches of a phone."""


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _oversized):
        size, times = fault.what
        message = (
            f"the result of `{fault.node.op.name}` takes {size / (1 << 20):.1f} MiB, {times} times the largest input"
        )
        label = f"blown up to {fault.node.outputs[0].type}"
        hint = f"stride earlier, or keep fewer channels: more than {SHARE} times is unusual"
        yield Finding(fault.span, message, label, notes=fault.notes, hint=hint)


def _oversized(network: Network, node: Node) -> tuple[int, int] | None:
    """The bytes of a result at batch 1, and how often the largest input goes into them, if that is too much."""
    size = max(value.type.nbytes() for value in node.outputs)
    given = max(value.type.nbytes() for value in network.graph.inputs)
    return (size, size // given) if size > max(SHARE * given, LEAST) and _grows(network, node) else None


def _grows(network: Network, node: Node) -> bool:
    """Whether the layer itself makes more of what it reads: those behind it are not to blame."""
    read = [value.type.nbytes() for value in node.operands if value.name not in network.graph.parameters]
    return max(value.type.nbytes() for value in node.outputs) > max(read, default=0)


RULE = Rule(
    code=Code("L204", "oversized activation"),
    name="oversized-activation",
    what=f"Finds layers whose result is more than {SHARE} times as large as the largest input, and larger than "
    f"{LEAST >> 20} MiB.",
    why="Such a tensor alone decides how much memory the network needs, and moving it costs more time and energy than "
    "computing it. Published mobile networks stay under 16 times: they stride first, and widen only then.",
    sources=("https://arxiv.org/abs/2110.15352, section 1", "https://arxiv.org/abs/1801.04381, section 5"),
    fails="""\
/// Widens before it strides.
model Net() {
  input image: f32[N, 224, 224, 3]
  x = image |> stem: conv2d(64) |> relu
  output features = x |> body: conv2d(64, stride=4)
}
""",
    passes="""\
/// Strides first.
model Net() {
  input image: f32[N, 224, 224, 3]
  x = image |> stem: conv2d(64, stride=2) |> relu
  output features = x |> body: conv2d(64, stride=2)
}
""",
    check=_check,
)
