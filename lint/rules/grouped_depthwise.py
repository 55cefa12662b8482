"""L234: a depthwise convolution that is written as a grouped one."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import CONV2D
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _groups):
        yield Finding(
            fault.span,
            f"this convolution has as many groups as channels, {fault.what}",
            "a depthwise convolution",
            notes=fault.notes,
            hint="`depthwise_conv2d` says so",
        )


def _groups(_network: Network, node: Node) -> object:
    """The groups of a convolution with as many channels; None for others."""
    channels = next(node.operands).type.shape[-1]
    return channels if node.op is CONV2D and node.attributes["groups"] == channels != 1 else None


RULE = Rule(
    code=Code("L234", "depthwise convolution in disguise"),
    name="grouped-depthwise",
    what="Finds `conv2d` with as many groups as its image has channels.",
    why="It is what PyTorch calls a depthwise convolution, and here it has an operator of its own, for which targets "
    "have kernels that are many times faster than those for groups. It also follows the channels by itself.",
    sources=("https://arxiv.org/abs/1704.04861",),
    fails="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 16]
  output features = image |> conv2d(16, groups=16)
}
""",
    passes="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 16]
  output features = image |> depthwise_conv2d()
}
""",
    check=_check,
)
