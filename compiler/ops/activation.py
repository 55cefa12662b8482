"""Activations: element-wise functions of one tensor, usable as `act=` in the language."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..ir import Role
from ..numpy_later import function, np
from ..types import TensorType
from .base import Application, Attribute, Operand, Operator, Surface, Trait, Types, Values, Weight
from .checks import features, fixed, need_element, need_float, need_vector, required

_X = Operand("x", "of any shape")
_TRAITS = frozenset({Trait.ELEMENTWISE, Trait.ACTIVATION})


def _same_type(types: Types, _attributes: Values) -> tuple[TensorType]:
    x = required(types, 0, "x")
    need_float("x", x)
    return (x,)


def _any_type(types: Types, _attributes: Values) -> tuple[TensorType]:
    return (required(types, 0, "x"),)


def _flops(_types: Types, results: Sequence[TensorType], _attributes: Values) -> int:
    return results[0].elements()


def _no_attributes(_types: Sequence[TensorType], _values: Values) -> Application:
    return Application({})


def _in_float32(function: Callable[[Array], Array]) -> Callable[[Sequence[Any], Values], tuple[Array]]:
    """The evaluation of a function that is computed in float32 and given back in the operand's dtype."""

    def evaluate(arrays: Sequence[Any], _attributes: Values) -> tuple[Array]:
        (x,) = arrays
        return (function(x.astype(np.float32, copy=False)).astype(x.dtype, copy=False),)

    return evaluate


def _plain(name: str, doc: str, function: Callable[[Array], Array], *traits: Trait, source: str = "") -> Operator:
    """An activation without attributes."""
    return Operator(
        name=name,
        doc=doc,
        operands=(_X,),
        attributes=(),
        infer=_same_type,
        evaluate=_in_float32(function),
        flops=_flops,
        traits=_TRAITS.union(traits),
        surface=Surface((), _no_attributes),
        source=source,
    )


def _sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without an overflow on either side."""
    power = np.exp(-np.abs(x))
    shares: Array = np.where(x >= 0, 1, power) / (1 + power)
    return shares


def _relu6(x: Array) -> Array:
    return np.minimum(np.maximum(x, 0), 6)


RELU = _plain("relu", "max(x, 0).", lambda x: np.maximum(x, 0), Trait.NONNEGATIVE)
RELU6 = _plain("relu6", "min(max(x, 0), 6).", _relu6, Trait.NONNEGATIVE, source="https://arxiv.org/abs/1704.04861")
HARD_SWISH = _plain(
    "hard_swish", "x * relu6(x + 3) / 6.", lambda x: x * _relu6(x + 3) / 6, source="https://arxiv.org/abs/1905.02244"
)
HARD_SIGMOID = _plain(
    "hard_sigmoid",
    "relu6(x + 3) / 6.",
    lambda x: _relu6(x + 3) / 6,
    Trait.NONNEGATIVE,
    source="https://arxiv.org/abs/1905.02244",
)
SWISH = _plain(
    "swish", "x * sigmoid(x), also called SiLU.", lambda x: x * _sigmoid(x), source="https://arxiv.org/abs/1710.05941"
)
SIGMOID = _plain("sigmoid", "1 / (1 + exp(-x)).", _sigmoid, Trait.NONNEGATIVE)
TANH = _plain("tanh", "The hyperbolic tangent.", function("tanh"))

IDENTITY = Operator(
    name="identity",
    doc="x itself: the activation of a layer that has none.",
    operands=(_X,),
    attributes=(),
    infer=_any_type,
    evaluate=lambda arrays, _attributes: (arrays[0],),
    traits=_TRAITS,
    surface=Surface((), _no_attributes),
)

# gelu ---------------------------------------------------------------------------------------


def _gelu(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,) = arrays
    wide = x.astype(np.float64)
    if attributes["approximate"]:
        share = np.tanh(math.sqrt(2 / math.pi) * (wide + 0.044715 * wide**3))
    else:
        share = np.vectorize(math.erf, otypes=[np.float64])(wide / math.sqrt(2))
    return ((0.5 * wide * (1 + share)).astype(x.dtype),)


GELU = Operator(
    name="gelu",
    doc="x * P(X <= x) for a standard normal X: x / 2 * (1 + erf(x / sqrt(2))).",
    operands=(_X,),
    attributes=(Attribute("approximate", t.BOOL, "use the tanh approximation", False),),
    infer=_same_type,
    evaluate=_gelu,
    flops=_flops,
    traits=_TRAITS,
    surface=Surface(
        (t.Parameter("approximate", t.BOOL, False, "use the tanh approximation"),),
        lambda _types, values: Application({"approximate": values["approximate"]}),
    ),
    source="https://arxiv.org/abs/1606.08415",
)

# leaky_relu ---------------------------------------------------------------------------------


def _leaky_relu_type(types: Types, attributes: Values) -> tuple[TensorType]:
    (x,) = _same_type(types, attributes)
    need_element("slope", attributes["slope"], x.dtype)
    return (x,)


def _leaky_relu(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,) = arrays
    return (np.where(x >= 0, x, x * x.dtype.type(attributes["slope"])),)


LEAKY_RELU = Operator(
    name="leaky_relu",
    doc="x where x >= 0, slope * x elsewhere.",
    operands=(_X,),
    attributes=(Attribute("slope", t.FLOAT, "the factor below zero", 0.01),),
    infer=_leaky_relu_type,
    evaluate=_leaky_relu,
    flops=_flops,
    traits=_TRAITS,
    surface=Surface(
        (t.Parameter("slope", t.FLOAT, 0.01, "the factor below zero (Keras: 0.3, PyTorch: 0.01)"),),
        lambda _types, values: Application({"slope": values["slope"]}),
    ),
)

# prelu --------------------------------------------------------------------------------------


def _channels_last(types: Types) -> tuple[TensorType, int]:
    x = features(types)
    return x, fixed("x", x, x.rank - 1)


def _prelu_types(types: Types, _attributes: Values) -> tuple[TensorType]:
    x, channels = _channels_last(types)
    need_vector("slope", required(types, 1, "slope"), x, channels, "channel")
    return (x,)


def _prelu_apply(types: Sequence[TensorType], _values: Values) -> Application:
    x, channels = _channels_last(types)
    return Application({}, (Weight("slope", TensorType(x.dtype, (channels,)), Role.SLOPE),))


def _prelu(arrays: Sequence[Any], _attributes: Values) -> tuple[Array]:
    x, slope = arrays
    return (np.where(x >= 0, x, x * slope),)


PRELU = Operator(
    name="prelu",
    doc="x where x >= 0, slope * x elsewhere, with a learned slope for each channel.",
    operands=(Operand("x", "[..., C], of rank 2 or more"), Operand("slope", "[C], the factor below zero")),
    attributes=(),
    infer=_prelu_types,
    evaluate=_prelu,
    flops=_flops,
    traits=_TRAITS,
    surface=Surface((), _prelu_apply),
    source="https://arxiv.org/abs/1502.01852",
)
