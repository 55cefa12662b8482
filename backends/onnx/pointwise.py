"""Rules for arithmetic: element by element in whatever layout the operands have, and products of matrices."""

from __future__ import annotations

import math
from collections.abc import Callable

from ...compiler.ir import Node, Value
from .attributes import attributes
from .emitter import Emitter, Flattened
from .layouts import IMAGE, Layout, as_written, swapped

Rule = Callable[[Emitter, Node], None]

# One operand --------------------------------------------------------------------------------


def _operand(e: Emitter, node: Node) -> tuple[str, Layout]:
    """The name of the only computed operand, in the layout that it has."""
    x = next(node.operands)
    layout = e.layout(x)
    return e.read(x, layout), layout


def unary(op_type: str) -> Rule:
    """A rule for an operator that ONNX has under another name."""

    def rule(e: Emitter, node: Node) -> None:
        x, layout = _operand(e, node)
        e.result(node, layout, op_type, x)

    rule.__doc__ = f"`{op_type}`."
    return rule


def relu6(e: Emitter, node: Node) -> None:
    """`Clip` to 0 and 6."""
    x, layout = _operand(e, node)
    e.clamp(node, layout, "relu6", x)


def swish(e: Emitter, node: Node) -> None:
    """`Sigmoid` and `Mul`."""
    x, layout = _operand(e, node)
    e.result(node, layout, "Mul", x, e.helper("Sigmoid", x))


def hard_sigmoid(e: Emitter, node: Node) -> None:
    """`HardSigmoid` with alpha 1/6 and beta 1/2."""
    x, layout = _operand(e, node)
    e.result(node, layout, "HardSigmoid", x, alpha=1 / 6, beta=0.5)


def hard_swish(e: Emitter, node: Node) -> None:
    """`HardSwish`; below opset 14 `HardSigmoid` and `Mul`."""
    x, layout = _operand(e, node)
    if e.opset >= 14:
        e.result(node, layout, "HardSwish", x)
    else:
        e.result(node, layout, "Mul", x, e.helper("HardSigmoid", x, alpha=1 / 6, beta=0.5))


def gelu(e: Emitter, node: Node) -> None:
    """`Gelu`; below opset 20 spelled out with `Erf` or `Tanh`."""
    x, layout = _operand(e, node)
    if e.opset >= 20:
        e.result(node, layout, "Gelu", x, approximate="tanh" if node.attributes["approximate"] else "none")
        return
    dtype = node.output.type.dtype
    share = (_tanh_share if node.attributes["approximate"] else _erf_share)(e, node, x)
    half = e.helper("Mul", x, e.scalar(0.5, dtype))
    e.result(node, layout, "Mul", half, e.helper("Add", share, e.scalar(1.0, dtype)))


def _erf_share(e: Emitter, node: Node, x: str) -> str:
    """erf(x / sqrt(2))."""
    return e.helper("Erf", e.helper("Mul", x, e.scalar(math.sqrt(0.5), node.output.type.dtype)))


def _tanh_share(e: Emitter, node: Node, x: str) -> str:
    """tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))."""
    dtype = node.output.type.dtype
    cube = e.helper("Mul", e.helper("Mul", x, x), x)
    inner = e.helper("Add", x, e.helper("Mul", cube, e.scalar(0.044715, dtype)))
    return e.helper("Tanh", e.helper("Mul", inner, e.scalar(math.sqrt(2 / math.pi), dtype)))


def leaky_relu(e: Emitter, node: Node) -> None:
    """`LeakyRelu`."""
    x, layout = _operand(e, node)
    e.result(node, layout, "LeakyRelu", x, alpha=attributes(node)["slope"])


def prelu(e: Emitter, node: Node) -> None:
    """`PRelu`, the slope shaped to lie along the channels."""
    _, slope = node.operands
    x, layout = _operand(e, node)
    e.result(node, layout, "PRelu", x, e.read_broadcast(slope, layout))


def softmax(e: Emitter, node: Node) -> None:
    """`Softmax`."""
    x, layout = _operand(e, node)
    e.result(node, layout, "Softmax", x, axis=layout.index(attributes(node)["axis"]))


# Two operands -------------------------------------------------------------------------------


def binary(op_type: str) -> Rule:
    """A rule for an operator of two tensors that broadcast."""

    def rule(e: Emitter, node: Node) -> None:
        values = tuple(node.operands)
        layout = _common_layout(e, node)
        inputs = (e.read_broadcast(value, layout) for value in values)
        emit = e.activated if "activation" in node.attributes else e.result
        emit(node, layout, op_type, *inputs)

    rule.__doc__ = f"`{op_type}`."
    return rule


def _common_layout(e: Emitter, node: Node) -> Layout:
    """That of the operands which have the result's rank."""
    rank = node.output.type.rank
    return e.agree([value for value in node.operands if value.type.rank == rank])


# Products of matrices -----------------------------------------------------------------------


def matmul(e: Emitter, node: Node) -> None:
    """`MatMul`, after a `Transpose` where an operand is to be transposed."""
    a, b = node.operands
    left = _matrix(e, a, transpose=bool(node.attributes["transpose_a"]))
    right = _matrix(e, b, transpose=bool(node.attributes["transpose_b"]))
    e.result(node, as_written(node.output.type.rank), "MatMul", left, right)


def _matrix(e: Emitter, value: Value, *, transpose: bool) -> str:
    rank = value.type.rank
    return e.read(value, swapped(rank) if transpose else as_written(rank))


def dense(e: Emitter, node: Node) -> None:
    """`Gemm` on a matrix, a 1x1 `Conv` on an image with the channels second, else `MatMul` and `Add`."""
    x, weight, *_ = node.operands
    if x.name in e.flattened:
        _gemm(e, node, *_unflattened(e, weight, e.flattened[x.name]))
    elif x.type.rank == 2:
        _gemm(e, node, e.read(x), e.read(weight))
    elif e.layout(x) == IMAGE and e.is_constant(weight):
        _dense_on_image(e, node)
    else:
        _dense_on_last_axis(e, node)


def _gemm(e: Emitter, node: Node, x: str, weight: str) -> None:
    _, _, *bias = node.operands
    e.activated(node, as_written(2), "Gemm", x, weight, *map(e.read, bias))


def _unflattened(e: Emitter, weight: Value, x: Flattened) -> tuple[str, str]:
    """The operands of a product whose left columns are not in order: the weight's rows follow them."""
    depth, units = weight.type.static_shape
    rows = tuple(axis - 1 for axis in x.layout[1:])
    name = e.constant(weight, (depth, units), grid=(*x.shape, units), layout=(*rows, len(rows)))
    return x.name, name


def _dense_on_image(e: Emitter, node: Node) -> None:
    x, weight, *bias = node.operands
    depth, units = weight.type.static_shape
    name = e.constant(weight, (units, depth, 1, 1), grid=(1, 1, depth, units), layout=(3, 2, 0, 1))
    e.activated(node, IMAGE, "Conv", e.read(x, IMAGE), name, *map(e.read, bias), kernel_shape=(1, 1))


def _dense_on_last_axis(e: Emitter, node: Node) -> None:
    x, weight, *bias = node.operands
    layout = as_written(x.type.rank)
    if not bias:
        e.activated(node, layout, "MatMul", e.read(x), e.read(weight))
        return
    product = e.helper("MatMul", e.read(x), e.read(weight))
    e.activated(node, layout, "Add", product, e.read(bias[0]))
