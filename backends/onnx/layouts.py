"""Which axis of a tensor stands where.

The IR's axes are *logical*: an image is [N, H, W, C]. A layout is a permutation that says how they are stored:
axis `i` of the stored tensor is logical axis `layout[i]`. ONNX's spatial operators want the channels second.
Moving data is only needed where the order of the axes longer than 1 changes; otherwise a reshape will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compiler.types import Dim, Shape

Layout = tuple[int, ...]
Axes = tuple[int, ...]


def as_written(rank: int) -> Layout:
    """The order of the IR: NHWC."""
    return tuple(range(rank))


def channels_first(rank: int) -> Layout:
    """The last axis moved to the second place: NCHW."""
    return (0, rank - 1, *range(1, rank - 1)) if rank > 2 else as_written(rank)


IMAGE = channels_first(4)
"""NCHW, in which ONNX's operators want images."""


def usual(rank: int) -> Layout:
    """What an artefact has where nothing else is said: images with the channels second, the rest as written."""
    return channels_first(rank) if rank == 4 else as_written(rank)


def stored(shape: Shape, layout: Layout) -> Shape:
    """The shape of the stored tensor."""
    return tuple(shape[axis] for axis in layout)


def spell(layout: Layout) -> str:
    """A word for a layout that can be part of a name."""
    words = {channels_first(4): "nchw", as_written(4): "nhwc"}
    return words.get(layout) or "".join(map(str, layout))


def swapped(rank: int) -> Layout:
    """The last two axes exchanged: a transposed matrix."""
    return (*range(rank - 2), rank - 1, rank - 2)


def moves(source: Layout, target: Layout) -> Layout:
    """The permutation that ONNX's Transpose needs to get from one layout to the other."""
    return tuple(source.index(axis) for axis in target)


def long_axes(layout: Layout, shape: Shape) -> Axes:
    """The axes that are longer than 1, in the order in which they are stored."""
    return tuple(axis for axis in layout if shape[axis] != 1)


def same_data(first: Layout, second: Layout, shape: Shape) -> bool:
    """Whether the elements come in the same order in both."""
    return long_axes(first, shape) == long_axes(second, shape)


def without(layout: Layout, axes: Axes) -> Layout:
    """What is left of a layout when axes are dropped from the tensor."""
    kept = [axis for axis in sorted(layout) if axis not in axes]
    return tuple(kept.index(axis) for axis in layout if axis not in axes)


def after_transpose(layout: Layout, permutation: Axes) -> Layout:
    """The layout in which a transposed tensor is stored when no element moves."""
    return tuple(permutation.index(axis) for axis in layout)


def after_reshape(layout: Layout, before: Shape, after: Shape) -> Layout | None:
    """The layout of a reshaped tensor when no element moves; None where elements have to.

    Splits both shapes into the shortest runs of axes that hold the same number of elements. Runs may be
    stored in any order, as long as the axes of each stand together in their own.
    """
    order = long_axes(layout, before)
    starts: dict[int, Axes] = {}
    for run, result in _runs(before, after):
        start = order.index(run[0])
        if order[start : start + len(run)] != run:
            return None
        starts[start] = result
    return _complete(tuple(axis for _, result in sorted(starts.items()) for axis in result), after)


def _complete(order: Axes, shape: Shape) -> Layout:
    """A layout that stores the long axes in this order: a usual one where there is one."""
    rank = len(shape)
    usual = (channels_first(rank), as_written(rank)) if rank == 4 else (as_written(rank),)
    for layout in usual:
        if long_axes(layout, shape) == order:
            return layout
    batch = (0,) if 0 not in order else ()
    return (*batch, *order, *(axis for axis in range(1, rank) if axis not in order))


def _runs(before: Shape, after: Shape) -> Iterator[tuple[Axes, Axes]]:
    left, right = list(long_axes(as_written(len(before)), before)), list(long_axes(as_written(len(after)), after))
    while left and right:
        first, second = [left.pop(0)], [right.pop(0)]
        while (one := _product(before, first)) != (other := _product(after, second)):
            if one < other:
                first.append(left.pop(0))
            else:
                second.append(right.pop(0))
        yield tuple(first), tuple(second)


def _product(shape: Shape, axes: Sequence[int]) -> int:
    """A symbolic batch counts as 0: it equals only itself, and stands alone in its run."""
    product = 1
    for axis in axes:
        product *= _size(shape[axis])
    return product


def _size(dim: Dim) -> int:
    return dim if isinstance(dim, int) else 0
