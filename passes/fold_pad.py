"""fold-pad: explicit padding becomes part of the window operator that reads it.

A convolution pads its image with zeros, so

    conv(pad(x, p), padding=q) = conv(x, padding=p + q)

for a `pad` of height and width with zeros. An average pool that counts padding does the same; one that does not counts
what `pad` added all the same, so it must not pad itself, and counts from now on. A max pool pads with minus infinity:
its `pad` may fold where it added that, or where it added zeros to what is never negative and each window still sees an
element of the image. Two pads with one value are one pad. The window operator keeps its path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ..compiler.ir import Attributes, Graph, Node
from ..compiler.ops import (
    AVG_POOL2D,
    CONV2D,
    DEPTHWISE_CONV2D,
    MAX_POOL2D,
    PAD,
    OperatorError,
)
from ..compiler.ops.fused import is_never_negative
from ..dsl.record import record
from .annotated import loss
from .base import PassResult
from .fold import Refusal
from .rewrite import Rewriter

_NONE = (0, 0)


@record
class FoldPad:
    name: ClassVar[str] = "fold-pad"

    def run(self, graph: Graph) -> PassResult:
        return Rewriter(graph).exhaust(_fold)


def _fold(rewriter: Rewriter, node: Node) -> None:
    pad = rewriter.producer(node.inputs[0]) if node.op.name in _FOLDS else None
    if pad is None or pad.op is not PAD:
        return
    try:
        if lost := loss(pad, node):
            raise Refusal(lost)
        attributes = _FOLDS[node.op.name](rewriter, pad, node)
        _check_types(pad, node, attributes)
    except Refusal as refusal:
        rewriter.missed(pad, f"not folded into `{node.path}`: {refusal}")
        return
    rewriter.swap(replace(node, inputs=(pad.inputs[0], *node.inputs[1:]), attributes=attributes))
    rewriter.changed(pad, f"folded into `{node.path}`")


def _check_types(pad: Node, node: Node, attributes: Attributes) -> None:
    """The operator has the last word: it refuses, for one, a pool whose window would see no image."""
    operands = (pad.inputs[0], *node.inputs[1:])
    types = [None if value is None else value.type for value in operands]
    try:
        inferred = node.op.infer(types, attributes)
    except OperatorError as cause:
        raise Refusal(cause.message) from cause
    if inferred != (node.output.type,):
        raise Refusal("the result would have another type")


def _into_convolution(_rewriter: Rewriter, pad: Node, node: Node) -> Attributes:
    _need_value(pad, 0.0)
    return _padded(pad, node)


def _into_avg_pool(_rewriter: Rewriter, pad: Node, node: Node) -> Attributes:
    _need_value(pad, 0.0)
    if not node.attributes["count_padding"] and node.attributes["padding"] != (_NONE, _NONE):
        raise Refusal("it has padding of its own that does not count")
    return {**_padded(pad, node), "count_padding": True}


def _into_max_pool(rewriter: Rewriter, pad: Node, node: Node) -> Attributes:
    if pad.attributes["value"] != -math.inf:
        _need_value(pad, 0.0)
        if not is_never_negative(rewriter.producer(pad.inputs[0])):
            raise Refusal("zeros could win over a negative image")
    return _padded(pad, node)


def _into_pad(_rewriter: Rewriter, pad: Node, node: Node) -> Attributes:
    value: Any = node.attributes["value"]
    _need_value(pad, value)
    return {**node.attributes, "padding": _sums(pad.attributes["padding"], node.attributes["padding"])}


_FOLDS: Mapping[str, Callable[[Rewriter, Node, Node], Attributes]] = {
    CONV2D.name: _into_convolution,
    DEPTHWISE_CONV2D.name: _into_convolution,
    AVG_POOL2D.name: _into_avg_pool,
    MAX_POOL2D.name: _into_max_pool,
    PAD.name: _into_pad,
}


def _need_value(pad: Node, value: float) -> None:
    if pad.attributes["value"] != value:
        raise Refusal(f"it pads with {pad.attributes['value']}, not with {value}")


def _padded(pad: Node, node: Node) -> Attributes:
    """The node's attributes with the pad's height and width added to its padding."""
    padding: Any = pad.attributes["padding"]
    batch, *image, channels = padding
    if batch != _NONE or channels != _NONE:
        raise Refusal("it pads other axes than height and width")
    return {**node.attributes, "padding": _sums(image, node.attributes["padding"])}


def _sums(first: Any, second: Any) -> tuple[tuple[int, int], ...]:
    return tuple((a + c, b + d) for (a, b), (c, d) in zip(first, second, strict=True))
