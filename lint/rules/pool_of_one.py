"""L238: pooling an image of one place."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import AVG_POOL2D, MAX_POOL2D, MEAN
from ...compiler.types import Shape, TensorType
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _single_place, every=True):
        message = f"this pools an image of one place, {fault.what}"
        yield Finding(fault.span, message, notes=fault.notes, hint="leave it out, or stride less before it")


def _single_place(_network: Network, node: Node) -> TensorType | None:
    type_ = next(node.operands).type
    return type_ if _pools_nothing(node, type_.shape) else None


def _pools_nothing(node: Node, shape: Shape) -> bool:
    if node.op is MEAN:
        axes = node.attributes["axes"]
        assert isinstance(axes, tuple)  # as the operator declares it
        return all(shape[axis] == 1 for axis in axes if isinstance(axis, int))
    return node.op in (AVG_POOL2D, MAX_POOL2D) and shape[1:3] == (1, 1)


RULE = Rule(
    code=Code("L238", "pooling of one place"),
    name="pool-of-one",
    what="Finds pools and means over an image of height and width 1.",
    why="There is only one element to choose from. Either the image was pooled before, or it has shrunk further than "
    "was meant: one stride too many for this resolution.",
    fails="""\
/// Pools twice.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16, stride=2) |> mean(keepdims=true)
  output features = x |> again: mean()
}
""",
    passes="""\
/// Pools once.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16, stride=2) |> mean()
}
""",
    check=_check,
)
