"""L238: pooling an image of one place."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import AVG_POOL2D, MAX_POOL2D, MEAN
from ...dsl.diagnostics import Code
from ..context import Context
from ..edits import once
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    yield from once(
        Finding(
            network.place(node),
            f"`{node.path}` pools an image of one place, {next(node.operands).type}",
            "nothing to pool",
        )
        for network in context.networks
        for node in network.graph.nodes
        if _pools_nothing(node)
    )


def _pools_nothing(node: Node) -> bool:
    shape = next(node.operands).type.shape
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
