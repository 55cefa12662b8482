"""The TFLite target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from ...dsl.record import record

if TYPE_CHECKING:
    from ...compiler.ir import Graph
    from ...dsl.diagnostics import Diagnostic
    from ..base import Beside, Provenance


@record
class TFLite:
    """Flatbuffers for LiteRT. A symbolic batch stays open, unless `batch` fixes it."""

    name: ClassVar[str] = "tflite"
    suffix: ClassVar[str] = ".tflite"
    honours: ClassVar[frozenset[str]] = frozenset()

    batch: int | None = None

    @property
    def pipeline(self) -> tuple[str, ...]:
        from ...passes import STANDARD  # noqa: PLC0415  # a program that only names its targets loads no NumPy

        return (*STANDARD, "lower-bn", "fuse-activations")

    def check(self, graph: Graph) -> Sequence[Diagnostic]:
        from . import writing  # noqa: PLC0415  # as above

        return writing.refusals(graph, self.batch)

    def write(self, graph: Graph, file: BinaryIO, provenance: Provenance, beside: Beside | None = None) -> None:
        """Streams the model into a seekable file, never a second one. The graph must have passed `check`."""
        from . import writing  # noqa: PLC0415  # as above

        writing.write(graph, self.batch, file, provenance)
