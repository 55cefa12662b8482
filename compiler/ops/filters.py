"""What layers with weights share: an image, a weight whose last axis is the output channel, a bias, an activation."""

from __future__ import annotations

from collections.abc import Sequence

from ...dsl import types as t
from ..data import Array
from ..ir import Role
from ..types import TensorType
from .base import Operand, Trait, Types, Values, Weight
from .checks import fixed, image, need_dtype, need_float, need_rank, optional, required
from .fused import fused, fused_steps

IMAGE = Operand("x", "image, [N, H, W, C]")
BIAS = Operand("bias", "[F], added to each output channel", optional=True)
BIAS_PARAMETER = t.Parameter("bias", t.BOOL, True, "whether a learned bias is added")
LINEAR_TRAITS = frozenset({Trait.LINEAR, Trait.FUSES_ACTIVATION})


def float_image(types: Types) -> TensorType:
    """The image `x`. Raises OperatorError unless it is one of floating-point numbers."""
    x = image(types)
    need_float("x", x)
    return x


def image_and_weight(types: Types, layout: str) -> tuple[TensorType, tuple[int, ...]]:
    """The image's type and the weight's shape. Raises OperatorError where they have no such ranks or one dtype."""
    x, weight = float_image(types), required(types, 1, "weight")
    need_rank("weight", weight, 4, layout)
    need_dtype("weight", weight, x.dtype, "x")
    return x, weight.static_shape


def channels_of(x: TensorType) -> int:
    """Channels of an image."""
    return fixed("x", x, 3)


def filter_weights(x: TensorType, shape: tuple[int, ...], values: Values) -> tuple[Weight, ...]:
    """The weight of `shape`, and the bias where the call wants one."""
    weight = Weight("weight", TensorType(x.dtype, shape), Role.WEIGHT)
    if not values["bias"]:
        return (weight,)
    return weight, Weight("bias", TensorType(x.dtype, shape[-1:]), Role.BIAS)


def finishing_flops(types: Types, results: Sequence[TensorType], attributes: Values) -> int:
    """One addition for a bias, one operation for an activation, per result element."""
    return results[0].elements() * ((optional(types, 2) is not None) + fused_steps(attributes))


def finished(total: Array, bias: Array | None, x: Array, attributes: Values) -> tuple[Array]:
    """A layer's result from its sums: biased, activated, in the dtype of `x`."""
    if bias is not None:
        total += bias
    return (fused(total, attributes).astype(x.dtype, copy=False),)
