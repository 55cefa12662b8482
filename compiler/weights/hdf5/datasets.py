"""Datasets: where their elements are, and how those in chunks are put together (sections IV.A.2.i and l, III.A.1)."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping

import numpy as np

from ....dsl.record import record
from ...data import Array
from ..storage import NumpyType, Shape, nbytes_of
from .objects import Kind, Message, tree_entries
from .region import UNDEFINED, Cursor, Region
from .types import ElementType, parse_shape, parse_type

_COMPACT, _CONTIGUOUS, _CHUNKED = 0, 1, 2
_DEFLATE, _SHUFFLE = 1, 2


@record
class Contiguous:
    """Elements that lie together at an address of the region."""

    address: int


@record
class Compact:
    """A few elements inside the header."""

    data: bytes


@record
class Chunked:
    """Elements in blocks of one shape, found through a B-tree; `filters` were applied in this order."""

    tree: int
    chunk: Shape
    filters: tuple[int, ...]


@record
class Dataset:
    """What a header says of a dataset."""

    type: ElementType
    shape: Shape
    place: Contiguous | Compact | Chunked


def parse_dataset(region: Region, name: str, header: list[Message]) -> Dataset:
    """Raises DiagnosticError for elements outside of the file, and for layouts that no weight file has."""
    parts = {message.kind: message for message in header}
    if Kind.EXTERNAL_FILES in parts:
        region.refuse(f"`{name}` keeps its elements in another file")
    type_ = parse_type(_fields(region, name, parts, Kind.DATATYPE))
    shape = parse_shape(_fields(region, name, parts, Kind.DATASPACE))
    layout = _fields(region, name, parts, Kind.LAYOUT)
    version, kind = layout.number(1), layout.number(1)
    size = math.prod(shape) * type_.size
    if version in (3, 4) and kind == _COMPACT:
        return Dataset(type_, shape, _compact(region, name, layout, size))
    if version in (3, 4) and kind == _CONTIGUOUS:
        return Dataset(type_, shape, _contiguous(region, name, layout.address(), size))
    if version != 3 or kind != _CHUNKED:
        region.refuse(f"`{name}` is laid out in a way that is not read; saved with h5py's defaults it would be")
    return Dataset(type_, shape, _chunked(region, name, layout, parts.get(Kind.FILTERS), shape))


def _fields(region: Region, name: str, parts: Mapping[int, Message], kind: Kind) -> Cursor:
    message = parts.get(kind)
    if message is None or message.shared:
        region.refuse(f"`{name}` does not say its {kind.name.lower()}")
    return Cursor(region, message.data)


def _compact(region: Region, name: str, layout: Cursor, size: int) -> Compact:
    data = layout.take(layout.number(2))
    if len(data) < size:
        region.refuse(f"`{name}` needs {size} bytes and has {len(data)}")
    return Compact(data[:size])


def _contiguous(region: Region, name: str, address: int, size: int) -> Contiguous:
    if address == UNDEFINED:
        region.refuse(f"`{name}` was never written")
    region.check(address, size)
    return Contiguous(address)


def _chunked(region: Region, name: str, layout: Cursor, filters: Message | None, shape: Shape) -> Chunked:
    rank = layout.number(1)
    tree = layout.address()
    chunk = tuple(layout.number(4) for _ in range(rank - 1))
    if tree == UNDEFINED:
        region.refuse(f"`{name}` was never written")
    if len(chunk) != len(shape) or not all(0 < part <= max(whole, 1) for part, whole in zip(chunk, shape, strict=True)):
        region.refuse(f"`{name}` has chunks {list(chunk)} for a shape of {list(shape)}")
    return Chunked(tree, chunk, _filters(region, name, filters))


def _filters(region: Region, name: str, message: Message | None) -> tuple[int, ...]:
    if message is None:
        return ()
    fields = Cursor(region, message.data)
    version, count = fields.number(1), fields.number(1)
    fields.take(6 if version == 1 else 0)
    found = tuple(_filter(fields, version) for _ in range(count))
    if not set(found) <= {_DEFLATE, _SHUFFLE}:
        region.refuse(f"`{name}` is compressed otherwise than by gzip")
    return found


def _filter(fields: Cursor, version: int) -> int:
    number = fields.number(2)
    name = fields.number(2) if version == 1 or number >= 256 else 0
    fields.take(2)
    values = fields.number(2)
    fields.take(name + -name % 8 if version == 1 else name)
    fields.take(4 * values + (4 * (values % 2) if version == 1 else 0))
    return number


def read_chunks(region: Region, name: str, dataset: Dataset) -> Array:
    """The elements of a chunked dataset of numbers. Raises DiagnosticError where its chunks do not make it up."""
    place, shape = dataset.place, dataset.shape
    if not isinstance(place, Chunked) or dataset.type.dtype is None:
        raise TypeError(f"{name} is no dataset of numbers in chunks")
    whole = np.empty(shape, dataset.type.dtype)
    missing = math.prod(-(-size // part) for size, part in zip(shape, place.chunk, strict=True))
    for key, address in tree_entries(region, place.tree, 1, 8 + 8 * (len(shape) + 1)):
        fields = Cursor(region, key)
        packed, skipped = fields.number(4), fields.number(4)
        start = tuple(fields.number(8) for _ in shape)
        if any(at >= size or at % part for at, size, part in zip(start, shape, place.chunk, strict=True)):
            region.refuse(f"`{name}` has a chunk outside of itself")
        region.check(address, packed)
        block = _unpacked(bytes(region.view[address : address + packed]), skipped, place, whole.dtype)
        if len(block) != nbytes_of(whole.dtype, place.chunk):
            region.refuse(f"a chunk of `{name}` has {len(block)} bytes")
        target = whole[tuple(slice(at, at + part) for at, part in zip(start, place.chunk, strict=True))]
        chunk = np.frombuffer(block, whole.dtype).reshape(place.chunk)
        target[...] = chunk[tuple(slice(size) for size in target.shape)]  # the last of an axis may reach beyond it
        missing -= 1
    if missing:
        region.refuse(f"`{name}` lacks {missing} of its chunks")
    return whole


def _unpacked(block: bytes, skipped: int, place: Chunked, dtype: NumpyType) -> bytes:
    """Undoes the filters, the last one first, never past the size that a chunk has."""
    for index, kind in reversed(list(enumerate(place.filters))):
        if skipped >> index & 1:
            continue
        if kind == _DEFLATE:
            block = zlib.decompressobj().decompress(block, nbytes_of(dtype, place.chunk) + 1)
        elif len(block) % dtype.itemsize == 0:
            block = np.frombuffer(block, np.uint8).reshape(dtype.itemsize, -1).T.tobytes()
    return block
