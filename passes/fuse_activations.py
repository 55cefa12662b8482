"""fuse-activations: a layer applies the activation that follows it.

    activation(op(x)) = op[activation](x)

where `op` has an `activation` attribute that is still "none" and nobody else reads its result. For targets whose
layers do that for free, such as TFLite. The layer keeps its path.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from ..compiler.ir import Graph, Node
from ..compiler.ops import Trait
from ..dsl.record import record
from .annotated import loss
from .base import PassResult
from .rewrite import Rewriter


@record
class FuseActivations:
    """`activations` are those that the target's layers can apply."""

    name: ClassVar[str] = "fuse-activations"
    activations: tuple[Literal["relu", "relu6"], ...] = ("relu", "relu6")

    def run(self, graph: Graph) -> PassResult:
        return Rewriter(graph).exhaust(self._fuse)

    def _fuse(self, rewriter: Rewriter, node: Node) -> None:
        if node.op.name not in self.activations:
            return
        layer = rewriter.producer(node.inputs[0])
        if layer is None or not layer.op.has(Trait.FUSES_ACTIVATION):
            return
        if layer.attributes["activation"] != "none":
            rewriter.missed(node, f"not fused: `{layer.path}` applies {layer.attributes['activation']} already")
        elif rewriter.sole_reader(layer.output) is None:
            rewriter.missed(node, f"not fused: `{layer.path}` has other readers")
        elif lost := loss(node, layer):
            rewriter.missed(node, f"not fused: {lost}")
        else:
            rewriter.swap(replace(layer, attributes={**layer.attributes, "activation": node.op.name}))
            rewriter.bypass(node, layer.output)
            rewriter.changed(node, f"fused into `{layer.path}`")
