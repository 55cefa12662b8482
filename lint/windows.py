"""Convolutions of a graph as their windows go along each axis of the image."""

from __future__ import annotations

from typing import Any

from ..compiler.ir import Node
from ..compiler.ops import CONV2D, DEPTHWISE_CONV2D
from ..dsl.record import record

CONVOLUTIONS = frozenset({CONV2D.name, DEPTHWISE_CONV2D.name})


@record
class Axis:
    """One axis: elements of the image, of the result and of the kernel, and how the kernel moves over it."""

    size: int
    results: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int


def axes(node: Node) -> tuple[Axis, Axis]:
    """Height and width of a convolution."""
    image, weight = (value.type.shape for value in node.inputs[:2] if value is not None)
    attributes: dict[str, Any] = dict(node.attributes)
    sizes = zip(image[1:3], node.output.type.shape[1:3], weight[:2], strict=True)
    steps = zip(attributes["stride"], attributes["dilation"], attributes["padding"], strict=True)
    height, width = (
        Axis(int(size), int(results), int(kernel), stride, dilation, before, after)  # the batch alone may stay open
        for (size, results, kernel), (stride, dilation, (before, after)) in zip(sizes, steps, strict=True)
    )
    return height, width
