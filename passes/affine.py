"""An affine map per channel, y = x * scale + shift, and what it makes of the weights of a linear operator.

A linear operator computes f(x) = W x + b, with the output channel on the last axis of W. A map on either side of it
becomes part of it:

    after it:   (W x + b) * scale + shift = (W * scale) x + (b * scale + shift)
    before it:  W (x * scale + shift) + b = (W * scale') x + (b + sum W * shift')

where scale' and shift' hold, for each weight, the map of the input channel that it multiplies. With G groups, the
weight at input i of I and output f of F meets the input channel (f // (F / G)) * I + i; a depthwise convolution is
the case of as many groups as channels.

Everything here is `Derived`: no element is read before an artefact is written. Vectors are computed in double
precision and kept in single precision; a weight is multiplied in single precision at least.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ..compiler.data import Array, Derived, TensorData
from ..dsl.dtypes import DType
from ..dsl.record import record


@record
class Affine:
    """x * scale + shift, both of one float per channel; None is 1, or 0."""

    scale: TensorData | None = None
    shift: TensorData | None = None


@record
class Linear:
    """What a linear operator holds; `groups` parts of the input channels meet as many parts of the output channels."""

    weight: TensorData
    bias: TensorData | None
    groups: int = 1


def vector(
    constant: TensorData, channels: int, function: Callable[[Array], Array] = np.positive, dtype: DType = DType.F32
) -> TensorData:
    """A function of a constant that holds one element, or one per channel, as a vector of all channels."""
    return _derive(partial(_spread, channels=channels, function=function), (channels,), dtype, constant=constant)


def normalization(
    gamma: TensorData | None, beta: TensorData | None, mean: TensorData, variance: TensorData, epsilon: float
) -> tuple[TensorData, TensorData]:
    """Scale and shift of gamma * (x - mean) / sqrt(variance + epsilon) + beta (Ioffe and Szegedy, 2015)."""
    scale = _derive(partial(_norm_scale, epsilon=epsilon), variance.shape, variance=variance, gamma=gamma)
    return scale, _derive(_norm_shift, variance.shape, mean=mean, scale=scale, beta=beta)


def map_after(linear: Linear, affine: Affine) -> Linear:
    """The linear operator whose result is the map of `linear`'s."""
    weight, bias, channels = linear.weight, linear.bias, linear.weight.shape[-1:]
    if bias is not None or affine.shift is not None:
        dtype = linear.weight.dtype
        bias = _derive(_bias_after, channels, dtype, bias=bias, scale=affine.scale, shift=affine.shift)
    if affine.scale is not None:
        weight = _derive(_scale_outputs, weight.shape, weight.dtype, weight=weight, scale=affine.scale)
    return Linear(weight, bias, linear.groups)


def map_before(linear: Linear, affine: Affine) -> Linear:
    """The linear operator that gives for x what `linear` gives for the map of x."""
    weight, bias, groups = linear.weight, linear.bias, linear.groups
    if affine.shift is not None:
        function = partial(_bias_before, groups=groups)
        bias = _derive(function, weight.shape[-1:], weight.dtype, weight=weight, shift=affine.shift, bias=bias)
    if affine.scale is not None:
        function = partial(_scale_inputs, groups=groups)
        weight = _derive(function, weight.shape, weight.dtype, weight=weight, scale=affine.scale)
    return Linear(weight, bias, groups)


def _derive(
    function: Callable[..., Array], shape: tuple[int, ...], dtype: DType = DType.F32, **sources: TensorData | None
) -> Derived:
    """The function of those sources that are there, as arrays by name."""
    present = {name: source for name, source in sources.items() if source is not None}
    return Derived(tuple(present.values()), partial(_call, function, tuple(present)), dtype, shape)


@np.errstate(all="ignore")  # a variance of zero, or a weight out of range, gives its infinity and no warning
def _call(function: Callable[..., Array], names: tuple[str, ...], *arrays: Array) -> Array:
    return function(**dict(zip(names, arrays, strict=True)))


def _spread(constant: Array, channels: int, function: Callable[[Array], Array]) -> Array:
    return np.broadcast_to(function(constant.astype(np.float64)).ravel(), (channels,))


def _norm_scale(variance: Array, epsilon: float, gamma: Array | float = 1.0) -> Array:
    return np.asarray(gamma, np.float64) / np.sqrt(variance.astype(np.float64) + epsilon)


def _norm_shift(mean: Array, scale: Array, beta: Array | float = 0.0) -> Array:
    return np.asarray(beta, np.float64) - mean.astype(np.float64) * scale


def _bias_after(bias: Array | float = 0.0, scale: Array | float = 1.0, shift: Array | float = 0.0) -> Array:
    return np.asarray(bias, np.float64) * scale + shift


def _scale_outputs(weight: Array, scale: Array) -> Array:
    return _wide(weight) * scale


def _scale_inputs(weight: Array, scale: Array, groups: int) -> Array:
    grouped, per_input = _by_group(_wide(weight), scale, groups)
    return (grouped * per_input[..., None]).reshape(weight.shape)


def _bias_before(weight: Array, shift: Array, groups: int, bias: Array | float = 0.0) -> Array:
    grouped, per_input = _by_group(_wide(weight), shift, groups)
    taps = grouped.sum(axis=tuple(range(grouped.ndim - 3)), dtype=np.float64)
    moved: Array = np.einsum("igf,ig->gf", taps, per_input).ravel()
    return moved + bias


def _by_group(weight: Array, inputs: Array, groups: int) -> tuple[Array, Array]:
    """The weight as [..., I, G, F / G], and a vector of the input channels as [I, G]."""
    grouped = weight.reshape(*weight.shape[:-1], groups, weight.shape[-1] // groups)
    return grouped, inputs.reshape(groups, -1).T


def _wide(array: Array) -> Array:
    """At least single precision."""
    return array.astype(np.float32, copy=False)
