"""The protobuf wire format, as far as ONNX needs it.

A model is written field by field, and its weights stream into the file between two fields, so neither the
`onnx` package nor a second copy of the weights in memory is needed.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_VARINT, _CHUNK, _FLOAT = 0, 2, 5
_FIXED_SIZES = {1: 8, _FLOAT: 4}
_UNSIGNED_64 = (1 << 64) - 1
_ONE_BYTE = tuple(bytes((number,)) for number in range(0x80))  # nearly every number in a model


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; a negative number as its two's complement of 64 bits."""
    if 0 <= number < 0x80:
        return _ONE_BYTE[number]
    number &= _UNSIGNED_64
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def integer(field: int, number: int) -> bytes:
    """A field that holds an integer, a boolean or an enumeration."""
    return varint(field << 3 | _VARINT) + varint(number)


def real(field: int, number: float) -> bytes:
    """A field that holds a float32."""
    return varint(field << 3 | _FLOAT) + struct.pack("<f", number)


def chunk(field: int, content: bytes | str) -> bytes:
    """A text, bytes or an embedded message."""
    encoded = content.encode() if isinstance(content, str) else content
    return chunk_start(field, len(encoded)) + encoded


def chunk_start(field: int, length: int) -> bytes:
    """What stands before `length` bytes of content, where those are written later."""
    return varint(field << 3 | _CHUNK) + varint(length)


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The numbered fields of a message; what is not a varint as a view of its bytes, so nothing is copied.

    Raises ValueError where the message is not well-formed.
    """
    position = 0
    while position < len(message):
        key, position = _read_varint(message, position)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, position = _read_varint(message, position)
            yield number, value
            continue
        length, position = _length(message, position, kind)
        if position + length > len(message):
            raise ValueError(f"field {number} ends beyond its message")
        yield number, message[position : position + length]
        position += length


def _length(message: memoryview, position: int, kind: int) -> tuple[int, int]:
    if kind == _CHUNK:
        return _read_varint(message, position)
    if kind not in _FIXED_SIZES:
        raise ValueError(f"unknown wire type {kind}")
    return _FIXED_SIZES[kind], position


def _read_varint(message: memoryview, position: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 70, 7):
        if position >= len(message):
            break
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
    raise ValueError("a number does not end")
