"""The codes of what backends refuse (E08xx) and of files that can't be written (E09xx)."""

from __future__ import annotations

from ..dsl.diagnostics import Code

CANNOT_WRITE = Code("E0901", "a file can't be written")
NOT_A_TARGET = Code("E0902", "an unknown target")
