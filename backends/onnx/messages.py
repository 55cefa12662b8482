"""ONNX's messages as bytes. Field numbers and enumerations are those of onnx.proto (ONNX 1.18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...compiler.types import Shape
from ...dsl.dtypes import DType
from .wire import chunk, integer, real

Attribute = int | float | str | tuple[int, ...]

ELEMENT_TYPES = {
    DType.F32: 1,
    DType.U8: 2,
    DType.I8: 3,
    DType.I16: 5,
    DType.I32: 6,
    DType.I64: 7,
    DType.BOOL: 9,
    DType.F16: 10,
    DType.BF16: 16,
}

IR_VERSIONS = {13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12, 25: 13, 26: 13}
"""The version of ONNX's file format that came with each opset."""

MODEL_GRAPH = 7
GRAPH_NODE = 1
GRAPH_NAME = 2
GRAPH_INITIALIZER = 5
GRAPH_DOC = 10
GRAPH_INPUT = 11
GRAPH_OUTPUT = 12
GRAPH_VALUE_INFO = 13
TENSOR_RAW_DATA = 9
VALUE_INFO_NAME = 1

_FLOAT, _INT, _STRING, _INTS = 1, 2, 3, 7
_EXTERNAL = 1


def node(
    op_type: str, inputs: Iterable[str], outputs: Sequence[str], attributes: Mapping[str, Attribute], doc: str
) -> bytes:
    """NodeProto, named like its first result. An absent optional input is an empty name."""
    return b"".join(
        (
            *(chunk(1, value) for value in inputs),
            *(chunk(2, value) for value in outputs),
            chunk(3, outputs[0]),
            chunk(4, op_type),
            *(chunk(5, _attribute(key, value)) for key, value in sorted(attributes.items())),
            chunk(6, doc) if doc else b"",
        )
    )


def _attribute(name: str, value: Attribute) -> bytes:
    """AttributeProto."""
    if isinstance(value, int):
        return chunk(1, name) + integer(3, value) + integer(20, _INT)
    if isinstance(value, float):
        return chunk(1, name) + real(2, value) + integer(20, _FLOAT)
    if isinstance(value, str):
        return chunk(1, name) + chunk(4, value) + integer(20, _STRING)
    return chunk(1, name) + b"".join(integer(8, number) for number in value) + integer(20, _INTS)


def value_info(name: str, dtype: DType, shape: Shape) -> bytes:
    """ValueInfoProto of a tensor."""
    dims = b"".join(chunk(1, chunk(2, dim) if isinstance(dim, str) else integer(1, dim)) for dim in shape)
    tensor = integer(1, ELEMENT_TYPES[dtype]) + chunk(2, dims)
    return chunk(VALUE_INFO_NAME, name) + chunk(2, chunk(1, tensor))


def tensor_start(name: str, dtype: DType, shape: tuple[int, ...]) -> bytes:
    """The fields of a TensorProto that say what it is; where its elements are follows."""
    dims = b"".join(integer(1, dim) for dim in shape)
    return dims + integer(2, ELEMENT_TYPES[dtype]) + chunk(8, name)


def external_data(location: str, offset: int, length: int) -> bytes:
    """The fields of a TensorProto whose elements are in another file."""
    entries = (("location", location), ("offset", str(offset)), ("length", str(length)))
    return b"".join(chunk(13, entry(key, value)) for key, value in entries) + integer(14, _EXTERNAL)


def model_start(ir_version: int, producer: str, version: str) -> bytes:
    """The fields of ModelProto before the graph."""
    return integer(1, ir_version) + chunk(2, producer) + chunk(3, version)


def model_end(opset: int, metadata: Mapping[str, str]) -> bytes:
    """The fields of ModelProto after the graph."""
    opset_import = chunk(8, chunk(1, "") + integer(2, opset))
    return opset_import + b"".join(chunk(14, entry(key, value)) for key, value in metadata.items())


def entry(key: str, value: str) -> bytes:
    """StringStringEntryProto."""
    return chunk(1, key) + chunk(2, value)
