"""Operators that move or relabel elements. A symbolic batch is written as -1, or as "to the end"."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

from ....compiler.types import Shape
from ..draft import Site
from ..schema import ACTIVATIONS

REST = -1
"""What TFLite takes for a size that follows from the others."""


def known(shape: Shape) -> list[int]:
    return [dim if isinstance(dim, int) else REST for dim in shape]


def reshape(at: Site) -> None:
    at.emit("RESHAPE", (*at.operands, at.integers("shape", known(at.output_shape))))


def transpose(at: Site) -> None:
    at.emit("TRANSPOSE", (*at.operands, at.integers("permutation", at.attributes["permutation"])))


_MOST_INPUTS = 5  # of a CONCATENATION that XNNPACK takes


def concat(at: Site) -> None:
    """More inputs than XNNPACK takes are joined in part first: a copy costs less than leaving the delegate."""
    axis, parts = at.attributes["axis"], at.operands
    sizes = [at.input_shape(place)[axis] for place in range(len(parts))]
    options = {"axis": axis, "fused_activation_function": ACTIVATIONS["none"]}
    while len(parts) > _MOST_INPUTS:
        first = min(_MOST_INPUTS, len(parts) - _MOST_INPUTS + 1)
        sizes = [sum(sizes[:first]), *sizes[first:]]
        shape = (*at.output_shape[:axis], sizes[0], *at.output_shape[axis + 1 :])
        joined = at.step(f"first_{sizes[0]}", shape, "CONCATENATION", parts[:first], **options)
        parts = [joined, *parts[first:]]
    at.emit("CONCATENATION", parts, **options)


_MOST_SECTIONS = 4  # of a SPLIT that XNNPACK takes


def split(at: Site) -> None:
    """Equal sections by SPLIT, where XNNPACK takes it; else each section by itself."""
    axis, sizes = at.attributes["axis"], at.attributes["sizes"]
    if len(set(sizes)) == 1 and len(sizes) <= _MOST_SECTIONS:
        at.emit("SPLIT", (at.integers("axis", axis), *at.operands), num_splits=len(sizes))
        return
    ends = list(accumulate(sizes))
    for output, size, end in zip(at.outputs, sizes, ends, strict=True):
        cut(at, at.operand(0), {axis: (end - size, end, 1)}, output)


def slice_(at: Site) -> None:
    ranges = zip(*(at.attributes[name] for name in ("begin", "end", "stride")), strict=True)
    cut(at, at.operand(0), dict(zip(at.attributes["axes"], ranges, strict=True)), at.outputs[0])


def cut(at: Site, x: int, ranges: Mapping[int, tuple[int, int, int]], output: int) -> None:
    """The elements begin, begin + stride, ... before end along each axis in `ranges`, everything along the others.

    A whole axis has its bit set in both masks, which makes TFLite ignore its bounds: a symbolic batch needs that,
    and XNNPACK takes it, while it refuses the operation SLICE with an open size.
    """
    rank = len(at.output_shape)
    begin, end, stride = zip(*(ranges.get(axis, (0, 0, 1)) for axis in range(rank)), strict=True)
    bounds = [at.integers(role, values) for role, values in (("begin", begin), ("end", end), ("stride", stride))]
    whole = sum(1 << axis for axis in range(rank) if axis not in ranges)
    at.emit("STRIDED_SLICE", (x, *bounds), (output,), begin_mask=whole, end_mask=whole)


def pad(at: Site) -> None:
    amounts, value = at.integers("padding", at.attributes["padding"]), at.attributes["value"]
    if value == 0:
        at.emit("PAD", (*at.operands, amounts))
    else:
        at.emit("PADV2", (*at.operands, amounts, at.numbers("border", value)))


_RESIZES = {"nearest": "RESIZE_NEAREST_NEIGHBOR", "bilinear": "RESIZE_BILINEAR"}


def resize(at: Site) -> None:
    coordinates = at.attributes["coordinates"]
    flags = {"align_corners": coordinates == "align_corners", "half_pixel_centers": coordinates == "half_pixel"}
    at.emit(_RESIZES[at.attributes["method"]], (*at.operands, at.integers("size", at.attributes["size"])), **flags)
