"""L236: parts of a kernel that only ever meet padding."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule
from ..windows import CONVOLUTIONS, Axis, axes


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _idle_axis):
        axis = fault.what
        dilated = f", the dilation {axis.dilation}" if axis.dilation > 1 else ""
        yield Finding(
            fault.span,
            f"{_idle(axis)} of the {axis.kernel} rows or columns of this kernel only ever meet padding",
            f"the image is {axis.size} wide{dilated}",
            notes=fault.notes,
            hint="a smaller kernel or dilation does the same",
        )


def _idle_axis(_network: Network, node: Node) -> Axis | None:
    return next(filter(_idle, axes(node)), None) if node.op.name in CONVOLUTIONS else None


def _idle(axis: Axis) -> int:
    """The elements of the kernel that lie outside of the image wherever the window stands."""
    last = (axis.results - 1) * axis.stride
    starts = [tap * axis.dilation - axis.before for tap in range(axis.kernel)]
    return sum(not any(0 <= place < axis.size for place in range(at, at + last + 1, axis.stride)) for at in starts)


RULE = Rule(
    code=Code("L236", "kernel wider than its image"),
    name="idle-taps",
    what="Finds convolutions whose kernel, with its dilation, is so wide for the image that some of its weights are "
    "multiplied by padding at every place.",
    why="These weights are stored, moved and multiplied, and never have an effect: a dilated 3x3 kernel becomes a 1x1 "
    "in the end. It happens to the last stages of a network when the resolution is lowered.",
    sources=("https://arxiv.org/abs/1706.05587, section 3.3",),
    fails="""\
/// One layer.
model Net() {
  input image: f32[N, 4, 4, 16]
  output features = image |> conv2d(16, kernel=3, dilation=6)
}
""",
    passes="""\
/// One layer.
model Net() {
  input image: f32[N, 14, 14, 16]
  output features = image |> conv2d(16, kernel=3, dilation=6)
}
""",
    check=_check,
)
