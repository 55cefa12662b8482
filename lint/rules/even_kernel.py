"""L231: a kernel without a middle, which shifts the image."""

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
    for fault in faults(context, _shifting):
        axis = fault.what
        yield Finding(
            fault.span,
            f"a kernel of {axis.kernel} has no middle: padded by {axis.before} and {axis.after}, "
            "it shifts the image by half a pixel",
            notes=fault.notes,
            hint="an odd kernel does not",
        )


def _shifting(_network: Network, node: Node) -> Axis | None:
    return next(filter(_shifts, axes(node)), None) if node.op.name in CONVOLUTIONS else None


def _shifts(axis: Axis) -> bool:
    """Not where the window strides: that moves the image anyway."""
    return axis.kernel % 2 == 0 and axis.stride == 1 and axis.before != axis.after


RULE = Rule(
    code=Code("L231", "even kernel"),
    name="even-kernel",
    what="Finds convolutions that keep the size of their image with an even kernel, `kernel=2` or `kernel=4`.",
    why="Such a kernel has no middle. One side gets more padding, so that each layer moves the image by half a pixel, "
    "always the same way; the information at one border wears off. Kernels that stride or do not pad are not meant.",
    sources=("https://arxiv.org/abs/1903.08385",),
    fails="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16, kernel=4)
}
""",
    passes="""\
/// One layer, and one that halves the image.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16, kernel=3) |> down: conv2d(32, kernel=2, stride=2)
}
""",
    check=_check,
)
