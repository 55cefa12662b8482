"""The bytes of a file -> text, bounded, with a diagnostic for all that can go wrong."""

from __future__ import annotations

import codecs
from pathlib import Path

from . import codes
from .diagnostics import Diagnostic, DiagnosticError, error
from .source import Source, Sources, Span


def read_text(place: Path, name: str, limit: int, sources: Sources, wanted_at: Span | None = None) -> Source:
    """The text of a file, as `decode` has it.

    Raises `DiagnosticError`; a file that can't be read is blamed on `wanted_at`, the import that names it.
    """
    return decode(read_bytes(place, name, limit, wanted_at), name, limit, sources, wanted_at)


def read_bytes(place: Path, name: str, limit: int, wanted_at: Span | None = None) -> bytes:
    """The bytes of a file, of a large one only as many as tell that it has more than `limit`. Raises as `read_text`."""
    try:
        with place.open("rb") as stream:
            return stream.read(limit + 1)
    except (OSError, ValueError) as reason:  # ValueError: a name with a NUL character
        text = getattr(reason, "strerror", None) or str(reason)
        raise DiagnosticError(error(codes.UNREADABLE_FILE, f"can't read `{name}`: {text.lower()}", wanted_at)) from None


def decode(data: bytes, name: str, limit: int, sources: Sources, wanted_at: Span | None = None) -> Source:
    """The text that at most `limit` bytes are, added to `sources` under `name`, without a byte order mark.

    Raises `DiagnosticError`.
    """
    if len(data) > limit:
        message = f"`{name}` is larger than {limit} bytes, the most that is read"
        raise DiagnosticError(error(codes.SOURCE_TOO_LARGE, message, wanted_at))
    source = sources.add(Source(name, _lines(data.decode("utf-8-sig", "replace"))))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise DiagnosticError(_not_utf8(name, data, reason.start)) from None
    return source


def _lines(text: str) -> str:
    """The text with every end of line written as a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(name: str, data: bytes, position: int) -> Diagnostic:
    before = _lines(data[:position].decode("utf-8-sig")).split("\n")
    line, column = len(before), len(before[-1]) + 1
    hint = "save the file as UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        hint += "; it starts like UTF-16"
    return error(
        codes.NOT_UTF8,
        f"`{name}` is not UTF-8: byte 0x{data[position]:02x} does not belong here",
        Span(name, line, column, line, column + 1),
        hint=hint,
    )
