"""Weight files: opened without reading a weight, bound to a graph by rule, name or structure.

`open_checkpoint(path)` gives a `Checkpoint`, `bind(graph, checkpoint, rename)` a `Bound` graph with a `Report`.
docs/weights.md is the guide.
"""

from __future__ import annotations

from .bind import Bound, bind
from .checkpoint import Checkpoint, Format, StoredLayer
from .open import open_checkpoint
from .rename import MAX_RENAME, Rename, parse_rename
from .report import MisfitError, Report
from .storage import Stored

__all__ = [
    "MAX_RENAME",
    "Bound",
    "Checkpoint",
    "Format",
    "MisfitError",
    "Rename",
    "Report",
    "Stored",
    "StoredLayer",
    "bind",
    "open_checkpoint",
    "parse_rename",
]
