"""Bytes of a file that may lie: every read is inside it, and all reads together stay under a budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from ..faults import beyond, broken

MAX_METADATA = 32 * 2**20
UNDEFINED = 2**64 - 1
"""The address of what is not there."""


@dataclass
class Region:
    """An HDF5 file in memory: a mapped file, or a part of one. Addresses count from its start."""

    path: str
    view: memoryview
    taken: int = 0
    seen: set[int] = field(default_factory=set)
    collections: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    """The objects of the global heap that have been looked at, by collection and index."""

    def take(self, address: int, size: int) -> bytes:
        """Metadata. Raises DiagnosticError past the end, or when structures overlap so often that it can't be true."""
        self.check(address, size)
        self.taken += size
        if self.taken > MAX_METADATA:
            raise beyond(self.path, f"it has more than {MAX_METADATA} bytes of structure")
        return bytes(self.view[address : address + size])

    def cursor(self, address: int, size: int) -> Cursor:
        return Cursor(self, self.take(address, size))

    def check(self, address: int, size: int) -> None:
        """Raises DiagnosticError if a range is not inside the file."""
        if address + size > len(self.view):
            raise broken(self.path, f"it points to byte {address + size} and ends at byte {len(self.view)}")

    def once(self, address: int) -> None:
        """Raises DiagnosticError if a structure is reached twice, so that every walk ends."""
        if address in self.seen:
            self.refuse(f"the structure at byte {address} is linked from two places")
        self.seen.add(address)

    def refuse(self, message: str) -> NoReturn:
        raise broken(self.path, message)


class Cursor:
    """Reads the fields of a structure one after the other. Numbers are little-endian and unsigned."""

    def __init__(self, region: Region, data: bytes) -> None:
        self.region = region
        self.data = data
        self.position = 0

    @property
    def left(self) -> int:
        return len(self.data) - self.position

    def take(self, size: int) -> bytes:
        start, end = self.position, self.position + size
        if end > len(self.data):
            self.region.refuse("a structure ends inside one of its fields")
        self.position = end
        return self.data[start:end]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def address(self) -> int:
        return self.number(8)

    def padded(self, size: int) -> bytes:
        """A field that is followed by what is missing to eight bytes."""
        taken = self.take(size)
        self.take(-size % 8)
        return taken

    def need(self, signature: bytes) -> None:
        if self.take(len(signature)) != signature:
            self.region.refuse(f"there is no {signature.decode()} where one should be")
