"""Operators that move or relabel elements. A symbolic batch is written as -1, or as "to the end"."""

from __future__ import annotations

from ....compiler.types import Shape
from ..draft import Site

REST = -1
"""What TFLite takes for a size that follows from the others."""


def known(shape: Shape) -> list[int]:
    return [dim if isinstance(dim, int) else REST for dim in shape]


def reshape(at: Site) -> None:
    at.emit("RESHAPE", (*at.inputs, at.integers("shape", known(at.output_shape))))


def transpose(at: Site) -> None:
    at.emit("TRANSPOSE", (*at.inputs, at.integers("permutation", at.attributes["permutation"])))


def concat(at: Site) -> None:
    at.emit("CONCATENATION", at.inputs, axis=at.attributes["axis"], fused_activation_function=0)


def split(at: Site) -> None:
    axis, sizes = at.integers("axis", at.attributes["axis"]), at.attributes["sizes"]
    if len(set(sizes)) == 1:
        at.emit("SPLIT", (axis, *at.inputs), num_splits=len(sizes))
    else:
        at.emit("SPLIT_V", (*at.inputs, at.integers("sizes", sizes), axis), num_splits=len(sizes))


def slice_(at: Site) -> None:
    if any(stride != 1 for stride in at.attributes["stride"]):
        _strided_slice(at)
        return
    begin, size = [0] * len(at.output_shape), known(at.output_shape)
    for axis, first in zip(at.attributes["axes"], at.attributes["begin"], strict=True):
        begin[axis] = first
    at.emit("SLICE", (*at.inputs, at.integers("begin", begin), at.integers("size", size)))


def _strided_slice(at: Site) -> None:
    """An axis that stays whole has its bit set in both masks, which make TFLite ignore its bounds."""
    axes, rank = at.attributes["axes"], len(at.output_shape)
    bounds = []
    for role, rest in (("begin", 0), ("end", 0), ("stride", 1)):
        given = dict(zip(axes, at.attributes[role], strict=True))
        bounds.append(at.integers(role, [given.get(axis, rest) for axis in range(rank)]))
    whole = sum(1 << axis for axis in range(rank) if axis not in axes)
    at.emit("STRIDED_SLICE", (*at.inputs, *bounds), begin_mask=whole, end_mask=whole)


def pad(at: Site) -> None:
    amounts, value = at.integers("padding", at.attributes["padding"]), at.attributes["value"]
    if value == 0:
        at.emit("PAD", (*at.inputs, amounts))
    else:
        at.emit("PADV2", (*at.inputs, amounts, at.numbers("border", value)))


_RESIZES = {"nearest": "RESIZE_NEAREST_NEIGHBOR", "bilinear": "RESIZE_BILINEAR"}


def resize(at: Site) -> None:
    coordinates = at.attributes["coordinates"]
    flags = {"align_corners": coordinates == "align_corners", "half_pixel_centers": coordinates == "half_pixel"}
    at.emit(_RESIZES[at.attributes["method"]], (*at.inputs, at.integers("size", at.attributes["size"])), **flags)
