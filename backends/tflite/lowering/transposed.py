"""Transposed convolution.

TFLite finds the crop in front from the wanted size: SAME crops half of what the full result, (in - 1) * stride + k,
has too much, rounded down; VALID crops nothing. And it demands that a convolution with that padding would lead
from the wanted size back to the input's. What fits neither is cut from a VALID result.
"""

from __future__ import annotations

from typing import Any, cast

from ....compiler.ir import Node
from ....compiler.ops.windows import Pads, Pair
from ....compiler.types import Shape, TensorType
from ....dsl.dtypes import DType
from ....dsl.record import record
from ..draft import Site
from ..schema import ABSENT, SAME, VALID
from .shapes import cut
from .windows import OHWI, placement


def transposed_conv2d(at: Site) -> None:
    word = _word(at)
    if word is not None:
        at.emit("TRANSPOSE_CONV", _inputs(at, at.output_shape), **_options(at, word))
        return
    n, _, _, c = at.output_shape
    shape = (n, *(axis.uncropped for axis in _axes(at.node)), c)
    whole = at.step("uncropped", shape, "TRANSPOSE_CONV", _inputs(at, shape), **_options(at, VALID))
    ranges = {place: (axis.crop, axis.crop + axis.wanted, 1) for place, axis in enumerate(_axes(at.node), 1)}
    cut(at, whole, ranges, at.outputs[0])


@record
class _Axis:
    """Sizes along one axis; `crop` is what is cut off in front."""

    size: int
    wanted: int
    kernel: int
    stride: int
    crop: int

    @property
    def full(self) -> int:
        return (self.size - 1) * self.stride + self.kernel

    @property
    def uncropped(self) -> int:
        """What a VALID result must have: output padding reaches beyond the full result where little is cropped."""
        return max(self.full, self.crop + self.wanted)

    @property
    def is_valid(self) -> bool:
        return self.crop == 0 and self.wanted == self.uncropped and self.excess < self.stride

    @property
    def is_same(self) -> bool:
        crop = max(self.full - self.wanted, 0) // 2
        return self.crop == crop and -(-self.wanted // self.stride) == self.size

    @property
    def excess(self) -> int:
        return self.uncropped - self.full


def _axes(node: Node) -> tuple[_Axis, _Axis]:
    x, weight, _ = node.inputs
    assert x is not None
    assert weight is not None
    sizes, wanted, kernel = x.type.shape[1:3], node.output.type.shape[1:3], weight.type.shape[:2]
    crops = [before for before, _ in cast(Pads, node.attributes["padding"])]
    columns: Any = zip(sizes, wanted, kernel, cast(Pair, node.attributes["stride"]), crops, strict=True)
    h, w = columns
    return _Axis(*h), _Axis(*w)


def _word(at: Site) -> int | None:
    """SAME or VALID, where one of them gives the node's result."""
    axes = _axes(at.node)
    if all(axis.is_valid for axis in axes):
        return VALID
    return SAME if all(axis.is_same for axis in axes) else None


def excess(node: Node) -> int:
    """By how much output padding exceeds what TFLite allows, at least a stride beyond the full result; or 0."""
    return max(max(axis.excess - axis.stride + 1, 0) for axis in _axes(node))


def _options(at: Site, word: int) -> dict[str, int]:
    return {**placement(at, word), "fused_activation_function": at.activation}


def _inputs(at: Site, shape: Shape) -> list[int]:
    bias = at.operand(2)
    wanted = at.integers("shape", shape) if isinstance(shape[0], int) else _computed_shape(at, shape)
    operands = [wanted, at.transposed(1, OHWI), at.operand(0)]
    return operands if bias == ABSENT else [*operands, bias]


def _computed_shape(at: Site, shape: Shape) -> int:
    """The shape of the result as a tensor, its batch taken from the input's; LiteRT does this when it allocates."""
    of_input = _ints(at, "input_shape", 4, "SHAPE", [at.operand(0)], out_type=2)
    bounds = [at.integers(role, [value]) for role, value in (("begin", 0), ("end", 1), ("stride", 1))]
    batch = _ints(at, "batch", 1, "STRIDED_SLICE", [of_input, *bounds])
    rest = at.integers("image", shape[1:])
    return _ints(at, "shape", 4, "CONCATENATION", [batch, rest], axis=0, fused_activation_function=0)


def _ints(at: Site, role: str, count: int, name: str, inputs: list[int], **options: Any) -> int:
    return at.step_of(role, TensorType(DType.I32, (count,)), name, inputs, **options)
