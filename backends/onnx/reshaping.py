"""Rules for operators that move or relabel elements."""

from __future__ import annotations

from ...compiler.ir import Node, Value
from ...compiler.types import Shape
from .attributes import attributes
from .emitter import Emitter, Flattened
from .layouts import Layout, after_reshape, after_transpose, as_written, channels_first, moves, stored


def concat(e: Emitter, node: Node) -> None:
    """`Concat`."""
    values = tuple(node.operands)
    layout = e.agree(values)
    axis = layout.index(attributes(node)["axis"])
    e.result(node, layout, "Concat", *(e.read(value, layout) for value in values), axis=axis)


def split(e: Emitter, node: Node) -> None:
    """`Split`."""
    (x,) = node.operands
    layout, sizes = e.layout(x), attributes(node)["sizes"]
    axis = layout.index(attributes(node)["axis"])
    e.result(node, layout, "Split", e.read(x, layout), e.integers(sizes), axis=axis)


def slice_(e: Emitter, node: Node) -> None:
    """`Slice`."""
    (x,), given = node.operands, attributes(node)
    layout = e.layout(x)
    axes = tuple(map(layout.index, given["axes"]))
    ranges = (e.integers(given["begin"]), e.integers(given["end"]), e.integers(axes), e.integers(given["stride"]))
    e.result(node, layout, "Slice", e.read(x, layout), *ranges)


def pad(e: Emitter, node: Node) -> None:
    """`Pad` with a constant.

    Zero is written as -0.0, which is the same number: ONNX Runtime (1.31, `Pad_Fusion`) moves a pad of plain zeros
    into a following `MaxPool`, where padding is no zero but below everything, and so takes other maxima.
    """
    (x,), padding = node.operands, attributes(node)["padding"]
    layout = e.layout(x)
    starts, ends = (tuple(padding[axis][side] for axis in layout) for side in (0, 1))
    value = e.scalar(attributes(node)["value"] or -0.0, x.type.dtype)
    e.result(node, layout, "Pad", e.read(x, layout), e.integers(starts + ends), value, mode="constant")


def transpose(e: Emitter, node: Node) -> None:
    """`Transpose`; `Identity` where another layout says the same."""
    (x,), permutation = node.operands, attributes(node)["permutation"]
    layout = e.layout(x)
    unmoved = after_transpose(layout, permutation)
    if unmoved in (as_written(x.type.rank), channels_first(x.type.rank)):
        e.result(node, unmoved, "Identity", e.read(x, layout))
    else:
        e.result(node, layout, "Transpose", e.read(x, layout), perm=moves(unmoved, layout))


def reshape(e: Emitter, node: Node) -> None:
    """`Reshape`; what flattens an image for `dense` alone leaves the channels first and turns the weight."""
    (x,) = node.operands
    before, after = e.shape(x), e.shape(node.output)
    layout = e.layout(x)
    target = after_reshape(layout, before, after)
    if target is None and _only_dense_reads(e, node.output) and _flattens(before, after, layout):
        _flatten(e, node)
        return
    if target is None:
        layout, target = as_written(len(before)), as_written(len(after))
    e.result(node, target, "Reshape", e.read(x, layout), e.dims(stored(after, target)))


def _flattens(before: Shape, after: Shape, layout: Layout) -> bool:
    return len(after) == 2 and after[0] == before[0] and layout[0] == 0


def _only_dense_reads(e: Emitter, value: Value) -> bool:
    users = e.graph.users.get(value.name, ())
    return not e.is_output(value) and all(
        user.op.name == "dense" and user.inputs[0] == value and e.is_constant(_weight(user)) for user in users
    )


def _weight(dense: Node) -> Value:
    _, weight, *_ = dense.operands
    return weight


def _flatten(e: Emitter, node: Node) -> None:
    (x,) = node.operands
    layout = e.layout(x)
    shape = tuple(e.static(x, axis) for axis in range(1, x.type.rank))
    name = e.helper("Flatten", e.read(x, layout), axis=1)
    e.flattened[node.output.name] = Flattened(name, shape, layout)
