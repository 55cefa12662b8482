"""From a graph to a file: what is refused before, and the steps of writing."""

from __future__ import annotations

from typing import BinaryIO

from ...compiler.ir import Graph
from ...dsl.diagnostics import Diagnostic
from ..base import Provenance
from ..limits import batch_refusals, too_large, violations
from .artefact import assemble
from .constraints import CONSTRAINTS
from .flatbuffer import pack
from .lowering import lower
from .stream import stream

_STRUCTURE = 16 << 20  # room left for everything but the weights
WEIGHT_LIMIT = (1 << 31) - _STRUCTURE
"""Bytes of weights that fit one flatbuffer, whose offsets end at 2 GiB."""


def refusals(graph: Graph, batch: int | None) -> list[Diagnostic]:
    """A batch that can't be, every limit that a node breaks, and the size. Reads no weights."""
    found = [*batch_refusals(batch), *violations(graph, "TFLite", CONSTRAINTS)]
    size = too_large("TFLite", WEIGHT_LIMIT, graph.parameters.values())
    return [*found, size] if size else found


def write(graph: Graph, batch: int | None, file: BinaryIO, provenance: Provenance) -> None:
    """Streams a graph without refusals into a seekable file, from where that stands; `batch` fixes a symbolic one."""
    artefact = assemble(graph, lower(graph, batch), provenance)
    stream(pack(artefact.root), artefact.buffers, file)
