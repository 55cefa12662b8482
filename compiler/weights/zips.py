"""The directory of a zip file that may lie: where each member's bytes are, and that no two share any.

The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (local file header in 4.3.7).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ...dsl.record import record
from .faults import READING, beyond, broken, wrapped
from .names import MAX_TENSORS, checked_name

_LOCAL_HEADER = 30
_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}


@record
class Member:
    """One file of a zip. `offset` is where its bytes begin, compressed or not."""

    name: str
    offset: int
    packed: int
    size: int
    deflated: bool


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip for reading; whatever goes wrong with it in the block is a diagnostic."""
    with wrapped(str(path), (*READING, NotImplementedError, LookupError)), zipfile.ZipFile(path) as archive:
        yield archive


def members(path: Path, archive: zipfile.ZipFile) -> Mapping[str, Member]:
    """Every member by name. Raises DiagnosticError for names twice, shared bytes, encryption, rare compressions."""
    infos = archive.infolist()
    if len(infos) > MAX_TENSORS:
        raise beyond(str(path), f"it has {len(infos)} members, at most {MAX_TENSORS} are read")
    with path.open("rb") as file:
        found = [_member(str(path), file, info) for info in infos if not info.filename.endswith("/")]
    by_name = {member.name: member for member in found}
    if len(by_name) < len(found):
        raise broken(str(path), "two of its members have the same name")
    _check_extents(str(path), found, path.stat().st_size)
    return by_name


def _member(path: str, file: BinaryIO, info: zipfile.ZipInfo) -> Member:
    name = checked_name(path, info.filename)
    if info.flag_bits & _ENCRYPTED:
        raise broken(path, f"`{name}` is encrypted")
    if info.compress_type not in _METHODS:
        raise broken(path, f"`{name}` is packed in a way that is neither stored nor deflated")
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
        raise broken(path, f"`{name}` is stored, yet its packed and its full size differ")
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(_SIGNATURE):
        raise broken(path, f"`{name}` is not where the directory says")
    variable = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    offset = info.header_offset + _LOCAL_HEADER + variable
    return Member(name, offset, info.compress_size, info.file_size, info.compress_type == zipfile.ZIP_DEFLATED)


def _check_extents(path: str, found: list[Member], size: int) -> None:
    end = 0
    for member in sorted(found, key=lambda m: m.offset):
        if member.offset < end:
            raise broken(path, f"`{member.name}` shares bytes with the member before it")
        end = member.offset + member.packed
        if end > size:
            raise broken(path, f"`{member.name}` ends at byte {end}, the file has {size}")
