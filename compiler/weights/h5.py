"""Reads HDF5 through h5py, which is imported here and nowhere else.

A file is walked, never followed: links to other places, virtual datasets and external storage could
reach other files and are refused. Contiguous datasets are mapped where they lie.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...dsl.dtypes import DType
from .. import codes
from ..arrays import numpy_dtype
from ..data import Array, TensorData
from .faults import beyond, broken, fault, wrapped
from .names import MAX_TENSORS, checked_name
from .storage import Extent, Shape, Stored, dtype_of_element, element_of, in_file, nbytes_of

MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a file that is an HDF5 file: all of it, or a stored member of a zip."""

    path: str
    offset: int
    size: int


class H5File:
    """An open HDF5 file."""

    def __init__(self, window: Window, h5py: Any, file: Any) -> None:
        self.window = window
        self._h5py = h5py
        self._file = file

    def datasets(self) -> dict[str, Stored]:
        """Every dataset by its path without the leading slash, sorted."""
        walked = _walk(self.window.path, self._h5py, self._file.id)
        return {name: self._stored(name, dataset) for name, dataset in sorted(walked, key=lambda item: item[0])}

    def _stored(self, name: str, dataset: Any) -> Stored:
        creation = dataset.get_create_plist()
        layout = creation.get_layout()
        if layout == self._h5py.h5d.VIRTUAL or creation.get_external_count():
            raise broken(self.window.path, f"`{name}` keeps its elements in another file")
        dtype, shape = np.dtype(dataset.dtype), tuple(map(int, dataset.shape))
        offset = dataset.get_offset() if layout == self._h5py.h5d.CONTIGUOUS else None
        if offset is not None:
            self._check_extent(name, offset + nbytes_of(dtype, shape))
            return in_file(name, Extent(self.window.path, self.window.offset + offset, dtype, shape))
        ours = dtype_of_element(dtype)
        return Stored(name, element_of(dtype), shape, ours and PackedData(self.window, name, ours, shape))

    def _check_extent(self, name: str, end: int) -> None:
        if end > self.window.size:
            raise broken(self.window.path, f"`{name}` ends at byte {end}, the file has {self.window.size}")

    def read(self, name: str) -> Array:
        """The elements of a dataset."""
        array: Array = self._file[name][()]
        return array

    def text(self, group: str, attribute: str) -> str | None:
        """A string attribute; None where there is none."""
        value = self._file[group].attrs.get(attribute)
        return None if value is None else _text(value)

    def texts(self, group: str, attribute: str) -> list[str] | None:
        """A list of strings. Keras spreads a long one over `name0`, `name1`, ..."""
        attributes = self._file[group].attrs
        if attribute in attributes:
            return [_text(item) for item in attributes[attribute]]
        parts: list[str] = []
        while f"{attribute}{len(parts)}" in attributes:
            parts.append(f"{attribute}{len(parts)}")
        return [_text(item) for part in parts for item in attributes[part]] if parts else None


def _walk(path: str, h5py: Any, root: Any) -> Iterator[tuple[str, Any]]:
    """The datasets with their paths. A group that is reached twice is refused, so the walk ends."""
    pending = [(h5py.h5g.open(root, b"/"), "", 0)]
    seen: set[int] = set()
    while pending:
        group, prefix, depth = pending.pop()
        _check_group(path, prefix, depth, seen, h5py.h5o.get_info(group).addr)
        for raw, hard in _links(h5py, group):
            name = checked_name(path, prefix + raw.decode("utf-8"))
            if not hard:
                raise broken(path, f"`{name}` is a link to another place")
            target = h5py.h5o.open(group, raw)
            if isinstance(target, h5py.h5g.GroupID):
                pending.append((target, name + "/", depth + 1))
            elif isinstance(target, h5py.h5d.DatasetID):
                yield name, target


def _links(h5py: Any, group: Any) -> list[tuple[bytes, bool]]:
    """The names in a group, and whether each is the object itself."""
    links: list[tuple[bytes, bool]] = []
    group.links.iterate(lambda name, info: links.append((name, info.type == h5py.h5l.TYPE_HARD)), info=True)
    return links


def _check_group(path: str, prefix: str, depth: int, seen: set[int], address: int) -> None:
    if depth > MAX_DEPTH:
        raise beyond(path, f"its groups nest deeper than {MAX_DEPTH}")
    if address in seen:
        raise broken(path, f"the group `{prefix}` is linked from two places")
    if len(seen) >= MAX_TENSORS:
        raise beyond(path, f"it has more than {MAX_TENSORS} groups")
    seen.add(address)


@contextmanager
def opened_h5(window: Window) -> Iterator[H5File]:
    """An HDF5 file for reading; whatever h5py raises in the block is a diagnostic."""
    h5py = _h5py(window.path)
    anything = (Exception,)  # HDF5 reports damage by whatever its author thought of
    with (
        wrapped(window.path, anything),
        _source(window) as source,
        h5py.File(source, "r", rdcc_nbytes=0) as file,
    ):
        yield H5File(window, h5py, file)


def _h5py(path: str) -> Any:
    try:
        import h5py  # noqa: PLC0415  # slow to import, and not always installed
    except ImportError as exc:
        hint = 'install it with `pip install "mnet-compiler[keras]"`'
        raise fault(codes.WEIGHTS_PACKAGE, f"`{path}` is an HDF5 file, and h5py is not installed", hint) from exc
    return h5py


def _text(value: object) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


@contextmanager
def _source(window: Window) -> Iterator[str | io.RawIOBase]:
    """What h5py opens: a path (the fast way), or a file-like part of a file."""
    if window.offset == 0:
        yield window.path
        return
    with (
        Path(window.path).open("rb") as raw,
        mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        closing(_Part(mapped, window)) as part,
    ):
        yield part


class _Part(io.RawIOBase):
    """A range of a mapped file, as a file."""

    def __init__(self, mapped: mmap.mmap, window: Window) -> None:
        self._view = memoryview(mapped)[window.offset : window.offset + window.size]
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self._view)}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        part = self._view[self._position : self._position + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        self._view.release()
        super().close()


@dataclass(frozen=True, eq=False)
class PackedData(TensorData):
    """A chunked, compressed or otherwise scattered dataset, read through h5py."""

    window: Window
    name: str
    dtype: DType
    shape: Shape

    def read(self) -> Array:
        with opened_h5(self.window) as file:
            return np.asarray(file.read(self.name), numpy_dtype(self.dtype))
