"""Reads `.safetensors`: eight bytes of header length, a JSON header, the tensors.

The format: https://github.com/huggingface/safetensors#format. Everything that it demands of a file
is checked before a tensor is mapped, except that our limit on the header is lower than its 100 MB.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from ...dsl.record import record
from .checkpoint import Checkpoint, Format
from .faults import beyond, broken, wrapped
from .names import checked_name
from .storage import Extent, NumpyType, Shape, Stored, in_file

MAX_HEADER = 8 * 2**20
MAX_RANK = 16

_TYPES: Mapping[str, NumpyType] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
_BITS = {"F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "C64": 64}
"""Types of the format that no program of ours can use: their extents are checked all the same."""


@record
class _Entry:
    name: str
    word: str
    shape: Shape
    begin: int
    end: int

    @property
    def bits(self) -> int:
        per_element = _BITS[self.word] if self.word in _BITS else _TYPES[self.word].itemsize * 8
        return math.prod(self.shape) * per_element


def read_safetensors(path: Path) -> Checkpoint:
    """Reads the header only. Raises DiagnosticError for a file that breaks a rule of the format."""
    name = str(path)
    with wrapped(name), path.open("rb") as file:
        size = path.stat().st_size
        length = _header_length(name, file.read(8), size)
        header = _parse(name, file.read(length))
    metadata = _metadata(name, header.pop("__metadata__", {}))
    entries = [_entry(name, key, value) for key, value in header.items()]
    _check_extents(name, entries, size - 8 - length)
    tensors = {entry.name: _stored(name, entry, 8 + length) for entry in entries}
    return Checkpoint(name, Format.SAFETENSORS, tensors, metadata=metadata)


def _header_length(path: str, prefix: bytes, size: int) -> int:
    if len(prefix) < 8:
        raise broken(path, f"a header needs 8 bytes, the file has {size}")
    length = int.from_bytes(prefix, "little")
    if length > size - 8:
        raise broken(path, f"the header claims {length} bytes, {size - 8} follow")
    if length > MAX_HEADER:
        raise beyond(path, f"the header has {length} bytes, at most {MAX_HEADER} are read")
    return length


def _parse(path: str, header: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(header.decode("utf-8"), object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as exc:
        raise broken(path, f"the header is no JSON ({type(exc).__name__})") from exc
    except _RepeatedKeyError as exc:
        raise broken(path, f"`{checked_name(path, str(exc))}` stands twice in the header") from exc
    if not isinstance(parsed, dict) or not header.startswith(b"{"):
        raise broken(path, "the header is no JSON object")
    return parsed


class _RepeatedKeyError(Exception):
    pass


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict[str, Any]()
    for key, value in pairs:
        if key in unique:
            raise _RepeatedKeyError(key)
        unique[key] = value
    return unique


def _metadata(path: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise broken(path, "`__metadata__` maps names to something else than text")
    return value


def _entry(path: str, key: str, value: object) -> _Entry:
    name = checked_name(path, key)
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise broken(path, f"`{name}` is not described by `dtype`, `shape` and `data_offsets`")
    word, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(word, str) or (word not in _TYPES and word not in _BITS):
        raise broken(path, f"`{name}` has an element type that the format does not know")
    if not _is_sizes(shape) or len(shape) > MAX_RANK:
        raise broken(path, f"`{name}` has a shape that is no list of sizes")
    if not _is_sizes(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise broken(path, f"`{name}` has offsets that are no range")
    return _Entry(name, word, tuple(shape), offsets[0], offsets[1])


def _is_sizes(value: object) -> bool:
    return isinstance(value, list) and all(type(size) is int and 0 <= size < 2**63 for size in value)


def _check_extents(path: str, entries: list[_Entry], available: int) -> None:
    """The tensors must cover what follows the header, each byte once."""
    end = 0
    for entry in sorted(entries, key=lambda e: (e.begin, e.end)):
        if entry.bits != (entry.end - entry.begin) * 8:
            wants = -(-entry.bits // 8)
            raise broken(path, f"`{entry.name}` needs {wants} bytes and claims {entry.end - entry.begin}")
        if entry.begin != end:
            how = "overlaps the tensor before it" if entry.begin < end else "leaves a gap before it"
            raise broken(path, f"`{entry.name}` {how}: it starts at byte {entry.begin}, expected {end}")
        end = entry.end
    if end != available:
        raise broken(path, f"its tensors need {end} bytes, {available} follow the header")


def _stored(path: str, entry: _Entry, base: int) -> Stored:
    if entry.word in _BITS:
        return Stored(entry.name, entry.word.lower(), entry.shape, None)
    return in_file(entry.name, Extent(path, base + entry.begin, _TYPES[entry.word], entry.shape))
