"""An HDF5 file as weight files need it: its datasets by path, and the strings that its groups carry."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

import numpy as np

from ....dsl.dtypes import DType
from ....dsl.record import record
from ...data import Array, ArrayData, TensorData
from ..faults import beyond, wrapped
from ..names import MAX_TENSORS, checked_name
from ..storage import Extent, Shape, Stored, converted, dtype_of_element, element_of, in_file
from .datasets import Compact, Contiguous, Dataset, parse_dataset, read_chunks
from .objects import Kind, Message, links, messages, root_address
from .region import Region
from .types import Attribute, parse_attribute, texts

MAX_DEPTH = 32


@record
class Window:
    """The part of a file that is an HDF5 file: all of it, or a stored member of a zip."""

    path: str
    offset: int
    size: int


class H5File:
    """An open HDF5 file. The root group is called "", others by their path without a leading slash."""

    def __init__(self, window: Window, region: Region) -> None:
        self.window = window
        self._region = region
        self._groups: dict[str, list[Message]] = {}
        self._datasets: dict[str, Dataset] = {}
        self._walk()

    def _walk(self) -> None:
        """Finds everything that hard links lead to; no object may be reached twice, so this ends."""
        pending = [("", root_address(self._region))]
        while pending:
            path, address = pending.pop()
            self._region.once(address)
            header = messages(self._region, address)
            if any(message.kind == Kind.DATATYPE for message in header):
                self._datasets[path] = parse_dataset(self._region, path, header)
                continue
            self._groups[path] = header
            pending += self._children(path, header)
            self._check_size(path, len(pending))

    def _children(self, path: str, header: list[Message]) -> Iterator[tuple[str, int]]:
        for link in links(self._region, header):
            name = checked_name(self.window.path, f"{path}/{link.name.decode('utf-8')}".lstrip("/"))
            if link.address is None:
                self._region.refuse(f"`{name}` is a link to another place")
            yield name, link.address

    def _check_size(self, path: str, waiting: int) -> None:
        if path.count("/") >= MAX_DEPTH:
            raise beyond(self.window.path, f"its groups nest deeper than {MAX_DEPTH}")
        if len(self._groups) + len(self._datasets) + waiting > 4 * MAX_TENSORS:
            raise beyond(self.window.path, f"it holds more than {4 * MAX_TENSORS} groups and datasets")

    def datasets(self) -> dict[str, Stored]:
        """Every dataset by its path, sorted."""
        return {name: self._stored(name, self._datasets[name]) for name in sorted(self._datasets)}

    def _stored(self, name: str, dataset: Dataset) -> Stored:
        dtype, place = dataset.type.dtype, dataset.place
        if dtype is None:
            return Stored(name, dataset.type.word, dataset.shape, None)
        if isinstance(place, Contiguous):
            return in_file(name, Extent(self.window.path, self.window.offset + place.address, dtype, dataset.shape))
        ours = dtype_of_element(dtype)
        return Stored(name, element_of(dtype), dataset.shape, ours and self._data(name, dataset, ours))

    def _data(self, name: str, dataset: Dataset, ours: DType) -> TensorData:
        dtype, place = dataset.type.dtype, dataset.place
        if isinstance(place, Compact):
            array = np.frombuffer(place.data, dtype).reshape(dataset.shape)
            return ArrayData(converted(array, ours))
        return ChunkedData(self.window, name, dataset, ours, dataset.shape)

    def text(self, group: str, attribute: str) -> str | None:
        """A string attribute; None where there is none."""
        found = self.texts(group, attribute)
        return found[0] if found else None

    def texts(self, group: str, attribute: str) -> list[str] | None:
        """A list of strings; None where there is none. Keras spreads a long one over `name0`, `name1`, ..."""
        held = self._attributes(group)
        numbered = takewhile(held.__contains__, (f"{attribute}{index}" for index in count()))
        names = [attribute] if attribute in held else list(numbered)
        return [text for name in names for text in texts(self._region, held[name])] if names else None

    def _attributes(self, group: str) -> dict[str, Attribute]:
        parsed = (
            parse_attribute(self._region, message.data)
            for message in self._groups.get(group, ())
            if message.kind == Kind.ATTRIBUTE and not message.shared
        )
        return {attribute.name: attribute for attribute in parsed}


@contextmanager
def opened_h5(window: Window) -> Iterator[H5File]:
    """An HDF5 file for reading. Raises DiagnosticError for whatever is wrong with it."""
    with _region(window) as region:
        yield H5File(window, region)


@contextmanager
def _region(window: Window) -> Iterator[Region]:
    with (
        wrapped(window.path),
        Path(window.path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as whole,
        whole[window.offset : window.offset + window.size] as part,
    ):
        yield Region(window.path, part)


@dataclass(frozen=True, eq=False)
class ChunkedData(TensorData):
    """A dataset in chunks, perhaps compressed; put together when it is read."""

    window: Window
    name: str
    dataset: Dataset
    dtype: DType
    shape: Shape

    def read(self) -> Array:
        with _region(self.window) as region:
            return converted(read_chunks(region, self.name, self.dataset), self.dtype)
