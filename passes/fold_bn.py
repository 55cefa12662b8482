"""fold-bn: batch normalisations become part of the linear operators beside them.

With fixed statistics a batch normalisation is an affine map per channel,

    y = gamma * (x - mean) / sqrt(variance + epsilon) + beta = x * scale + shift
    scale = gamma / sqrt(variance + epsilon)        shift = beta - mean * scale

(Ioffe and Szegedy, 2015), and folds as `affine.py` says: after a convolution (grouped, depthwise, transposed) or
dense layer into its weight and bias, before one into the weights of each input channel. An absent gamma is 1, an absent
beta 0. A bias is made where the layer has none. The folded layer keeps its own path. What finds no layer stays, for
lower-bn.
"""

from __future__ import annotations

from typing import ClassVar

from ..compiler.data import TensorData
from ..compiler.ir import Graph, Node, Parameter
from ..compiler.ops import BATCH_NORM
from ..dsl.record import record
from .affine import Affine, normalization
from .base import PassResult
from .fold import fold_affine
from .rewrite import Rewriter


@record
class FoldBatchNorm:
    name: ClassVar[str] = "fold-bn"

    def run(self, graph: Graph) -> PassResult:
        return Rewriter(graph).exhaust(_fold)


def norm_map(rewriter: Rewriter, node: Node) -> tuple[TensorData, TensorData] | None:
    """Scale and shift of a batch normalisation; None where one of its vectors is computed."""
    gamma, beta, mean, variance = map(rewriter.parameter, node.inputs[1:])
    if mean is None or variance is None or [gamma, beta].count(None) > node.inputs[1:3].count(None):
        return None
    epsilon = float(node.attributes["epsilon"])  # type: ignore[arg-type]  # the operator declares a float
    return normalization(_data(gamma), _data(beta), mean.data, variance.data, epsilon)


def _data(parameter: Parameter | None) -> TensorData | None:
    return parameter.data if parameter is not None else None


def _fold(rewriter: Rewriter, node: Node) -> None:
    if node.op is not BATCH_NORM:
        return
    known, x = norm_map(rewriter, node), node.inputs[0]
    if known is None or x is None:
        rewriter.missed(node, "not folded: its statistics are computed")
        return
    fold_affine(rewriter, node, x, Affine(*known))
