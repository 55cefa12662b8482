"""How much a program may ask of the reader: a hostile file meets an error, not the machine's memory."""

from __future__ import annotations

from .record import record


@record
class Limits:
    """Budgets of one file's text. Generous for what people write: the longest published architecture,
    written out layer by layer, stays under a fifth of the size."""

    source_bytes: int = 1_000_000
    """Size of one file."""

    files: int = 1_000
    """Files that one program reads."""

    nesting: int = 100
    """Depth of the syntax tree. Brackets, blocks and chains of operators all count, since whatever reads
    the tree later walks down it."""

    name_length: int = 200
    string_length: int = 10_000
    int_digits: int = 19
    """Digits of an int literal; with it goes the range of a signed 64-bit number."""

    errors: int = 25
    """Syntax errors reported for one file."""


DEFAULT = Limits()
