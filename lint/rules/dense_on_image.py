"""L233: a dense layer that runs at every place of an image."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import DENSE
from ...dsl.diagnostics import Code
from ..context import Context
from ..edits import once
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    yield from once(
        Finding(
            network.place(node),
            f"`{node.path}` runs at each of the {places} places of its image",
            f"of {next(node.operands).type}",
            hint="`global_avg_pool()` before it leaves one place; meant so, it is a `conv2d` with `kernel=1`",
        )
        for network in context.networks
        for node in network.graph.nodes
        if node.op is DENSE and (places := _places(node)) > 1
    )


def _places(node: Node) -> int:
    """The places of an image [N, H, W, C]; one for anything else."""
    _, *sizes, _ = next(node.operands).type.shape
    height, width = sizes if len(sizes) == 2 else (1, 1)
    return int(height) * int(width)


RULE = Rule(
    code=Code("L233", "dense layer over an image"),
    name="dense-on-image",
    what="Finds `dense` layers whose operand is an image [N, H, W, C] of more than one place.",
    why="`dense` works on the last axis, as in Keras: over an image it makes another image, not a vector. A classifier "
    "that forgets its pooling has the right weights and the wrong shape, and costs H * W times as much.",
    sources=("https://keras.io/api/layers/core_layers/dense/",),
    fails="""\
/// A classifier.
model Net() {
  input image: f32[N, 32, 32, 3]
  output logits = image |> conv2d(16, stride=2) |> classifier: dense(10)
}
""",
    passes="""\
import std.layers { global_avg_pool }

/// A classifier.
model Net() {
  input image: f32[N, 32, 32, 3]
  output logits = image |> conv2d(16, stride=2) |> global_avg_pool() |> classifier: dense(10)
}
""",
    check=_check,
)
