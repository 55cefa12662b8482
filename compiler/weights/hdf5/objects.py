"""Object headers and groups (sections III.A to III.E and IV.A)."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from ....dsl.record import record
from .region import UNDEFINED, Cursor, Region

SIGNATURE = b"\x89HDF\r\n\x1a\n"


class Kind(enum.IntEnum):
    """The messages of an object header that are read."""

    DATASPACE = 0x01
    LINK_INFO = 0x02
    DATATYPE = 0x03
    LINK = 0x06
    EXTERNAL_FILES = 0x07
    LAYOUT = 0x08
    FILTERS = 0x0B
    ATTRIBUTE = 0x0C
    CONTINUATION = 0x10
    SYMBOL_TABLE = 0x11


@record
class Message:
    """One message. A shared one only points to its content, and no weight file needs it."""

    kind: int
    shared: bool
    data: bytes


@record
class Link:
    """A name in a group; `address` is None where it leads to another place."""

    name: bytes
    address: int | None


def root_address(region: Region) -> int:
    """The object header of the root group (section II.A)."""
    start = region.cursor(0, 10)
    start.need(SIGNATURE)
    version = start.number(1)
    if version in (0, 1):
        sizes, base, root = region.take(13, 2), 24 + 4 * version, 24 + 4 * version + 40
    elif version in (2, 3):
        sizes, base, root = region.take(9, 2), 12, 36
    else:
        region.refuse(f"its superblock has version {version}")
    if sizes != b"\x08\x08" or int.from_bytes(region.take(base, 8), "little"):
        region.refuse("its addresses are not of eight bytes from its start")
    region.check(0, int.from_bytes(region.take(base + 16, 8), "little"))
    return int.from_bytes(region.take(root, 8), "little")


def messages(region: Region, address: int) -> list[Message]:
    """What an object header says, its continuations included."""
    modern = region.take(address, 4) == b"OHDR"
    blocks = [_modern_block(region, address) if modern else _first_block(region, address)]
    found: list[Message] = []
    for start, size, entry in blocks:  # grows while it is walked
        block = region.cursor(start, size)
        while block.left >= entry:
            message = _modern_message(block, entry) if modern else _message(block)
            if message.kind == Kind.CONTINUATION:
                where = Cursor(region, message.data)
                blocks.append(_continuation(region, where.address(), where.number(8), entry, modern))
            else:
                found.append(message)
    return found


def _first_block(region: Region, address: int) -> tuple[int, int, int]:
    """Version 1: (start, size, size of a message's own header)."""
    header = region.cursor(address, 16)
    if header.number(1) != 1:
        region.refuse(f"there is no object header at byte {address}")
    header.take(7)
    return address + 16, header.number(4), 8


def _modern_block(region: Region, address: int) -> tuple[int, int, int]:
    flags = region.take(address + 5, 1)[0]
    start = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    return start + width, int.from_bytes(region.take(start, width), "little"), 6 if flags & 4 else 4


def _continuation(region: Region, start: int, size: int, entry: int, modern: bool) -> tuple[int, int, int]:
    region.once(start)
    return (start + 4, max(size - 8, 0), entry) if modern else (start, size, entry)


def _message(block: Cursor) -> Message:
    kind, size, flags = block.number(2), block.number(2), block.number(1)
    block.take(3)
    return Message(kind, bool(flags & 2), block.take(size))


def _modern_message(block: Cursor, entry: int) -> Message:
    kind, size, flags = block.number(1), block.number(2), block.number(1)
    block.take(entry - 4)
    return Message(kind, bool(flags & 2), block.take(size))


def links(region: Region, header: list[Message]) -> Iterator[Link]:
    """The names in a group, of either way to keep them."""
    for message in header:
        fields = Cursor(region, message.data)
        if message.kind == Kind.SYMBOL_TABLE:
            tree, heap = fields.address(), fields.address()
            yield from _symbols(region, tree, _heap(region, heap))
        elif message.kind == Kind.LINK:
            yield _link(fields)
        elif message.kind == Kind.LINK_INFO:
            _check_compact(region, fields)


def _check_compact(region: Region, fields: Cursor) -> None:
    fields.take(1)
    fields.take(8 if fields.number(1) & 1 else 0)
    if fields.address() != UNDEFINED:
        region.refuse("a group keeps its names in a fractal heap; saved with h5py's defaults it would not")


def _link(fields: Cursor) -> Link:
    fields.take(1)
    flags = fields.number(1)
    kind = fields.number(1) if flags & 0x08 else 0
    fields.take((8 if flags & 0x04 else 0) + (1 if flags & 0x10 else 0))
    name = fields.take(fields.number(1 << (flags & 3)))
    return Link(name, fields.address() if kind == 0 else None)


def _heap(region: Region, address: int) -> bytes:
    """The names of a group, each ended by a zero."""
    header = region.cursor(address, 32)
    header.need(b"HEAP")
    header.take(4)
    size = header.address()
    header.take(8)
    return region.take(header.address(), size)


def _symbols(region: Region, tree: int, names: bytes) -> Iterator[Link]:
    for _, address in tree_entries(region, tree, 0, 8):
        node = region.cursor(address, 8)
        node.need(b"SNOD")
        node.take(2)
        count = node.number(2)
        entries = region.cursor(address + 8, 40 * count)
        for _ in range(count):
            start, target, cached = entries.address(), entries.address(), entries.number(4)
            entries.take(20)
            name = names[start : names.find(b"\0", start)]
            yield Link(name, None if cached == 2 else target)


def tree_entries(region: Region, tree: int, kind: int, key: int) -> Iterator[tuple[bytes, int]]:
    """The keys and addresses at the leaves of a version 1 B-tree; a key has `key` bytes."""
    pending = [tree]
    while pending:
        address = pending.pop()
        region.once(address)
        node = region.cursor(address, 24)
        node.need(b"TREE")
        found, level, count = node.number(1), node.number(1), node.number(2)
        if found != kind:
            region.refuse(f"the B-tree at byte {address} is of another kind")
        entries = region.cursor(address + 24, (key + 8) * count)
        children = [(entries.take(key), entries.address()) for _ in range(count)]
        if level == 0:
            yield from children
        else:
            pending += [child for _, child in reversed(children)]
