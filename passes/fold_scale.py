"""fold-scale: arithmetic with constants becomes part of the linear operators beside it.

x * c, x / c, x + c and x - c are affine maps where c holds one element, or one per channel: of shape [], [1], [C] or
[1, ..., 1, C]. They fold as `affine.py` says: a layer's scale after it, an image's normalisation before the first
convolution. An activation that the operation applies moves to the layer before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from ..compiler.data import TensorData
from ..compiler.ir import Graph, Node, Parameter, Value
from ..compiler.ops import ADD, DIV, MUL, SUB, Trait
from ..dsl.record import record
from .affine import Affine, vector
from .base import PassResult
from .fold import fold_affine
from .rewrite import Rewriter

_MAPS: Mapping[str, Callable[[TensorData, int], Affine]] = {
    MUL.name: lambda c, channels: Affine(scale=vector(c, channels)),
    DIV.name: lambda c, channels: Affine(scale=vector(c, channels, np.reciprocal)),
    ADD.name: lambda c, channels: Affine(shift=vector(c, channels)),
    SUB.name: lambda c, channels: Affine(shift=vector(c, channels, np.negative)),
}


@record
class FoldScale:
    name: ClassVar[str] = "fold-scale"

    def run(self, graph: Graph) -> PassResult:
        return Rewriter(graph).exhaust(_fold)


def _fold(rewriter: Rewriter, node: Node) -> None:
    if node.op.name not in _MAPS:
        return
    x, constant = _sides(rewriter, node)
    channels = node.output.type.shape[-1:]
    if constant is None or x.type != node.output.type or not x.type.dtype.is_float:
        return
    if not channels or not isinstance(channels[0], int) or not _is_per_channel(constant, channels[0]):
        return
    fold_affine(rewriter, node, x, _MAPS[node.op.name](constant.data, channels[0]))


def _sides(rewriter: Rewriter, node: Node) -> tuple[Value, Parameter | None]:
    """The operand that varies, and the one that does not if the operation can be read that way."""
    a, b = node.operands
    if node.op.has(Trait.COMMUTATIVE) and rewriter.parameter(a) is not None:
        a, b = b, a
    return a, rewriter.parameter(b)


def _is_per_channel(constant: Parameter, channels: int) -> bool:
    shape = constant.data.shape
    return all(dim == 1 for dim in shape[:-1]) and shape[-1:] in ((), (1,), (channels,))
