"""The elements of an array as bytes for a file, in row-major order whatever its layout in memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..compiler.data import Array

_PIECE = 8 << 20  # bytes
_STRIP = 32  # elements: two lines of a cache


def row_major(array: Array) -> Iterator[memoryview]:
    """All at once where they lie so in memory, else copied piece by piece; no piece is much larger than 8 MiB."""
    rows = np.atleast_1d(array)
    if rows.flags.c_contiguous:
        yield _bytes(rows)
    elif rows.ndim > 1 and rows[0].nbytes > _PIECE:
        for row in rows:
            yield from row_major(row)
    else:
        step = max(1, _PIECE * len(rows) // rows.nbytes)
        for first in range(0, len(rows), step):
            yield _bytes(_copied(rows[first : first + step]))


def _copied(view: Array) -> Array:
    """Made in strips: what a strip of a transposed tensor reads stays in the cache (2 to 10 times faster)."""
    copy = np.empty(view.shape, view.dtype)
    longest = max(range(view.ndim), key=lambda axis: (axis > 0, view.shape[axis]))
    here, there = np.moveaxis(view, longest, 0), np.moveaxis(copy, longest, 0)
    for first in range(0, len(here), _STRIP):
        there[first : first + _STRIP] = here[first : first + _STRIP]
    return copy


def _bytes(array: Array) -> memoryview:
    return array.reshape(-1).view(np.uint8).data
