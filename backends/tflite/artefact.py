"""A draft as the records of a TFLite file, and the buffers that follow them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...compiler.data import ArrayData, TensorData
from ...compiler.ir import Graph, Node
from ...compiler.types import Shape
from ...dsl.record import record
from ..base import Provenance
from .builtins import Builtin, minimal_version
from .draft import Draft, Operation, Tensor
from .flatbuffer import Record
from .schema import ABSENT, OPTIONS, TENSOR_TYPES, VERSION

SIGNATURE = "serving_default"

_LAST_IN_BYTE = 127  # an operator code above it is found in the wider field only
_RUNTIME_VERSION_BYTES = 16


@record
class Artefact:
    """`buffers` are the contents of all buffers after the first, which is empty by TFLite's convention."""

    root: Record
    buffers: tuple[TensorData, ...]


def assemble(graph: Graph, draft: Draft, provenance: Provenance) -> Artefact:
    """The draft of `graph` with the names, signature and metadata that readers look for."""
    versions = _versions(draft)
    metadata = _metadata(draft, versions, provenance)
    constants = [tensor.data for tensor in draft.tensors if tensor.data is not None]
    fields = {
        "version": VERSION,
        "operator_codes": [_operator_code(builtin, version) for builtin, version in versions],
        "subgraphs": [_subgraph(graph, draft, [builtin.name for builtin, _ in versions])],
        "description": f"{graph.name}, compiled by mnet {provenance.tool_version}",
        "buffers": [Record("Buffer", {})] + [Record("Buffer", {"data": None})] * (len(constants) + len(metadata)),
        "metadata": [
            Record("Metadata", {"name": name, "buffer": 1 + len(constants) + place})
            for place, name in enumerate(metadata)
        ],
        "signature_defs": [_signature(graph, draft)],
    }
    return Artefact(Record("Model", fields), (*constants, *map(_bytes, metadata.values())))


def _versions(draft: Draft) -> list[tuple[Builtin, int]]:
    """The builtins in the order of their first use, each with the highest version that one of its uses needs."""
    versions: dict[str, tuple[Builtin, int]] = {}
    for operation in draft.operations:
        builtin = operation.builtin
        types = [None if i == ABSENT else draft.tensors[i].type for i in operation.inputs]
        needed = minimal_version(builtin, types, operation.options)
        _, known = versions.get(builtin.name, (builtin, 1))
        versions[builtin.name] = (builtin, max(needed, known))
    return list(versions.values())


def _operator_code(builtin: Builtin, version: int) -> Record:
    codes = {"deprecated_builtin_code": min(builtin.code, _LAST_IN_BYTE), "builtin_code": builtin.code}
    return Record("OperatorCode", {**codes, "version": version})


def _subgraph(graph: Graph, draft: Draft, builtins: Sequence[str]) -> Record:
    places = {name: place for place, name in enumerate(builtins)}
    fields = {
        "tensors": _tensors(draft.tensors),
        "inputs": tuple(draft.index(value) for value in graph.inputs),
        "outputs": tuple(draft.index(output.value) for output in graph.outputs),
        "operators": [_operator(operation, places[operation.builtin.name]) for operation in draft.operations],
        "name": graph.name,
    }
    return Record("SubGraph", fields)


def _tensors(tensors: Sequence[Tensor]) -> list[Record]:
    """Tensors with data take the buffers from 1 on, in order; all others share the empty buffer 0."""
    records, used = [], 0
    for tensor in tensors:
        used += tensor.data is not None
        records.append(_tensor(tensor, used if tensor.data is not None else 0))
    return records


def _tensor(tensor: Tensor, buffer: int) -> Record:
    shape = tensor.type.shape
    fields: dict[str, Any] = {
        "shape": _sizes(shape, 1),
        "type": TENSOR_TYPES[tensor.type.dtype],
        "buffer": buffer,
        "name": tensor.name,
        "has_rank": True,
    }
    if not tensor.type.is_static:
        fields["shape_signature"] = _sizes(shape, -1)
    return Record("Tensor", fields)


def _sizes(shape: Shape, symbolic: int) -> tuple[int, ...]:
    return tuple(dim if isinstance(dim, int) else symbolic for dim in shape)


def _operator(operation: Operation, code: int) -> Record:
    fields: dict[str, Any] = {"opcode_index": code, "inputs": operation.inputs, "outputs": operation.outputs}
    options = operation.builtin.options
    if options is not None:
        fields["builtin_options_type"] = OPTIONS[options]
        fields["builtin_options"] = Record(options, operation.options)
    return Record("Operator", fields)


def _signature(graph: Graph, draft: Draft) -> Record:
    inputs = [(value.name, value) for value in graph.inputs]
    outputs = [(output.name, output.value) for output in graph.outputs]
    maps = {
        role: [Record("TensorMap", {"name": name, "tensor_index": draft.index(value)}) for name, value in named]
        for role, named in (("inputs", inputs), ("outputs", outputs))
    }
    return Record("SignatureDef", {**maps, "signature_key": SIGNATURE, "subgraph_index": 0})


def _metadata(draft: Draft, versions: Sequence[tuple[Builtin, int]], provenance: Provenance) -> dict[str, bytes]:
    origin = {
        "tool": f"mnet {provenance.tool_version}",
        "source_sha256": provenance.source_sha256,
        "options": dict(provenance.options),
    }
    return {
        "min_runtime_version": _minimal_runtime(versions).encode().ljust(_RUNTIME_VERSION_BYTES, b"\0"),
        "mnet.provenance": _json(origin),
        "mnet.locations": _json(_locations([operation.node for operation in draft.operations])),
    }


def _minimal_runtime(versions: Sequence[tuple[Builtin, int]]) -> str:
    """The first release of the runtime that has every operator in its version."""
    releases = [builtin.runtimes[version] for builtin, version in versions]
    return max(releases, key=lambda release: tuple(map(int, release.split("."))), default="1.5.0")


def _locations(nodes: Sequence[Node]) -> Mapping[str, Any]:
    """[file, line, column] of each operation, null where unknown. Files are named without their directories."""
    files: dict[str, int] = {}
    places: list[list[int] | None] = []
    for node in nodes:
        if node.span is None:
            places.append(None)
            continue
        file = files.setdefault(node.span.file_name, len(files))
        places.append([file, node.span.line, node.span.column])
    return {"files": list(files), "operators": places}


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _bytes(content: bytes) -> TensorData:
    return ArrayData(np.frombuffer(content, np.uint8))
