"""What XNNPACK leaves to TFLite's own kernels, told by the operations that a graph becomes.

Each such operation cuts the network: what is before it and what is behind it are delegated apart, and at each cut
tensors are handed over. Found by trying LiteRT 2; the tests try it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...compiler.ir import Graph, Node
from ...compiler.ops import SLICE
from ...dsl.record import record
from .draft import Operation
from .lowering import lower


@record
class Reason:
    """Why an operation is not delegated, and what would be. `open_batch`: only while the batch is open."""

    sentence: str
    hint: str
    open_batch: bool = False


@record
class Outside:
    """A node whose operations are not all delegated."""

    node: Node
    reason: Reason


_REASONS: Mapping[str, Reason] = {
    "PADV2": Reason("it pads with another value than 0", "an activation before a padded max pool lets it pad with 0"),
    "RESIZE_NEAREST_NEIGHBOR": Reason("it resizes to the nearest element", '`method="bilinear"` is delegated'),
    "STRIDED_SLICE": Reason("it slices with a stride", "a pool of 1x1 windows with that stride is delegated"),
    "TRANSPOSE_CONV": Reason(
        "it is a transposed convolution with an open batch", "fix the batch: `f32[1, ...]`, or `--batch 1`", True
    ),
}


def outside(graph: Graph, batch: int | None) -> Iterator[Outside]:
    """The nodes of a graph without refusals that XNNPACK does not take whole. A symbolic batch is fixed to `batch`."""
    is_open = batch is None and graph.batch is not None
    seen: set[str] = set()
    for operation in lower(graph, batch).operations:
        node, reason = operation.node, _reason(operation)
        if reason and node.path not in seen and (is_open or not reason.open_batch):
            seen.add(node.path)
            yield Outside(node, reason)


def _reason(operation: Operation) -> Reason | None:
    node, name = operation.node, operation.builtin.name
    return _REASONS.get(name) if name != "STRIDED_SLICE" or _has_stride(node) else None


def _has_stride(node: Node) -> bool:
    """Whether it is a slice that leaves elements out; other operators cut too, without a stride."""
    steps: Any = node.attributes["stride"] if node.op is SLICE else ()
    return any(step != 1 for step in steps)
