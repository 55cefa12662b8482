"""Transposed convolution.

TFLite crops SAME results by total // 2 in front, where total is what the full result, (in - 1) * stride + k,
exceeds the wanted one by; VALID results are not cropped in front. Other crops cut a full result.
"""

from __future__ import annotations

from typing import Any

from ....compiler.types import Shape, TensorType
from ....dsl.dtypes import DType
from ..draft import Site
from ..schema import ABSENT, SAME, VALID
from .windows import activation

_OHWI = (3, 0, 1, 2)  # of [kh, kw, C, F]


def transposed_conv2d(at: Site) -> None:
    word = _word(at)
    if word is not None:
        at.emit("TRANSPOSE_CONV", _inputs(at, at.output_shape), **_options(at, word))
        return
    shape = _uncropped_shape(at)
    full = at.step("uncropped", shape, "TRANSPOSE_CONV", _inputs(at, shape), **_options(at, VALID))
    (top, _), (left, _) = at.attributes["padding"]
    begin = at.integers("begin", (0, top, left, 0))
    size = at.integers("size", (-1, *at.output_shape[1:]))
    at.emit("SLICE", (full, begin, size))


def _word(at: Site) -> int | None:
    """SAME or VALID, where one of them crops as the node does."""
    crops = [before for before, _ in at.attributes["padding"]]
    surplus = [max(full - wanted, 0) for full, wanted in zip(_full_sizes(at), _sizes(at), strict=True)]
    if surplus == [0, 0] and crops == [0, 0]:
        return VALID
    return SAME if crops == [total // 2 for total in surplus] else None


def _sizes(at: Site) -> list[int]:
    return [int(size) for size in at.output_shape[1:3]]


def _full_sizes(at: Site) -> list[int]:
    pairs = zip(at.input_shape()[1:3], at.attributes["stride"], at.input_shape(1)[:2], strict=True)
    return [(int(size) - 1) * stride + int(kernel) for size, stride, kernel in pairs]


def _uncropped_shape(at: Site) -> Shape:
    """The full result, and what output padding adds to it beyond the cropped end."""
    n, _, _, c = at.output_shape
    starts = [before for before, _ in at.attributes["padding"]]
    h, w = (max(full, begin + size) for full, begin, size in zip(_full_sizes(at), starts, _sizes(at), strict=True))
    return n, h, w, c


def _options(at: Site, word: int) -> dict[str, int]:
    stride_h, stride_w = at.attributes["stride"]
    options = {"padding": word, "stride_w": stride_w, "stride_h": stride_h}
    return {**options, "fused_activation_function": activation(at)}


def _inputs(at: Site, shape: Shape) -> list[int]:
    x, _, bias = at.inputs
    wanted = at.integers("shape", shape) if isinstance(shape[0], int) else _computed_shape(at, shape)
    operands = [wanted, at.transposed(1, _OHWI), x]
    return operands if bias == ABSENT else [*operands, bias]


def _computed_shape(at: Site, shape: Shape) -> int:
    """The shape of the result as a tensor, its batch taken from the input's; LiteRT does this when it allocates."""
    of_input = _ints(at, "input_shape", 4, "SHAPE", [at.inputs[0]], out_type=2)
    bounds = [at.integers(role, [value]) for role, value in (("begin", 0), ("end", 1), ("stride", 1))]
    batch = _ints(at, "batch", 1, "STRIDED_SLICE", [of_input, *bounds])
    rest = at.integers("image", shape[1:])
    return _ints(at, "shape", 4, "CONCATENATION", [batch, rest], axis=0, fused_activation_function=0)


def _ints(at: Site, role: str, count: int, name: str, inputs: list[int], **options: Any) -> int:
    return at.step_of(role, TensorType(DType.I32, (count,)), name, inputs, **options)
