"""Names out of a file: what is fit to be shown, and which order people mean by them."""

from __future__ import annotations

import re

from .faults import beyond, broken

MAX_NAME = 512
MAX_TENSORS = 200_000


def checked_name(path: str, name: str) -> str:
    """`name`, if it can be printed anywhere. Raises DiagnosticError."""
    if len(name) > MAX_NAME:
        raise beyond(path, f"a tensor's name has {len(name)} characters, at most {MAX_NAME} are read")
    if not name.isprintable():
        raise broken(path, f"a tensor's name holds characters that can't be printed: {name!a}")
    return name


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts `block.2` before `block.10`."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"[0-9]+|[^0-9]+", name))
