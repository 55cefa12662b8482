"""L233: a dense layer that runs at every place of an image."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import DENSE
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import faults
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _places):
        yield Finding(
            fault.span,
            f"this `dense` runs at each of the {fault.what} places of its image",
            f"given {next(fault.node.operands).type}",
            notes=fault.notes,
            hint="`global_avg_pool()` before it leaves one place; meant so, it is a `conv2d` with `kernel=1`",
        )


def _places(_network: Network, node: Node) -> int | None:
    """How many places the image [N, H, W, C] of a dense layer has; None for anything else, and for one place."""
    _, *sizes, _ = next(node.operands).type.shape
    if node.op is not DENSE or len(sizes) != 2 or sizes == [1, 1]:
        return None
    height, width = sizes
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
