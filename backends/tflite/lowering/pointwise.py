"""Activations, arithmetic and softmax."""

from __future__ import annotations

from collections.abc import Callable

from ....compiler.types import Shape
from ..draft import Site
from ..schema import ACTIVATIONS

Rule = Callable[[Site], None]


def plain(name: str) -> Rule:
    """The operation `name` over the node's operands, without options."""
    return lambda at: at.emit(name, at.operands)


def arithmetic(name: str) -> Rule:
    return lambda at: at.emit(name, at.operands, fused_activation_function=at.activation)


def hard_sigmoid(at: Site) -> None:
    """relu6(x + 3) / 6, which delegates take as two operations."""
    three, sixth = at.numbers("three", 3), at.numbers("sixth", 1 / 6)
    options = {"fused_activation_function": ACTIVATIONS["relu6"]}
    clipped = at.step("clipped", at.output_shape, "ADD", (*at.operands, three), **options)
    at.emit("MUL", (clipped, sixth), fused_activation_function=0)


def swish(at: Site) -> None:
    gate = at.step("gate", at.output_shape, "LOGISTIC", at.operands)
    at.emit("MUL", (*at.operands, gate), fused_activation_function=0)


def gelu(at: Site) -> None:
    at.emit("GELU", at.operands, approximate=at.attributes["approximate"])


def leaky_relu(at: Site) -> None:
    at.emit("LEAKY_RELU", at.operands, alpha=at.attributes["slope"])


def softmax(at: Site) -> None:
    """Along the last axis, where TFLite has it; another axis changes places with the last one."""
    axis, last = at.attributes["axis"], len(at.output_shape) - 1
    if axis == last:
        at.emit("SOFTMAX", at.operands, beta=1.0)
        return
    swap = list(range(last + 1))
    swap[axis], swap[last] = last, axis
    order, shape = at.integers("permutation", swap), _permuted(at.output_shape, swap)
    swapped = at.step("swapped", shape, "TRANSPOSE", (*at.operands, order))
    shares = at.step("shares", shape, "SOFTMAX", (swapped,), beta=1.0)
    at.emit("TRANSPOSE", (shares, order))


def _permuted(shape: Shape, order: list[int]) -> Shape:
    return tuple(shape[axis] for axis in order)


def mean(at: Site) -> None:
    axes = at.integers("axes", at.attributes["axes"])
    at.emit("MEAN", (*at.operands, axes), keep_dims=at.attributes["keepdims"])
