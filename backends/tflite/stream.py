"""Writes a packed model and, behind it, its buffers: one at a time, each distinct content once."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from ...compiler.data import TensorData
from ..elements import row_major
from .flatbuffer import ALIGNMENT, Packed

_LENGTH = struct.Struct("<I")


def stream(packed: Packed, buffers: Sequence[TensorData], file: BinaryIO) -> None:
    """Peak memory is one tensor as `read` gives it, and a few megabytes where its layout changes on the way."""
    start = file.tell()
    file.write(packed.content)
    places = _write_buffers(buffers, file)
    end = file.tell()
    file.truncate()
    for blob, place in zip(packed.blobs, places, strict=True):
        _LENGTH.pack_into(packed.content, blob, place - start - blob)
    file.seek(start)
    file.write(packed.content)
    file.seek(end)


def _write_buffers(buffers: Sequence[TensorData], file: BinaryIO) -> list[int]:
    """Where in the file each buffer's vector begins. A buffer equal to an earlier one is taken back."""
    sizes = Counter(buffer.nbytes for buffer in buffers)
    known: dict[bytes, int] = {}
    places = []
    for buffer in buffers:
        before = file.tell()
        has_rivals = sizes[buffer.nbytes] > 1
        place, digest = _write_vector(buffer, file, has_rivals)
        if has_rivals and known.setdefault(digest, place) != place:
            place = known[digest]
            file.seek(before)
        places.append(place)
    return places


def _write_vector(buffer: TensorData, file: BinaryIO, hashed: bool) -> tuple[int, bytes]:
    """A length and that many bytes, which begin at a multiple of ALIGNMENT; and their hash if it is wanted."""
    file.write(b"\0" * (-(file.tell() + _LENGTH.size) % ALIGNMENT))
    place, digest = file.tell(), hashlib.sha256()
    file.write(_LENGTH.pack(buffer.nbytes))
    for chunk in row_major(buffer.read()):
        file.write(chunk)
        if hashed:
            digest.update(chunk)
    return place, digest.digest()
