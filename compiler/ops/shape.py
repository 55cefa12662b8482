"""Operators that move or relabel elements and compute nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..numpy_later import np
from ..types import Dim, Shape, TensorType
from .base import (
    Application,
    Attribute,
    Operand,
    Operator,
    OperatorError,
    Surface,
    Trait,
    Types,
    Values,
)
from .checks import (
    fixed,
    need_at_least,
    need_axis,
    need_dtype,
    need_element,
    need_rank_from,
    required,
    resolve_axis,
    result,
    spell,
)

_X = Operand("x", "of any shape")
_TRAITS = frozenset({Trait.RESHAPES})
_INTS = t.ListOf(t.INT)
_INT_PAIRS = t.ListOf(t.TupleOf((t.INT, t.INT)))

# concat -------------------------------------------------------------------------------------


def _concat_types(types: Types, attributes: Values) -> tuple[TensorType]:
    first, axis = required(types, 0, "xs"), attributes["axis"]
    need_axis(axis, first.rank)
    for index in range(len(types)):
        _need_alike(required(types, index, "xs"), index, first, axis)
    total = sum(fixed(f"xs[{index}]", required(types, index, "xs"), axis) for index in range(len(types)))
    return (first.with_shape((*first.shape[:axis], total, *first.shape[axis + 1 :])),)


def _need_alike(x: TensorType, index: int, first: TensorType, axis: int) -> None:
    need_dtype(f"xs[{index}]", x, first.dtype, "xs[0]")
    rest, expected = _without(x.shape, axis), _without(first.shape, axis)
    if x.rank != first.rank or rest != expected:
        raise OperatorError(f"`xs[{index}]` {x} and `xs[0]` {first} differ elsewhere than along axis {axis}")


def _without(shape: Shape, axis: int) -> Shape:
    return shape[:axis] + shape[axis + 1 :]


def _concat(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    return (np.concatenate(arrays, axis=attributes["axis"]),)


def _concat_apply(types: Sequence[TensorType], values: Values) -> Application:
    return Application({"axis": resolve_axis(values["axis"], required(types, 0, "xs").rank)})


CONCAT = Operator(
    name="concat",
    doc="Tensors one after the other along an axis.",
    operands=(Operand("xs", "one or more tensors, alike but along the axis", variadic=True),),
    attributes=(Attribute("axis", t.INT, "along which the sizes add up"),),
    infer=_concat_types,
    evaluate=_concat,
    traits=_TRAITS,
    surface=Surface((t.Parameter("axis", t.INT, -1, "along which the sizes add up"),), _concat_apply),
)

# split --------------------------------------------------------------------------------------


def _split_types(types: Types, attributes: Values) -> tuple[TensorType, ...]:
    x, axis, sizes = required(types, 0, "x"), attributes["axis"], attributes["sizes"]
    need_axis(axis, x.rank)
    for size in sizes:
        need_at_least("a section's size", size, 1)
    total = fixed("x", x, axis)
    if sum(sizes) != total:
        raise OperatorError(f"sections of {list(sizes)} make {sum(sizes)} elements, but axis {axis} has {total}")
    return tuple(x.with_shape((*x.shape[:axis], size, *x.shape[axis + 1 :])) for size in sizes)


def _split_apply(types: Sequence[TensorType], values: Values) -> Application:
    x = required(types, 0, "x")
    axis = resolve_axis(values["axis"], x.rank)
    sections = values["sections"]
    sizes = _equal_sections(fixed("x", x, axis), sections, axis) if isinstance(sections, int) else tuple(sections)
    return Application({"axis": axis, "sizes": sizes})


def _equal_sections(total: int, sections: int, axis: int) -> tuple[int, ...]:
    need_at_least("sections", sections, 1)
    if total % sections:
        raise OperatorError(f"{sections} sections do not divide the {total} elements of axis {axis}")
    return (total // sections,) * sections


def _split(arrays: Sequence[Any], attributes: Values) -> tuple[Array, ...]:
    ends = np.cumsum(attributes["sizes"])[:-1]
    return tuple(np.split(arrays[0], ends, axis=attributes["axis"]))


SPLIT = Operator(
    name="split",
    doc="Takes a tensor apart along an axis.",
    operands=(_X,),
    attributes=(
        Attribute("axis", t.INT, "along which the tensor is cut"),
        Attribute("sizes", _INTS, "of each part along the axis"),
    ),
    infer=_split_types,
    evaluate=_split,
    traits=_TRAITS,
    surface=Surface(
        (
            t.Parameter("sections", t.OneOf((t.INT, _INTS)), doc="how many equal parts, or the size of each"),
            t.Parameter("axis", t.INT, -1, "along which the tensor is cut"),
        ),
        _split_apply,
    ),
    many_results=True,
)

# slice --------------------------------------------------------------------------------------


def _slice_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x = required(types, 0, "x")
    ranges = _ranges(attributes)
    _need_distinct(attributes["axes"])
    dims: list[Dim] = list(x.shape)
    for axis, begin, end, stride in ranges:
        need_axis(axis, x.rank)
        need_at_least("stride", stride, 1)
        _need_range(begin, end, fixed("x", x, axis), axis)
        dims[axis] = -(-(end - begin) // stride)
    return (result(x.dtype, dims),)


def _ranges(values: Values) -> list[tuple[int, int, int, int]]:
    """(axis, begin, end, stride) of each sliced axis."""
    lists = [tuple(values[name]) for name in ("axes", "begin", "end", "stride")]
    if len({len(each) for each in lists}) != 1:
        lengths = ", ".join(str(len(each)) for each in lists)
        raise OperatorError(f"axes, begin, end and stride must be equally long, not of {lengths} elements")
    return list(zip(*lists, strict=True))


def _need_distinct(axes: Sequence[int]) -> None:
    if len(set(axes)) != len(axes):
        raise OperatorError(f"axes {list(axes)} name one axis twice")


def _need_range(begin: int, end: int, size: int, axis: int) -> None:
    if not 0 <= begin < end <= size:
        raise OperatorError(f"{begin}..{end} is not a range within the {size} elements of axis {axis}")


def _slice_apply(types: Sequence[TensorType], values: Values) -> Application:
    x = required(types, 0, "x")
    stride = values["stride"] or (1,) * len(values["axes"])
    resolved = [_resolve_range(x, *each) for each in _ranges({**values, "stride": stride})]
    axes, begin, end, stride = zip(*resolved, strict=True) if resolved else ((),) * 4
    return Application({"axes": axes, "begin": begin, "end": end, "stride": stride})


def _resolve_range(x: TensorType, axis: int, begin: int, end: int, stride: int) -> tuple[int, int, int, int]:
    axis = resolve_axis(axis, x.rank)
    size = fixed("x", x, axis)
    return axis, begin + size * (begin < 0), end + size * (end < 0), stride


def _slice(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,) = arrays
    index = [slice(None)] * x.ndim
    for axis, begin, end, stride in _ranges(attributes):
        index[axis] = slice(begin, end, stride)
    return (x[tuple(index)],)


SLICE = Operator(
    name="slice",
    doc="A part of a tensor: along each named axis the elements begin, begin + stride, ... before end.",
    operands=(_X,),
    attributes=(
        Attribute("axes", _INTS, "that are sliced; the others stay whole"),
        Attribute("begin", _INTS, "first element along each axis"),
        Attribute("end", _INTS, "element after the last along each axis"),
        Attribute("stride", _INTS, "step along each axis, at least 1"),
    ),
    infer=_slice_types,
    evaluate=_slice,
    traits=_TRAITS,
    surface=Surface(
        (
            t.Parameter("axes", _INTS, doc="that are sliced; the others stay whole"),
            t.Parameter("begin", _INTS, doc="first element along each axis; a negative one counts from the end"),
            t.Parameter("end", _INTS, doc="element after the last along each axis; a negative one counts from the end"),
            t.Parameter("stride", _INTS, (), "step along each axis; 1 everywhere where the list is empty"),
        ),
        _slice_apply,
    ),
)

# pad ----------------------------------------------------------------------------------------


def _pad_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, padding = required(types, 0, "x"), attributes["padding"]
    if len(padding) != x.rank:
        raise OperatorError(f"padding has {len(padding)} pairs, but `x` {x} has {x.rank} axes")
    need_element("value", attributes["value"], x.dtype)
    return (result(x.dtype, (_padded(x, axis, *pads) for axis, pads in enumerate(padding))),)


def _padded(x: TensorType, axis: int, before: int, after: int) -> Dim:
    need_at_least("padding", min(before, after), 0)
    return fixed("x", x, axis) + before + after if before or after else x.shape[axis]


def _pad(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    return (np.pad(arrays[0], attributes["padding"], constant_values=attributes["value"]),)


def _pad_apply(_types: Sequence[TensorType], values: Values) -> Application:
    padding = tuple((before, after) for before, after in values["padding"])
    return Application({"padding": padding, "value": values["value"]})


PAD = Operator(
    name="pad",
    doc="A tensor with elements of one value added around it.",
    operands=(_X,),
    attributes=(
        Attribute("padding", _INT_PAIRS, "elements added (before, after) along each axis"),
        Attribute("value", t.FLOAT, "of the added elements", 0.0),
    ),
    infer=_pad_types,
    evaluate=_pad,
    traits=_TRAITS,
    surface=Surface(
        (
            t.Parameter(
                "padding", _INT_PAIRS, doc="elements added (before, after) along each axis, the batch included"
            ),
            t.Parameter("value", t.FLOAT, 0.0, "of the added elements"),
        ),
        _pad_apply,
    ),
)

# reshape ------------------------------------------------------------------------------------


def _reshape_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, shape = required(types, 0, "x"), tuple(attributes["shape"])
    y = result(x.dtype, shape)
    if not x.is_static or not y.is_static:
        _need_same_batch(x, y)
    if x.elements() != y.elements():
        raise OperatorError(
            f"can't reshape {spell(x.shape)} to {spell(shape)}: {x.elements()} against {y.elements()} elements"
        )
    return (y,)


def _need_same_batch(x: TensorType, y: TensorType) -> None:
    if x.shape[:1] != y.shape[:1]:
        raise OperatorError(
            f"can't reshape {spell(x.shape)} to {spell(y.shape)}: the symbolic batch must stay in front"
        )


def _reshape_apply(types: Sequence[TensorType], values: Values) -> Application:
    x, shape = required(types, 0, "x"), tuple(values["shape"])
    need_rank_from("x", x, 1)
    elements = math.prod(fixed("x", x, axis) for axis in range(1, x.rank))
    return Application({"shape": (x.shape[0], *_fill(shape, elements))})


def _fill(shape: tuple[int, ...], elements: int) -> tuple[int, ...]:
    """`shape` with its -1, if any, replaced by what is left of `elements`."""
    if shape.count(-1) > 1:
        raise OperatorError(f"shape {spell(shape)} has more than one -1")
    known = math.prod(dim for dim in shape if dim != -1)
    for dim in shape:
        need_at_least("a size", dim if dim != -1 else 1, 1)
    if elements % known or (-1 not in shape and elements != known):
        raise OperatorError(f"can't reshape {elements} elements per image to {spell(shape)}")
    return tuple(elements // known if dim == -1 else dim for dim in shape)


def _reshape(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    (x,) = arrays
    return (x.reshape([x.shape[0] if isinstance(dim, str) else dim for dim in attributes["shape"]]),)


RESHAPE = Operator(
    name="reshape",
    doc="The same elements in the same (row-major) order under another shape.",
    operands=(_X,),
    attributes=(
        Attribute("shape", t.ListOf(t.OneOf((t.INT, t.STRING))), "of the result; a symbolic batch by its name"),
    ),
    infer=_reshape_types,
    evaluate=_reshape,
    traits=_TRAITS,
    surface=Surface(
        (t.Parameter("shape", _INTS, doc="everything after the batch; one -1 takes what is left"),), _reshape_apply
    ),
)

# transpose ----------------------------------------------------------------------------------


def _transpose_types(types: Types, attributes: Values) -> tuple[TensorType]:
    x, permutation = required(types, 0, "x"), attributes["permutation"]
    if sorted(permutation) != list(range(x.rank)):
        raise OperatorError(f"{list(permutation)} is not a permutation of the {x.rank} axes of `x`")
    return (result(x.dtype, (x.shape[axis] for axis in permutation)),)


TRANSPOSE = Operator(
    name="transpose",
    doc="The axes in another order: axis i of the result is axis permutation[i] of x.",
    operands=(_X,),
    attributes=(Attribute("permutation", _INTS, "of all axes"),),
    infer=_transpose_types,
    evaluate=lambda arrays, attributes: (arrays[0].transpose(attributes["permutation"]),),
    traits=_TRAITS,
    surface=Surface(
        (t.Parameter("permutation", _INTS, doc="of all axes, the batch included"),),
        lambda _types, values: Application({"permutation": tuple(values["permutation"])}),
    ),
)
