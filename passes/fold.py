"""Folding an affine map per channel into the linear operator before or after it: shared by fold-bn and fold-scale.

A map after the operator folds where the operator serves nobody else. A map before it folds where padding adds no
zeros, because the map would have made `shift` of them, and where each result sees each tap of the kernel. One without
a shift folds whatever the padding: zero times the scale is zero. Neither folds where its annotations would be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..compiler.ir import Node, Parameter, Role, Value
from ..compiler.ops import DEPTHWISE_CONV2D, TRANSPOSED_CONV2D, Trait
from ..compiler.types import TensorType
from ..dsl.record import record
from .affine import Affine, Linear, map_after, map_before
from .annotated import loss
from .rewrite import Rewriter

_NO_PADDING = ((0, 0), (0, 0))


class Refusal(Exception):  # noqa: N818  # it is no error: the pass goes on, and says why it did not fold here
    """Why a rewrite that nearly fits does not."""


@record
class _Layer:
    """A linear node whose weight and bias are its own."""

    node: Node
    weight: Parameter
    bias: Parameter | None

    @property
    def linear(self) -> Linear:
        return Linear(self.weight.data, self.bias.data if self.bias else None, _groups(self.node))


def fold_affine(rewriter: Rewriter, node: Node, x: Value, affine: Affine) -> None:
    """Folds `node`, which maps `x` and does nothing else, into a linear neighbour; the reasons of those that refuse
    become misses where none accepts."""
    reasons = []
    for fold in _candidates(rewriter, node, x, affine):
        try:
            fold()
        except Refusal as refusal:
            reasons.append(str(refusal))
        else:
            return
    for reason in reasons:
        rewriter.missed(node, f"not folded: {reason}")


def _candidates(rewriter: Rewriter, node: Node, x: Value, affine: Affine) -> Iterator[Callable[[], None]]:
    before = rewriter.producer(x)
    if before is not None and before.op.has(Trait.LINEAR):
        yield lambda: _fold_after(rewriter, before, node, affine)
    after = next((reader for reader in rewriter.readers(node.output) if reader.op.has(Trait.LINEAR)), None)
    if after is not None:
        yield lambda: _fold_before(rewriter, node, x, after, affine)


def _fold_after(rewriter: Rewriter, linear: Node, node: Node, affine: Affine) -> None:
    if rewriter.sole_reader(linear.output) is None:
        raise Refusal(f"`{linear.path}` has other readers")
    if linear.attributes["activation"] != "none":
        raise Refusal(f"`{linear.path}` applies {linear.attributes['activation']} first")
    _need_no_loss(node, linear)
    layer = _layer(rewriter, linear)
    activation = node.attributes.get("activation", "none")
    changed = replace(linear, attributes={**linear.attributes, "activation": activation})
    _change(rewriter, replace(layer, node=changed), map_after(layer.linear, affine))
    rewriter.bypass(node, linear.output)
    rewriter.changed(node, f"folded into `{linear.path}` before it")


def _fold_before(rewriter: Rewriter, node: Node, x: Value, linear: Node, affine: Affine) -> None:
    if rewriter.sole_reader(node.output) is None:
        raise Refusal(f"`{linear.path}` is not its only reader")
    if node.attributes.get("activation", "none") != "none":
        raise Refusal(f"it applies {node.attributes['activation']} before `{linear.path}`")
    if affine.shift is not None and linear.attributes.get("padding", _NO_PADDING) != _NO_PADDING:
        raise Refusal(f"`{linear.path}` pads with zeros, which it would shift")
    if affine.shift is not None and linear.op is TRANSPOSED_CONV2D:
        raise Refusal(f"not every result of `{linear.path}` sees every tap of its kernel")
    _need_no_loss(node, linear)
    layer = _layer(rewriter, linear)
    _change(rewriter, layer, map_before(layer.linear, affine))
    rewriter.bypass(node, x)
    rewriter.changed(node, f"folded into `{linear.path}` after it")


def _need_no_loss(node: Node, linear: Node) -> None:
    if lost := loss(node, linear):
        raise Refusal(lost)


def _layer(rewriter: Rewriter, linear: Node) -> _Layer:
    weight, bias = rewriter.parameter(linear.inputs[1]), rewriter.parameter(linear.inputs[2])
    if weight is None or (bias is None and linear.inputs[2] is not None):
        raise Refusal(f"the weight or bias of `{linear.path}` is computed")
    for parameter in (weight, bias):
        if parameter is not None and rewriter.sole_reader(parameter.value) is None:
            raise Refusal(f"`{parameter.name}` is shared with other layers")
    return _Layer(linear, weight, bias)


def _change(rewriter: Rewriter, layer: _Layer, linear: Linear) -> None:
    """Puts the changed weight and bias where the old ones were, and makes a bias where there was none."""
    rewriter.set_data(layer.weight, linear.weight)
    bias = layer.node.inputs[2]
    if layer.bias is not None and linear.bias is not None:
        rewriter.set_data(layer.bias, linear.bias)
    elif linear.bias is not None:
        name = rewriter.fresh_name(f"{layer.weight.name.removesuffix('.weight')}.bias")
        bias = Value(name, TensorType(linear.bias.dtype, linear.bias.shape))
        rewriter.add_parameter(Parameter(bias, linear.bias, Role.BIAS, layer.node.span, layer.weight.frozen))
    rewriter.swap(replace(layer.node, inputs=(*layer.node.inputs[:2], bias)))


def _groups(linear: Node) -> int:
    """Parts of the channels that do not mix; in a depthwise convolution each channel is one."""
    if linear.op is DEPTHWISE_CONV2D:
        x = linear.inputs[0]
        return int(x.type.shape[-1]) if x is not None else 1
    return int(linear.attributes.get("groups", 1))  # type: ignore[arg-type]  # the operator declares an integer
