"""L203: channels that do not fill the registers."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import CONV2D, TRANSPOSED_CONV2D, Trait
from ...dsl.diagnostics import Code
from ...dsl.source import Span
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule

MULTIPLE = 8
"""Channels that the kernels of mobile runtimes make at a time: 8 floats are two NEON registers, 4 a texel of a GPU."""


def _check(context: Context) -> Iterator[Finding]:
    read = {id(network): _read(network) for network in context.networks}

    def odd(network: Network, node: Node) -> int | None:
        """The channels of an image that is read on, if they do not fill the registers."""
        channels = _channels(node)
        return channels if channels % MULTIPLE and node.path in read[id(network)] else None

    for fault in faults(context, odd):
        yield _finding(fault.span, fault.what, fault.node, fault.notes)


def _finding(span: Span, channels: int, node: Node, notes: tuple[str, ...]) -> Finding:
    message = f"`{node.op.name}` makes {channels} channels, which is no multiple of {MULTIPLE}"
    above = channels + -channels % MULTIPLE
    hint = f"{above} take as long on most devices; `make_divisible` rounds"
    return Finding(span, message, f"{channels} channels", notes=notes, hint=hint)


def _channels(node: Node) -> int:
    """The channels of a convolution over more than one place; 0 for all else."""
    if node.op not in (CONV2D, TRANSPOSED_CONV2D):
        return 0
    _, height, width, channels = node.output.type.shape
    return int(channels) if (height, width) != (1, 1) else 0


def _read(network: Network) -> set[str]:
    """The layers whose results another convolution or dense layer reads; how many channels the last make is given."""
    graph = network.graph
    read: set[str] = set()
    for node in reversed(graph.nodes):
        if node.op.has(Trait.LINEAR) or node.path in read:
            makers = (graph.producers.get(value.name) for value in node.operands)
            read.update(maker.path for maker in makers if maker is not None)
    return read


RULE = Rule(
    code=Code("L203", "channels that are no multiple of 8"),
    name="odd-channels",
    what="Finds convolutions over images whose number of channels is no multiple of 8, but for the last ones, whose "
    "results no other convolution or dense layer reads.",
    why="Kernels compute eight channels at a time; a ninth costs as much as eight more. That is why MobileNets round "
    "channels with `make_divisible`, and why a network that was pruned to 61 channels is no faster than one of 64.",
    sources=("https://arxiv.org/abs/1905.02244", "https://arxiv.org/abs/1911.09723, section 3"),
    fails="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> stem: conv2d(30) |> relu
  output features = x |> conv2d(32)
}
""",
    passes="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> stem: conv2d(32) |> relu
  output features = x |> conv2d(32)
}
""",
    check=_check,
)
