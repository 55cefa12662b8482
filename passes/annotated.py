"""What becomes of annotations where a pass makes one layer of two.

The layer that stays keeps its annotations: a convolution that takes in a batch normalisation is still the convolution
that was annotated. Those of the layer that goes would be lost, so it goes only where the other one has the same, as far
as they say how it is to run: precision, sparsity, placement. What one layer asks and the other leaves open is no
difference where the layer that asks stays. Layers that compute nothing, and what the compiler computes itself, do not
run, and go whatever they say. A node that is new takes over the annotations of the one it is made from.
"""

from __future__ import annotations

from ..compiler.annotations import EXECUTION
from ..compiler.ir import Annotation, Node


def loss(lost: Node, kept: Node) -> str | None:
    """Why `kept` must not do the work of `lost`, which would go; None where it may."""
    held = {annotation.kind: annotation.values for annotation in kept.annotations}
    kind = next((a.kind for a in about_running(lost) if held.get(a.kind) != a.values), None)
    return f"`@{kind}` of `{lost.path}` is not that of `{kept.path}`" if kind else None


def about_running(node: Node) -> tuple[Annotation, ...]:
    """The annotations that say how a node is to run."""
    return tuple(annotation for annotation in node.annotations if annotation.kind in EXECUTION)
