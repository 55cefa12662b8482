"""Reads `.npz`: a zip of `.npy` arrays. Pickled arrays are refused by their header, never opened.

The format of a member: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import ast
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, NoReturn, TypeGuard

import numpy as np

from ...dsl.dtypes import DType
from ...dsl.record import record
from .. import codes
from ..data import Array, TensorData
from .checkpoint import Checkpoint, Format
from .faults import broken, fault
from .storage import Extent, NumpyType, Shape, Stored, converted, dtype_of_element, element_of, in_file, nbytes_of
from .zips import Member, members, opened_zip

MAX_HEADER = 10_000
MAX_RANK = 32

_MAGIC = b"\x93NUMPY"
_LENGTH_BYTES = {1: 2, 2: 4, 3: 4}
_PLAIN = re.compile(r"[<>|=]?[biufcV][0-9]{1,2}")
_DICT = re.compile(r"\{[^{}\[\]]*\}\s*")


@record
class _Header:
    """What stands before the elements of a `.npy`; `length` counts its bytes."""

    dtype: NumpyType
    order: Literal["C", "F"]
    shape: Shape
    length: int


def read_npz(path: Path) -> Checkpoint:
    """Reads the members' headers only. Raises DiagnosticError."""
    tensors: dict[str, Stored] = {}
    with opened_zip(path) as archive:
        for member in members(path, archive).values():
            stored = _stored(path, archive, member)
            tensors[stored.name] = stored
    return Checkpoint(str(path), Format.NPZ, tensors)


def _stored(path: Path, archive: zipfile.ZipFile, member: Member) -> Stored:
    if not member.name.endswith(".npy"):
        raise broken(str(path), f"`{member.name}` is no `.npy` array")
    with archive.open(member.name) as stream:
        header = _header(str(path), member.name, stream)
    wants = header.length + nbytes_of(header.dtype, header.shape)
    if wants != member.size:
        raise broken(str(path), f"`{member.name}` needs {wants} bytes and has {member.size}")
    name = member.name.removesuffix(".npy")
    if member.deflated:
        return _deflated(name, path, member, header)
    extent = Extent(str(path), member.offset + header.length, header.dtype, header.shape, header.order)
    return in_file(name, extent)


def _deflated(name: str, path: Path, member: Member, header: _Header) -> Stored:
    ours = dtype_of_element(header.dtype)
    data = ours and DeflatedData(str(path), member.name, header, ours, header.shape)
    return Stored(name, element_of(header.dtype), header.shape, data)


@dataclass(frozen=True, eq=False)
class DeflatedData(TensorData):
    """A compressed member, inflated when it is read, never past the size that its header declared."""

    path: str
    member: str
    header: _Header
    dtype: DType
    shape: Shape

    def read(self) -> Array:
        with opened_zip(Path(self.path)) as archive, archive.open(self.member) as stream:
            stream.read(self.header.length)
            elements = stream.read(nbytes_of(self.header.dtype, self.shape))
            stream.read(1)  # the end of the member: here its checksum is compared
            array = np.frombuffer(elements, self.header.dtype)
            ordered = array.reshape(self.shape, order=self.header.order)
        return converted(ordered, self.dtype)


def _header(path: str, member: str, stream: IO[bytes]) -> _Header:
    prefix = stream.read(8)
    if not prefix.startswith(_MAGIC) or len(prefix) < 8 or prefix[6] not in _LENGTH_BYTES:
        raise broken(path, f"`{member}` does not start like an array of NumPy")
    width = _LENGTH_BYTES[prefix[6]]
    length = int.from_bytes(stream.read(width), "little")
    if length > MAX_HEADER:
        raise broken(path, f"`{member}` claims a header of {length} bytes, at most {MAX_HEADER} are read")
    text = stream.read(length)
    if len(text) < length:
        raise broken(path, f"`{member}` ends inside its header")
    return _parse(path, member, text.decode("latin-1"), 8 + width + length)


def _parse(path: str, member: str, text: str, length: int) -> _Header:
    fields = _fields(text)
    if fields is None or set(fields) != {"descr", "fortran_order", "shape"}:
        raise broken(path, f"`{member}` has a header that names no element type and shape")
    descr, fortran, shape = fields["descr"], fields["fortran_order"], fields["shape"]
    if not isinstance(descr, str) or not _PLAIN.fullmatch(descr):
        _refuse_elements(path, member, descr)
    if not _is_shape(shape) or not isinstance(fortran, bool):
        raise broken(path, f"`{member}` has a shape that is no tuple of sizes")
    try:
        dtype = np.dtype(descr)
    except TypeError as exc:
        raise broken(path, f"`{member}` has an element type that NumPy does not know") from exc
    return _Header(dtype, "F" if fortran else "C", shape, length)


def _is_shape(value: object) -> TypeGuard[Shape]:
    if not isinstance(value, tuple) or len(value) > MAX_RANK:
        return False
    return all(type(size) is int and 0 <= size < 2**63 for size in value)


def _fields(text: str) -> dict[object, object] | None:
    """The header's dictionary. A structured element type nests and is not taken apart."""
    if not _DICT.fullmatch(text):
        return {"descr": None, "fortran_order": False, "shape": ()} if "descr" in text else None
    try:
        fields = ast.literal_eval(text.strip())
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _refuse_elements(path: str, member: str, descr: object) -> NoReturn:
    if isinstance(descr, str) and descr.endswith("O"):
        what = "Python objects, which only unpickling could read"
        hint = "no pickle is ever read: save arrays of numbers"
    else:
        what, hint = "records or text instead of numbers", None
    raise fault(codes.WEIGHT_ELEMENTS, f"`{member}` of `{path}` holds {what}", hint)
