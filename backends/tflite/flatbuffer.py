"""Packs records into a flatbuffer by the tables of `schema`; the data of buffers is left for later.

A field of kind "blob" becomes the place of an offset that is still to be written. So the tables of a
model take a few kilobytes here, and its weights stream into the file behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flatbuffers

from ...dsl.record import record
from .schema import IDENTIFIER, TABLES, Field

ALIGNMENT = 16


@record
class Record:
    """A table to be: its name in the schema, and the fields that it has."""

    table: str
    fields: Mapping[str, Any]


@record
class Packed:
    """A flatbuffer whose length is a multiple of `ALIGNMENT`.

    `blobs` are the places of the offsets still missing, in the order in which their records stood.
    """

    content: bytearray
    blobs: tuple[int, ...]


def pack(root: Record) -> Packed:
    """The flatbuffer of `root` and all that it refers to."""
    packer = _Packer()
    root_offset = packer.table(root)
    builder = packer.builder
    builder.Finish(root_offset, file_identifier=IDENTIFIER)
    content = builder.Output()
    return Packed(content, tuple(len(content) - from_end for from_end in packer.blobs))


class _Packer:
    """One flatbuffer in the making; equal strings and vectors of integers are written once."""

    def __init__(self) -> None:
        self.builder = flatbuffers.Builder(1 << 16)
        self.builder.Prep(ALIGNMENT, 0)
        self.blobs: list[int] = []
        self._written: dict[tuple[int, ...] | str, int] = {}

    def table(self, record: Record) -> int:
        table = TABLES[record.table]
        stored = [(table.fields[name], self._outside(table.fields[name], v)) for name, v in record.fields.items()]
        self.builder.StartObject(table.slots)
        for field, value in stored:
            _SLOTS[field.kind](self.builder, field.slot, value, field.default)
            if field.kind == "blob":
                self.blobs.append(self.builder.Offset())
        return int(self.builder.EndObject())

    def _outside(self, field: Field, value: Any) -> Any:
        """What stands in the table itself: a scalar, or the offset of what stands outside."""
        match field.kind:
            case "table":
                return self.table(value)
            case "[table]":
                return self._offsets([self.table(record) for record in value])
            case "[int]":
                return self._once(value, self._integers)
            case "string":
                return self._once(value, self.builder.CreateString)
        return value

    def _once(self, value: Any, write: Callable[[Any], int]) -> int:
        offset = self._written.get(value)
        if offset is None:
            offset = self._written[value] = write(value)
        return offset

    def _integers(self, values: Sequence[int]) -> int:
        self.builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            self.builder.PrependInt32(value)
        return int(self.builder.EndVector())

    def _offsets(self, offsets: Sequence[int]) -> int:
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return int(self.builder.EndVector())


_Store = Callable[[Any, int, Any, int], None]
_offset: _Store = flatbuffers.Builder.PrependUOffsetTRelativeSlot

_SLOTS: Mapping[str, _Store] = {
    "bool": flatbuffers.Builder.PrependBoolSlot,
    "byte": flatbuffers.Builder.PrependInt8Slot,
    "ubyte": flatbuffers.Builder.PrependUint8Slot,
    "int": flatbuffers.Builder.PrependInt32Slot,
    "uint": flatbuffers.Builder.PrependUint32Slot,
    "float": flatbuffers.Builder.PrependFloat32Slot,
    "string": _offset,
    "table": _offset,
    "[int]": _offset,
    "[table]": _offset,
    # Never zero, which would not be stored; an offset and an unsigned integer have the same form.
    "blob": lambda builder, slot, value, default: builder.PrependUint32Slot(slot, 1, default),
}
