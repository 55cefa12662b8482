"""The file itself: what protobuf would have written, what people find in it, and where the weights go."""

from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet.backends.base import Provenance
from mnet.backends.onnx import Onnx, model, runtime
from mnet.backends.onnx.messages import IR_VERSIONS
from mnet.backends.onnx.wire import chunk, fields, integer
from mnet.compiler.data import Derived
from mnet.compiler.evaluate import evaluate
from mnet.compiler.ir import Graph, Output, Parameter
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.dtypes import DType

PROVENANCE = Provenance("1.2.3", "5ca1ab1e", (("model", "Net"), ("width", "0.75")))


def network(n: Any, filters: int = 6) -> Graph:
    x = n.input("N", 8, 8, 4, name="image")
    x = n("conv2d", x, n.normal(3, 3, 4, filters), n.normal(filters), activation="relu6", path="stem.conv")
    x = n("conv2d", x, n.normal(3, 3, filters, filters), path="body.conv")
    x = n("mean", x, axes=(1, 2), keepdims=False, path="pool")
    return replace(n.graph(n("dense", x, n.normal(filters, 3), path="head.dense")), doc="A small network.")


@pytest.mark.parametrize("opset", IR_VERSIONS)
def test_bytes_are_those_that_protobuf_writes(opset: int, net: Any, write: Any) -> None:
    content = write(network(net), opset=opset)
    proto = onnx.load_model_from_string(content)
    assert proto.SerializeToString(deterministic=True) == content
    assert (proto.ir_version, proto.opset_import[0].version) == (IR_VERSIONS[opset], opset)


def test_the_file_says_what_it_is(net: Any) -> None:
    file = io.BytesIO()
    Onnx().write(network(net), file, PROVENANCE)
    proto = onnx.load_model_from_string(file.getvalue())
    assert (proto.producer_name, proto.producer_version) == ("mnet", "1.2.3")
    assert (proto.graph.name, proto.graph.doc_string) == ("net", "A small network.")
    metadata = {entry.key: entry.value for entry in proto.metadata_props}
    assert metadata["mnet.source_sha256"] == "5ca1ab1e"
    assert metadata["mnet.option.width"] == "0.75"
    assert json.loads(metadata["mnet.names"]) == {"y": "head.dense"}


def test_names_are_those_of_the_architecture(net: Any, checked: Any) -> None:
    graph = checked(network(net)).graph
    assert [node.name for node in graph.node] == [
        "stem.conv/Conv",
        "stem.conv",
        "body.conv",
        "pool/GlobalAveragePool",
        "pool",
        "y",
    ]
    assert [node.doc_string for node in graph.node][:3] == ["net.mnet:1", "net.mnet:1", "net.mnet:2"]
    assert [value.name for value in graph.value_info] == ["stem.conv", "body.conv", "pool"]
    assert {"stem.conv.1", "stem.conv.2", "body.conv.1", "head.dense.1"} < {each.name for each in graph.initializer}


def test_an_open_batch_keeps_its_name(net: Any, checked: Any) -> None:
    graph = checked(network(net)).graph
    for value in (*graph.input, *graph.output, *graph.value_info):
        assert value.type.tensor_type.shape.dim[0].dim_param == "N"


def test_outputs_may_be_inputs_parameters_and_each_other(net: Any, compare: Any) -> None:
    x = net.input("N", 2, 3, 4)
    y = net("conv2d", x, net.normal(1, 1, 4, 5), path="second")
    graph = net.graph(y)
    weight = next(iter(graph.parameters.values())).value
    outputs = (("first", y), ("second", x), ("third", y), ("fourth", weight), ("fifth", x))
    graph = replace(graph, outputs=tuple(Output(name, value) for name, value in outputs))
    for layout in ("nchw", "nhwc"):
        compare(graph, layout=layout)


def test_a_weight_that_is_used_twice_is_stored_once(net: Any, compare: Any) -> None:
    x = net.input("N", 4, 4, 3)
    once = net("conv2d", x, net.normal(3, 3, 3, 3), padding=((1, 1), (1, 1)))
    graph = net.graph(once)
    (node,) = graph.nodes
    again = replace(node, inputs=(once, *node.inputs[1:]), outputs=(replace(once, name="again"),), path="again")
    graph = replace(graph, nodes=(node, again), outputs=(Output("y", again.output),))
    assert len(compare(graph).graph.initializer) == 1


def test_half_precision(net: Any, checked: Any, images: Any) -> None:
    x = net.input("N", 4, 4, 3, dtype=DType.F16)
    x = net("relu6", net("conv2d", x, net.normal(3, 3, 3, 4).astype(np.float16)))
    graph = net.graph(net("mul", x, np.float16(0.5)))
    inputs = images(graph)
    (result,) = runtime.run(checked(graph).SerializeToString(), inputs).values()
    np.testing.assert_allclose(result, evaluate(graph, inputs)["y"], rtol=1e-2, atol=1e-2)


# The second file ----------------------------------------------------------------------------


def beside(path: Path) -> Callable[[str, Callable[[BinaryIO], None]], str]:
    def write(suffix: str, content: Callable[[BinaryIO], None]) -> str:
        second = path.with_name(path.name + suffix)
        with second.open("wb") as file:
            content(file)
        return second.name

    return write


@pytest.fixture
def split(net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Graph, Path]:
    """A model too large for one file, were the limit 4 KiB."""
    monkeypatch.setattr(model, "SINGLE_FILE_LIMIT", 4096)
    graph, path = network(net, filters=24), tmp_path / "net.onnx"
    with path.open("wb") as file:
        Onnx().write(graph, file, PROVENANCE, beside(path))
    return graph, path


def test_large_models_keep_their_weights_beside_them(split: tuple[Graph, Path], images: Any) -> None:
    graph, path = split
    onnx.checker.check_model(path, full_check=True)
    inputs = images(graph)
    expected = evaluate(graph, inputs)["y"]
    np.testing.assert_allclose(runtime.run(path, inputs)["y"], expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(runtime.run_all(path, inputs)["head.dense"], expected, rtol=1e-5, atol=1e-5)


def test_weights_beside_a_model_start_at_pages(split: tuple[Graph, Path]) -> None:
    _, path = split
    tensors = onnx.load_model(path, load_external_data=False).graph.initializer
    outside = [{entry.key: entry.value for entry in tensor.external_data} for tensor in tensors]
    assert [entries["location"] for entries in outside if entries] == ["net.onnx.data"] * 2
    assert [int(entries["offset"]) for entries in outside if entries] == [0, 4096]
    assert path.stat().st_size < 4096


def test_without_a_second_file_a_large_model_is_refused(net: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "SINGLE_FILE_LIMIT", 4096)
    file = io.BytesIO()
    with pytest.raises(
        DiagnosticError, match=r"E0802: the model takes [\d,]+ bytes, and an ONNX file holds at most 4,096"
    ):
        Onnx().write(network(net, filters=24), file, PROVENANCE)
    assert not file.getvalue()


# Streaming ----------------------------------------------------------------------------------


class Sink(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        return memoryview(content).nbytes


def test_weights_are_not_collected_in_memory(net: Any) -> None:
    """Forty tensors of 4 MiB that exist only while they are written."""
    side = 1024
    x = net.input("N", side)
    for _ in range(40):
        x = net("dense", x, np.zeros((side, side), np.float32))
    x = net("conv2d", net("reshape", x, shape=("N", 1, 1, side)), np.zeros((1, 1, side, side), np.float32))
    graph = net.graph(x)
    lazy = {name: replace(p, data=zeros(p)) for name, p in graph.parameters.items()}
    graph = replace(graph, parameters=lazy)
    tracemalloc.start()
    Onnx().write(graph, io.BufferedWriter(Sink()), PROVENANCE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * side * side * 4


def zeros(parameter: Parameter) -> Derived:
    shape = parameter.data.shape
    return Derived((), lambda: np.zeros(shape, np.float32), DType.F32, shape)


# The wire -----------------------------------------------------------------------------------


@given(st.integers(1, 2**20), st.integers(0, 2**64 - 1), st.binary(max_size=300))
def test_fields_are_read_as_they_were_written(number: int, value: int, content: bytes) -> None:
    message = integer(number, value) + chunk(number, content)
    assert list(fields(memoryview(message))) == [(number, value), (number, memoryview(content))]


@given(st.binary(max_size=40))
def test_noise_is_either_read_or_refused(noise: bytes) -> None:
    with contextlib.suppress(ValueError):
        list(fields(memoryview(noise)))
