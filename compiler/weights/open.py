"""Chooses the reader of a weight file by its suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from .. import codes
from .checkpoint import Checkpoint
from .faults import fault, wrapped
from .keras import read_keras, read_keras_h5
from .npz import read_npz
from .safetensors import read_safetensors

_READERS: Mapping[str, Callable[[Path], Checkpoint]] = {
    ".safetensors": read_safetensors,
    ".npz": read_npz,
    ".keras": read_keras,
    ".h5": read_keras_h5,
}
SUFFIXES = tuple(_READERS)
_PICKLES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin"})


def open_checkpoint(path: Path) -> Checkpoint:
    """Reads the headers of a weight file, never its weights.

    Raises DiagnosticError: E0701 not readable, E0702 unknown format, E0703 broken, E0704 beyond a
    limit, E0706 objects or records in place of numbers.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise fault(codes.WEIGHTS_FORMAT, f"`{path}` is no weight file that can be read", _advice(path))
    with wrapped(str(path)), path.open("rb"):
        return reader(path)


def _advice(path: Path) -> str:
    known = ", ".join(f"`{suffix}`" for suffix in SUFFIXES)
    if path.suffix.lower() in _PICKLES:
        return "pickles are never read: save the tensors as `.safetensors`"
    return f"known are {known}"
