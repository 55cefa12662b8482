"""The TFLite target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from ...dsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from ...compiler.ir import Graph
    from ..base import Beside, Provenance

_STRUCTURE = 16 << 20  # room left for everything but the weights
WEIGHT_LIMIT = (1 << 31) - _STRUCTURE
"""Bytes of weights that fit one flatbuffer, whose offsets end at 2 GiB."""


@dataclass(frozen=True, slots=True)
class TFLite:
    """Flatbuffers for LiteRT. A symbolic batch stays open, unless `batch` fixes it."""

    name: ClassVar[str] = "tflite"
    suffix: ClassVar[str] = ".tflite"

    batch: int | None = None

    @property
    def pipeline(self) -> tuple[str, ...]:
        return (
            "simplify",
            "fold-constants",
            "fold-pad",
            "fold-bn",
            "lower-bn",
            "fuse-activations",
            "eliminate-common",
            "eliminate-dead",
        )

    def check(self, graph: Graph) -> Sequence[Diagnostic]:
        from ..limits import too_large, violations
        from .constraints import CONSTRAINTS

        size = too_large("TFLite", WEIGHT_LIMIT, graph.parameters.values())
        return [*violations(graph, "TFLite", CONSTRAINTS), *([size] if size else [])]

    def write(self, graph: Graph, file: BinaryIO, provenance: Provenance, beside: Beside | None = None) -> None:  # noqa: ARG002  # one file holds everything
        """Streams the model; `file` must be seekable. The graph must have passed `check`."""
        from .artefact import assemble
        from .flatbuffer import pack
        from .lowering import lower
        from .stream import stream

        artefact = assemble(graph, lower(graph, self.batch), provenance)
        stream(pack(artefact.root), artefact.buffers, file)
