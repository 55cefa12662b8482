"""L234: a depthwise convolution that is written as a grouped one."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import CONV2D
from ...dsl.diagnostics import Code
from ..context import Context
from ..edits import once
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    yield from once(
        Finding(
            network.place(node),
            f"`{node.path}` has as many groups as channels, {node.attributes['groups']}",
            "a depthwise convolution",
            hint="`depthwise_conv2d` says so",
        )
        for network in context.networks
        for node in network.graph.nodes
        if node.op is CONV2D and _is_depthwise(node)
    )


def _is_depthwise(node: Node) -> bool:
    channels = next(node.operands).type.shape[-1]
    return channels != 1 and node.attributes["groups"] == channels


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
