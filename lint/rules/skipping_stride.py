"""L205: strides that step over a part of the image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ...compiler.ir import Node
from ...compiler.ops import AVG_POOL2D, CONV2D, DEPTHWISE_CONV2D, MAX_POOL2D, PAD, SLICE
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule

_POOLS = (AVG_POOL2D, MAX_POOL2D)
_CONVOLUTIONS = (CONV2D, DEPTHWISE_CONV2D)

Pair = tuple[int, int]


def _check(context: Context) -> Iterator[Finding]:
    lost = {id(network): _lost(network) for network in context.networks}

    def losing(network: Network, node: Node) -> tuple[Pair, Pair] | None:
        image = node.inputs[0]
        return _skipping(node) if image is not None and image.name in lost[id(network)] else None

    for fault in faults(context, losing):
        kernel, stride = fault.what
        message = f"`{fault.node.op.name}` steps over a part of the image, which nothing else reads"
        label = f"a {_by(kernel)} window every {_by(stride)} elements"
        hint = "widen the window, or pool before it"
        yield Finding(fault.span, message, label, notes=fault.notes, hint=hint)


def _lost(network: Network) -> set[str]:
    """The images of which every reader skips elements.

    A window over a shifted image is meant to meet what another skips, as in NASNet's reductions.
    """
    graph = network.graph
    shifted = {value.name for node in graph.nodes if node.op in (PAD, SLICE) for value in node.outputs}
    return {name for name, users in graph.users.items() if name not in shifted and all(map(_skipping, users))}


def _skipping(node: Node) -> tuple[Pair, Pair] | None:
    """Kernel and stride of a node, if the stride is larger where there is something to skip."""
    kernel = _kernel(node)
    image = node.inputs[0]
    if kernel is None or image is None:
        return None
    stride = cast("Pair", node.attributes["stride"])
    sizes = image.type.shape[1:3]
    skips = any(int(size) > k and s > k for size, k, s in zip(sizes, kernel, stride, strict=True))
    return (kernel, stride) if skips else None


def _kernel(node: Node) -> Pair | None:
    if node.op in _POOLS:
        return cast("Pair", node.attributes["kernel"])
    weight = node.inputs[1] if node.op in _CONVOLUTIONS else None
    return (weight.type.static_shape[0], weight.type.static_shape[1]) if weight else None


def _by(pair: Pair) -> str:
    return f"{pair[0]}x{pair[1]}"


RULE = Rule(
    code=Code("L205", "stride larger than its window"),
    name="skipping-stride",
    what="Finds convolutions and pools whose stride is larger than their kernel, so that elements of the image are in "
    "no window, where no other layer reads these either.",
    why="What is stepped over was computed for nothing: a 1x1 convolution of stride 2 throws three quarters of its "
    "image away. The first ResNets did so; moving the stride to the 3x3 convolution, and pooling before that of the "
    "shortcut, made them more accurate at the same size.",
    sources=("https://arxiv.org/abs/1812.01187, section 4",),
    fails="""\
/// Halves the image.
model Net() {
  input image: f32[N, 32, 32, 16]
  output features = image |> conv2d(32, kernel=1, stride=2)
}
""",
    passes="""\
/// Halves the image.
model Net() {
  input image: f32[N, 32, 32, 16]
  output features = image |> conv2d(32, kernel=2, stride=2)
}
""",
    check=_check,
)
