"""Normalisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..ir import Role
from ..numpy_later import np
from ..types import TensorType
from .base import (
    Application,
    Attribute,
    Operand,
    Operator,
    OperatorError,
    Surface,
    Trait,
    Types,
    Values,
    Weight,
)
from .checks import (
    features,
    fixed,
    need_axis,
    need_float,
    need_vector,
    optional,
    required,
    resolve_axis,
)

# batch_norm ---------------------------------------------------------------------------------


def _channels_last(types: Types) -> tuple[TensorType, int]:
    x = features(types)
    return x, fixed("x", x, x.rank - 1)


def _need_epsilon(epsilon: float) -> None:
    if not 0 <= epsilon < 1:
        raise OperatorError(f"epsilon is {epsilon:g}, it must be at least 0 and below 1")


def _batch_norm_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, channels = _channels_last(types)
    _need_epsilon(attributes["epsilon"])
    need_vector("gamma", optional(types, 1), x, channels, "channel")
    need_vector("beta", optional(types, 2), x, channels, "channel")
    need_vector("mean", required(types, 3, "mean"), x, channels, "channel")
    need_vector("variance", required(types, 4, "variance"), x, channels, "channel")
    return (x,)


def _batch_norm_apply(types: Sequence[TensorType], values: Values) -> Application:
    x, channels = _channels_last(types)
    _need_epsilon(values["epsilon"])
    roles = [Role.MEAN, Role.VARIANCE]
    if values["center"]:
        roles.insert(0, Role.BETA)
    if values["scale"]:
        roles.insert(0, Role.GAMMA)
    vector = TensorType(x.dtype, (channels,))
    return Application({"epsilon": values["epsilon"]}, tuple(Weight(role.value, vector, role) for role in roles))


def _batch_norm(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    x, gamma, beta, mean, variance = arrays
    scale = 1 / np.sqrt(variance.astype(np.float64) + attributes["epsilon"])
    if gamma is not None:
        scale = scale * gamma
    total = (x.astype(np.float32, copy=False) - mean) * scale.astype(np.float32)
    if beta is not None:
        total += beta
    return (total.astype(x.dtype, copy=False),)


def _batch_norm_flops(_types: Types, results: Sequence[TensorType], _attributes: Values) -> int:
    return 2 * results[0].elements()


BATCH_NORM = Operator(
    name="batch_norm",
    doc="Batch normalisation with fixed statistics: gamma * (x - mean) / sqrt(variance + epsilon) + beta, "
    "over the last axis.",
    operands=(
        Operand("x", "[..., C], of rank 2 or more"),
        Operand("gamma", "[C], the scale; 1 where absent", optional=True),
        Operand("beta", "[C], the shift; 0 where absent", optional=True),
        Operand("mean", "[C], the running mean"),
        Operand("variance", "[C], the running variance"),
    ),
    attributes=(Attribute("epsilon", t.FLOAT, "added to the variance", 0.001),),
    infer=_batch_norm_types,
    evaluate=_batch_norm,
    flops=_batch_norm_flops,
    surface=Surface(
        (
            t.Parameter("epsilon", t.FLOAT, 0.001, "added to the variance (Keras: 0.001, PyTorch: 0.00001)"),
            t.Parameter("scale", t.BOOL, True, "whether gamma is learned"),
            t.Parameter("center", t.BOOL, True, "whether beta is learned"),
        ),
        _batch_norm_apply,
    ),
    source="https://arxiv.org/abs/1502.03167",
)

# softmax ------------------------------------------------------------------------------------


def _softmax_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x = required(types, 0, "x")
    need_float("x", x)
    need_axis(attributes["axis"], x.rank)
    return (x,)


def _softmax_apply(types: Sequence[TensorType], values: Values) -> Application:
    return Application({"axis": resolve_axis(values["axis"], required(types, 0, "x").rank)})


def _softmax(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,), axis = arrays, attributes["axis"]
    wide = x.astype(np.float64)
    powers = np.exp(wide - wide.max(axis=axis, keepdims=True))
    return ((powers / powers.sum(axis=axis, keepdims=True)).astype(x.dtype),)


def _softmax_flops(_types: Types, results: Sequence[TensorType], _attributes: Values) -> int:
    return 4 * results[0].elements()


SOFTMAX = Operator(
    name="softmax",
    doc="exp(x) / sum(exp(x)) along an axis.",
    operands=(Operand("x", "of any shape"),),
    attributes=(Attribute("axis", t.INT, "along which the results sum to 1"),),
    infer=_softmax_types,
    evaluate=_softmax,
    flops=_softmax_flops,
    traits=frozenset({Trait.NONNEGATIVE}),
    surface=Surface((t.Parameter("axis", t.INT, -1, "along which the results sum to 1"),), _softmax_apply),
)
