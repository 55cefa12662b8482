"""The ONNX target: what can be chosen, what is refused, and how a file is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, ClassVar

from ...compiler.ir import Graph
from ...dsl.diagnostics import Diagnostic, error
from ...dsl.record import record
from ...passes.pipeline import STANDARD
from ..base import Beside, Provenance
from ..codes import OUTSIDE_TARGET
from ..limits import batch_refusals, violations
from .constraints import NEWEST_OPSET, OLDEST_OPSET, constraints
from .emitter import Options
from .lowering import lower
from .model import write_model

LAYOUTS = ("nchw", "nhwc")


@record
class Onnx:
    """Models for ONNX Runtime and others.

    `opset` is the version of ONNX's operators, 13 to 26. `layout` is that of inputs and outputs of rank 4: "nchw" or
    "nhwc"; in between, images have their channels second in any case. A symbolic batch stays open, unless `batch`
    fixes it.
    """

    name: ClassVar[str] = "onnx"
    suffix: ClassVar[str] = ".onnx"
    honours: ClassVar[frozenset[str]] = frozenset()

    opset: int = 23
    layout: str = "nchw"
    batch: int | None = None

    @property
    def pipeline(self) -> tuple[str, ...]:
        return STANDARD

    def check(self, graph: Graph) -> Sequence[Diagnostic]:
        if refused := self._check_options():
            return refused
        return [*_check_names(graph), *violations(graph, f"ONNX opset {self.opset}", constraints(self.opset))]

    def _check_options(self) -> list[Diagnostic]:
        messages = []
        if not OLDEST_OPSET <= self.opset <= NEWEST_OPSET:
            messages.append(f"ONNX opset {self.opset} is not one of {OLDEST_OPSET} to {NEWEST_OPSET}")
        if self.layout not in LAYOUTS:
            messages.append(f"the layout `{self.layout}` is neither `nchw` nor `nhwc`")
        return [error(OUTSIDE_TARGET, message) for message in messages] + batch_refusals(self.batch)

    def write(self, graph: Graph, file: BinaryIO, provenance: Provenance, beside: Beside | None = None) -> None:
        """Streams the model, past 2 GiB its weights into a second file. The graph must have passed `check`."""
        options = Options(self.opset, self.layout, self.batch)
        write_model(lower(graph, options), file, provenance, beside)


def _check_names(graph: Graph) -> Iterator[Diagnostic]:
    """ONNX has one name for one value, and users know inputs and outputs by theirs."""
    inputs = {value.name for value in graph.inputs}
    for output in graph.outputs:
        if output.name in inputs and output.name != output.value.name:
            yield error(OUTSIDE_TARGET, f"ONNX can't have an input and another output that are both `{output.name}`")
