"""Shapes, element types, attributes (sections IV.A.2.b, d and m; III.E for text of any length)."""

from __future__ import annotations

import math

import numpy as np

from ....dsl.dtypes import DType
from ....dsl.record import record
from ...arrays import numpy_dtype
from ..storage import NumpyType, Shape
from .region import Cursor, Region

_CLASSES = (
    "integer",
    "float",
    "time",
    "text",
    "bits",
    "opaque",
    "record",
    "reference",
    "enumeration",
    "sequence",
    "array",
)
_FLOATS = {(2, 5): "f2", (4, 8): "f4", (8, 11): "f8"}
_BRAIN_FLOAT = (2, 8)

MAX_RANK = 32


@record
class ElementType:
    """`dtype` is None where NumPy has no such number; `word` names the class then."""

    word: str
    size: int
    dtype: NumpyType | None
    is_text_of_any_length: bool = False


def parse_shape(fields: Cursor) -> Shape:
    """A dataspace; that of a scalar is ()."""
    version, rank = fields.number(1), fields.number(1)
    fields.take(1)
    kind = fields.number(1)
    if version == 1:
        fields.take(4)
    if rank > MAX_RANK:
        fields.region.refuse(f"a dataset has {rank} axes")
    if version == 2 and kind == 2:
        return (0,)
    return tuple(fields.number(8) for _ in range(rank))


def parse_type(fields: Cursor) -> ElementType:
    """A datatype. What is no plain number is only named."""
    kind, bits, size = fields.number(1) & 0x0F, fields.number(3), fields.number(4)
    word = _CLASSES[kind] if kind < len(_CLASSES) else "unknown"
    order = ">" if bits & 1 else "<"
    if word == "integer" and size in (1, 2, 4, 8):
        return ElementType(word, size, np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"))
    if word == "float":
        return ElementType(word, size, _float(fields, order, size))
    return ElementType(word, size, None, word == "sequence" and bits & 0x0F == 1)


def _float(fields: Cursor, order: str, size: int) -> NumpyType | None:
    fields.take(5)
    layout = size, fields.number(1)
    if layout == _BRAIN_FLOAT and order == "<":
        return numpy_dtype(DType.BF16)
    return np.dtype(order + _FLOATS[layout]) if layout in _FLOATS else None


@record
class Attribute:
    name: str
    type: ElementType
    shape: Shape
    data: bytes


def parse_attribute(region: Region, data: bytes) -> Attribute:
    """An attribute message of any version."""
    fields = Cursor(region, data)
    version = fields.number(1)
    fields.take(1)
    sizes = [fields.number(2) for _ in range(3)]
    if version == 3:
        fields.take(1)
    take = fields.padded if version == 1 else fields.take
    name, type_, shape = (take(size) for size in sizes)
    return Attribute(
        name.rstrip(b"\0").decode("utf-8"),
        parse_type(Cursor(region, type_)),
        parse_shape(Cursor(region, shape)),
        fields.take(fields.left),
    )


def texts(region: Region, attribute: Attribute) -> list[str]:
    """The strings that an attribute holds."""
    count, fields = math.prod(attribute.shape), Cursor(region, attribute.data)
    if count * attribute.type.size > len(attribute.data):
        region.refuse(f"the attribute `{attribute.name}` claims more strings than it has")
    if attribute.type.is_text_of_any_length:
        return [_from_heap(region, fields).decode("utf-8") for _ in range(count)]
    if attribute.type.word == "text":
        return [fields.take(attribute.type.size).rstrip(b"\0").decode("utf-8") for _ in range(count)]
    return []


def _from_heap(region: Region, fields: Cursor) -> bytes:
    """A string in the global heap: its length, the address of a collection, its index there."""
    length, collection, index = fields.number(4), fields.address(), fields.number(4)
    if length == 0:
        return b""
    if collection not in region.collections:
        region.collections[collection] = _collection(region, collection)
    found = region.collections[collection].get(index)
    if found is None:
        region.refuse("a text is not where an attribute says")
    start, size = found
    return region.take(start, min(length, size))


def _collection(region: Region, address: int) -> dict[int, tuple[int, int]]:
    """Where each object of a collection is, and its size; the space left over is its object 0."""
    header = region.cursor(address, 16)
    header.need(b"GCOL")
    header.take(4)
    end = address + header.address()
    objects: dict[int, tuple[int, int]] = {}
    address += 16
    while address + 16 <= end and 0 not in objects:
        entry = region.cursor(address, 16)
        index = entry.number(2)
        entry.take(6)
        size = entry.address()
        objects[index] = (address + 16, size)
        address += 16 + size + -size % 8
    return objects
