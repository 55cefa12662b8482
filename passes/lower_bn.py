"""lower-bn: a batch normalisation that no layer has taken in becomes a multiplication and an addition.

    y = x * scale + shift,    scale = gamma / sqrt(variance + epsilon),    shift = beta - mean * scale

For targets without batch normalisation. The addition keeps the path; the multiplication is `<path>.mul`, the
constants are `<path>.scale` and `<path>.shift`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from ..compiler.data import TensorData
from ..compiler.ir import Graph, Node, Parameter, Role, Value
from ..compiler.ops import ADD, BATCH_NORM, MUL
from ..compiler.types import TensorType
from ..dsl.record import record
from .affine import vector
from .base import PassResult
from .fold_bn import norm_map
from .rewrite import Rewriter

_PLAIN = {"activation": "none"}


@record
class LowerBatchNorm:
    name: ClassVar[str] = "lower-bn"

    def run(self, graph: Graph) -> PassResult:
        return Rewriter(graph).exhaust(_lower)


def _lower(rewriter: Rewriter, node: Node) -> None:
    if node.op is not BATCH_NORM:
        return
    known, x = norm_map(rewriter, node), node.inputs[0]
    if known is None or x is None:
        rewriter.missed(node, "not lowered: its statistics are computed")
        return
    scale, shift = (_add_vector(rewriter, node, *each) for each in zip(("scale", "shift"), known, strict=True))
    product = Value(rewriter.fresh_name(f"{node.path}.mul"), node.output.type)
    multiplication = Node(MUL, (x, scale), (product,), _PLAIN, product.name, node.span, node.annotations)
    rewriter.insert_before(node, multiplication)
    rewriter.swap(replace(node, op=ADD, inputs=(product, shift), attributes=_PLAIN))
    rewriter.changed(node, "lowered to a multiplication and an addition")


def _add_vector(rewriter: Rewriter, node: Node, name: str, data: TensorData) -> Value:
    type_ = TensorType(node.output.type.dtype, data.shape)
    value = Value(rewriter.fresh_name(f"{node.path}.{name}"), type_)
    held = vector(data, data.shape[0], dtype=type_.dtype)
    return rewriter.add_parameter(Parameter(value, held, Role.CONSTANT, node.span))
