"""L201: an activation behind a linear bottleneck."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import BATCH_NORM, CONV2D, DEPTHWISE_CONV2D, IDENTITY, MUL, Trait
from ...dsl.diagnostics import Code
from ...dsl.record import record
from ..context import Context
from ..layers import faults, source_of
from ..networks import Network
from ..rule import Finding, Rule


@record
class Narrowing:
    """The channels inside a bottleneck, and those that it gives."""

    wide: int
    narrow: int


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _activated_bottleneck):
        message = f"`{fault.node.op.name}` behind the projection of an inverted residual"
        label = f"{fault.what.wide} channels were narrowed to {fault.what.narrow}"
        yield Finding(fault.span, message, label, notes=fault.notes, hint="leave the projection linear")


def _activated_bottleneck(network: Network, node: Node) -> Narrowing | None:
    """Expansion, depthwise convolution, projection, activation: the fourth is one too many."""
    if not node.op.has(Trait.ACTIVATION) or node.op is IDENTITY:
        return None
    project = _behind(network, node, {BATCH_NORM.name})
    narrowing = _narrowing(project) if project else None
    if project is None or narrowing is None:
        return None
    depthwise = _behind(network, project, _BETWEEN)
    expand = _behind(network, depthwise, _BETWEEN) if depthwise and depthwise.op is DEPTHWISE_CONV2D else None
    widening = _narrowing(expand) if expand else None
    return narrowing if widening and widening.narrow > widening.wide and narrowing.narrow < narrowing.wide else None


_BETWEEN = {BATCH_NORM.name, MUL.name, "relu", "relu6", "hard_swish", "swish", "gelu", "leaky_relu", "prelu", "tanh"}
"""What may stand between the convolutions of a block; a product is that of squeeze-and-excite."""


def _behind(network: Network, node: Node, passed: set[str]) -> Node | None:
    """The first layer before one that is none of those passed by."""
    before = source_of(network, node)
    while before is not None and before.op.name in passed:
        before = source_of(network, before)
    return before


def _narrowing(node: Node) -> Narrowing | None:
    """The channels before and after a 1x1 convolution."""
    if node.op is not CONV2D:
        return None
    kh, kw, wide, narrow = _weight(node)
    return Narrowing(wide, narrow) if (kh, kw) == (1, 1) else None


def _weight(node: Node) -> tuple[int, ...]:
    weight = node.inputs[1]
    assert weight is not None  # a convolution has one
    return weight.type.static_shape


RULE = Rule(
    code=Code("L201", "activation behind a linear bottleneck"),
    name="bottleneck-activation",
    what="Finds activations of the result of an inverted residual: a 1x1 convolution widens, a depthwise one filters, "
    "another 1x1 narrows, and then comes an activation.",
    why="The narrow result holds what the block has learned in few dimensions. An activation throws half of each "
    "away, which the next expansion can't bring back; with linear bottlenecks MobileNetV2 is a point more accurate.",
    sources=("https://arxiv.org/abs/1801.04381, sections 3.2 and 6.3",),
    fails="""\
import std.mobile { conv_bn, depthwise_bn }

/// One inverted residual.
model Net() {
  input image: f32[N, 32, 32, 16]
  x = image |> expand: conv_bn(96, kernel=1, act=relu6)
  x = x |> depthwise: depthwise_bn(act=relu6)
  output features = x |> project: conv_bn(24, kernel=1, act=relu6)
}
""",
    passes="""\
import std.mobile { conv_bn, depthwise_bn }

/// One inverted residual.
model Net() {
  input image: f32[N, 32, 32, 16]
  x = image |> expand: conv_bn(96, kernel=1, act=relu6)
  x = x |> depthwise: depthwise_bn(act=relu6)
  output features = x |> project: conv_bn(24, kernel=1)
}
""",
    check=_check,
)
