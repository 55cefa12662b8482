"""L237: two linear layers in a row that one could replace."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import BATCH_NORM, CONV2D, DENSE
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _needless_before, every=True):
        first, second = fault.what.path, fault.node.path
        yield Finding(
            fault.span,
            f"one layer could do what `{first}` and `{second}` do: no activation lies between them",
            "linear, after a linear layer",
            hint="leave one of them out, or give the first an activation",
        )


def _needless_before(network: Network, node: Node) -> Node | None:
    first = _linear_before(network, node)
    return first if first and _is_needless(first, node) else None


def _linear_before(network: Network, node: Node) -> Node | None:
    """The layer of the same kind before a 1x1 convolution or dense layer, a batch norm between them or not."""
    if node.op is not DENSE and not (node.op is CONV2D and _window(node) == (1, 1)):
        return None
    before = _only_producer(network, node)
    if before and before.op is BATCH_NORM:
        before = _only_producer(network, before)
    return before if before and before.op is node.op else None


def _only_producer(network: Network, node: Node) -> Node | None:
    """What makes the operand, if nobody else reads it."""
    name = next(node.operands).name
    shared = name in network.output_names or len(network.graph.users[name]) > 1
    return None if shared else network.graph.producers.get(name)


def _is_needless(first: Node, second: Node) -> bool:
    """Whether the second has as many channels as the first, or fewer: behind a bottleneck it has more."""
    ungrouped = {first.attributes.get("groups", 1), second.attributes.get("groups", 1)} == {1}
    return ungrouped and _weight(first)[-1] >= _weight(second)[-1]


def _window(node: Node) -> tuple[int, ...]:
    return _weight(node)[:2]


def _weight(node: Node) -> tuple[int, ...]:
    weight = node.inputs[1]
    assert weight is not None  # a linear layer has one
    return weight.type.static_shape


RULE = Rule(
    code=Code("L237", "two linear layers in a row"),
    name="linear-pair",
    what="Finds a 1x1 convolution directly behind another convolution, or a dense layer behind another, where no "
    "activation lies between and the second has no more channels than the first.",
    why="A linear map of a linear map is a linear map: one layer computes whatever the two can, with fewer weights and "
    "less work. Layers that narrow between them, as a linear bottleneck does, are another thing and not meant.",
    sources=("https://arxiv.org/abs/1811.10495",),
    fails="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> stem: conv2d(32, bias=false) |> batch_norm()
  output features = x |> pointwise: conv2d(16, kernel=1)
}
""",
    passes="""\
/// An activation between two layers, and a bottleneck.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> stem: conv2d(32, bias=false) |> batch_norm() |> relu |> narrow: conv2d(8, kernel=1)
  output features = x |> wide: conv2d(48, kernel=1)
}
""",
    check=_check,
)
