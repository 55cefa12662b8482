"""The file: one well-formed ModelProto, its weights streamed into the graph's message one at a time.

The length of the graph's message is known before any weight is read, so it can be written first. What is too
large for one protobuf message goes to a second file beside it, as ONNX's external data.

Source: https://onnx.ai/onnx/repo-docs/ExternalData.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.record import record
from ..base import Beside, Provenance
from ..codes import TOO_LARGE
from . import messages
from .lowering import Lowered
from .tensors import Tensor, page_after
from .wire import chunk, chunk_start

SINGLE_FILE_LIMIT = 2**31 - 1
"""Bytes that a protobuf message can have."""

_ALWAYS_INSIDE = 1024  # bytes: shapes and other small constants that tools want to see without the data file

NAMES_KEY, LAYOUTS_KEY = "mnet.names", "mnet.layouts"
"""Keys of the metadata under which `Lowered.named` and `Lowered.layouts` are kept as JSON."""


@record
class _Initializer:
    """A constant's field in the graph's message: `head`, and after it the elements of `tensor` if they are inside."""

    head: bytes
    tensor: Tensor | None

    @property
    def length(self) -> int:
        return len(self.head) + (self.tensor.nbytes if self.tensor else 0)

    def write(self, file: BinaryIO) -> None:
        file.write(self.head)
        if self.tensor is not None:
            self.tensor.write_elements(file)


def write_model(lowered: Lowered, file: BinaryIO, provenance: Provenance, beside: Beside | None) -> None:
    """Raises DiagnosticError where the model needs a second file and there is none to ask for."""
    start = messages.model_start(messages.IR_VERSIONS[lowered.opset], "mnet", provenance.tool_version)
    end = messages.model_end(lowered.opset, _metadata(lowered, provenance))
    graph_start, graph_end = _graph_start(lowered), _graph_end(lowered)
    initializers = [_inside(tensor) for tensor in lowered.tensors]
    total = sum(map(len, (start, graph_start, graph_end, end))) + sum(each.length for each in initializers)
    if total > SINGLE_FILE_LIMIT:
        initializers = _outside(lowered.tensors, total, beside)
    length = len(graph_start) + sum(each.length for each in initializers) + len(graph_end)
    file.write(start + chunk_start(messages.MODEL_GRAPH, length) + graph_start)
    for initializer in initializers:
        initializer.write(file)
    file.write(graph_end + end)


def _graph_start(lowered: Lowered) -> bytes:
    nodes = b"".join(chunk(messages.GRAPH_NODE, node) for node in lowered.nodes)
    return nodes + chunk(messages.GRAPH_NAME, lowered.name)


def _graph_end(lowered: Lowered) -> bytes:
    doc = chunk(messages.GRAPH_DOC, lowered.doc) if lowered.doc else b""
    described = (
        (messages.GRAPH_INPUT, lowered.inputs),
        (messages.GRAPH_OUTPUT, lowered.outputs),
        (messages.GRAPH_VALUE_INFO, lowered.values),
    )
    return doc + b"".join(chunk(field, value) for field, values in described for value in values)


def _inside(tensor: Tensor) -> _Initializer:
    return _Initializer(
        chunk_start(messages.GRAPH_INITIALIZER, len(tensor.inside) + tensor.nbytes) + tensor.inside, tensor
    )


# The second file ----------------------------------------------------------------------------


def _outside(tensors: Sequence[Tensor], total: int, beside: Beside | None) -> list[_Initializer]:
    """Writes all but the smallest constants to a second file, each from the start of a page on."""
    if beside is None:
        message = f"the model takes {total:,} bytes, and an ONNX file holds at most {SINGLE_FILE_LIMIT:,}"
        raise DiagnosticError(error(TOO_LARGE, message, hint="let its weights be written to a file beside it"))
    offsets = dict(_offsets(tensors))
    location = beside(".data", lambda file: _write_data(file, tensors, offsets))
    return [_refer(tensor, location, offsets) for tensor in tensors]


def _offsets(tensors: Sequence[Tensor]) -> Iterator[tuple[str, int]]:
    position = 0
    for tensor in tensors:
        if tensor.nbytes > _ALWAYS_INSIDE:
            position = page_after(position)
            yield tensor.name, position
            position += tensor.nbytes


def _write_data(file: BinaryIO, tensors: Sequence[Tensor], offsets: dict[str, int]) -> None:
    for tensor in tensors:
        if tensor.name in offsets:
            file.write(bytes(offsets[tensor.name] - file.tell()))
            tensor.write_elements(file)


def _refer(tensor: Tensor, location: str, offsets: dict[str, int]) -> _Initializer:
    if tensor.name not in offsets:
        return _inside(tensor)
    return _Initializer(chunk(messages.GRAPH_INITIALIZER, tensor.outside(location, offsets[tensor.name])), None)


# Metadata -----------------------------------------------------------------------------------


def _metadata(lowered: Lowered, provenance: Provenance) -> dict[str, str]:
    """Where the model came from, and what reading it back needs to know."""
    return {
        "mnet.source_sha256": provenance.source_sha256,
        "mnet.tool_version": provenance.tool_version,
        **{f"mnet.option.{key}": value for key, value in provenance.options},
        NAMES_KEY: json.dumps(lowered.named),
        LAYOUTS_KEY: json.dumps(lowered.layouts),
    }
