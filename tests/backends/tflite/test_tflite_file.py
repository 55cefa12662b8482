"""The file itself, through the reader that TFLite's own schema generates."""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from mnet.backends.base import Provenance
from mnet.backends.tflite import TFLite
from mnet.backends.tflite.builtins import BUILTINS
from mnet.backends.tflite.schema import OPTIONS, TABLES, TENSOR_TYPES
from mnet.compiler.data import ArrayData, Derived
from mnet.compiler.ir import Graph, Parameter, Role
from mnet.dsl.dtypes import DType

PROVENANCE = Provenance("0.1.0", "0123abcd", (("target", "tflite"), ("batch", "None")))

# The schema against the generated one -------------------------------------------------------


def camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


@pytest.mark.parametrize(
    ("table", "field"), [(table, field) for table in TABLES for field in TABLES[table].fields], ids=str
)
def test_slots_and_defaults(table, field):
    ours = TABLES[table].fields[field]
    if field in ("deprecated_tag", "new_height", "new_width"):  # gone from the schema, their slots with them
        return
    reader = getattr(getattr(schema, table), camel(field))
    offset, default = re.search(
        r"Offset\((\d+)\).*?(?:return (\w+|[\d.]+)\s*)?\Z", inspect.getsource(reader), re.S
    ).groups()
    assert int(offset) == 4 + 2 * ours.slot
    if ours.kind in ("int", "uint", "byte", "ubyte", "bool", "float"):
        assert float(ast.literal_eval(default)) == ours.default


def test_enumerations():
    assert {name: getattr(schema.BuiltinOperator, name) for name in BUILTINS} == {
        n: b.code for n, b in BUILTINS.items()
    }
    assert {name: getattr(schema.BuiltinOptions, name) for name in OPTIONS} == OPTIONS
    assert {b.options for b in BUILTINS.values()} - {None} == OPTIONS.keys()
    names = {DType.F32: "FLOAT32", DType.F16: "FLOAT16", DType.BF16: "BFLOAT16", DType.BOOL: "BOOL"}
    names |= {dtype: dtype.value.replace("i", "INT").replace("u", "UINT") for dtype in DType if dtype not in names}
    assert {dtype: getattr(schema.TensorType, name) for dtype, name in names.items()} == TENSOR_TYPES


# The parts of a file ------------------------------------------------------------------------


def small(net) -> Graph:
    x = net.input("N", 8, 8, 3, name="image")
    y = net("conv2d", x, net.normal(3, 3, 3, 4), net.normal(4), path="stem.conv", padding=((1, 1), (1, 1)))
    y = net("mean", net("swish", y, path="stem.act"), axes=(1, 2), path="pool")
    return net.graph(net("dense", y, net.normal(4, 5), net.normal(5), path="classifier"), name="Small")


def test_names(net, write, parse):
    model = parse(write(small(net)))
    subgraph, signature = model.subgraphs[0], model.signatureDefs[0]
    names = [tensor.name.decode() for tensor in subgraph.tensors]
    assert [names[i] for i in subgraph.inputs] == ["image"]
    assert [names[i] for i in subgraph.outputs] == ["classifier"]
    assert len(set(names)) == len(names)
    assert {"stem.conv", "stem.conv.1", "stem.conv.2", "stem.act/gate", "stem.act", "pool/axes", "pool"} <= set(names)
    assert signature.signatureKey == b"serving_default"
    assert [(m.name, m.tensorIndex) for m in signature.inputs] == [(b"image", subgraph.inputs[0])]
    assert [(m.name, m.tensorIndex) for m in signature.outputs] == [(b"y", subgraph.outputs[0])]
    assert (model.version, subgraph.name, model.description) == (3, b"Small", b"Small, compiled by mnet 0.1.0")


def metadata(model) -> dict[str, bytes]:
    return {m.name.decode(): bytes(model.buffers[m.buffer].data) for m in model.metadata}


def test_metadata(net, write, parse):
    found = metadata(parse(write(small(net))))
    assert found["min_runtime_version"] == b"1.14.0".ljust(16, b"\0")  # LOGISTIC
    assert json.loads(found["mnet.provenance"]) == {
        "tool": "mnet 0.1.0",
        "source_sha256": "0123abcd",
        "options": {"target": "tflite", "batch": "None"},
    }
    places = [[0, line, 3] for line in (1, 2, 2, 3, 4)]  # one of each operation; a swish is two
    assert json.loads(found["mnet.locations"]) == {"files": ["net.mnet"], "operators": places}


def test_a_symbolic_batch_stays_open_or_is_fixed(net, write, parse):
    graph = small(net)
    subgraph = parse(write(graph)).subgraphs[0]
    image = subgraph.tensors[subgraph.inputs[0]]
    assert (list(image.shape), list(image.shapeSignature)) == ([1, 8, 8, 3], [-1, 8, 8, 3])
    subgraph = parse(write(graph, batch=2)).subgraphs[0]
    image = subgraph.tensors[subgraph.inputs[0]]
    assert (list(image.shape), image.shapeSignature) == ([2, 8, 8, 3], None)
    assert all(tensor.shapeSignature is None for tensor in subgraph.tensors)


def test_the_batch_can_be_resized_after_allocation(net, write):
    interpreter = Interpreter(model_content=write(small(net)))
    interpreter.allocate_tensors()
    (image,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
    batch = net.normal(3, 8, 8, 3)
    rows = []
    for images in (batch[:1], batch[1:2], batch[2:], batch):
        interpreter.resize_tensor_input(image["index"], images.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(image["index"], images)
        interpreter.invoke()
        rows.append(interpreter.get_tensor(result["index"]))
    np.testing.assert_allclose(rows[3], np.concatenate(rows[:3]), atol=1e-6)


def test_buffers_are_aligned_and_equal_ones_stored_once(net, write):
    x, weight = net.input("N", 16), net.normal(16, 16)
    y = net("add", net("dense", x, weight), net("dense", net("neg", x), weight.copy()))
    content = write(net.graph(net("dense", y, net.normal(16, 16))))
    model = schema.Model.GetRootAs(content, 0)
    places = {}
    for index in range(model.BuffersLength()):
        data = model.Buffers(index).DataAsNumpy()
        if isinstance(data, np.ndarray):
            places[index] = (data.ctypes.data - np.frombuffer(content, np.uint8).ctypes.data, len(data))
    assert all(place % 16 == 0 for place, _ in places.values())
    assert content[4:8] == b"TFL3"
    weights = [place for place, size in places.values() if size == 16 * 16 * 4]
    assert len(weights) == 3
    assert len(set(weights)) == 2
    assert len(content) < 2 * 16 * 16 * 4 + 4000


def test_a_model_written_behind_something_else_in_its_file(net, write):
    file = io.BytesIO()
    file.write(b"16 bytes before.")
    TFLite().write(small(net), file, PROVENANCE)
    net = type(net)()
    assert file.getvalue()[16:] == write(small(net))


def test_same_graph_same_bytes_whatever_the_hash_seed(tmp_path):
    program = tmp_path / "write.py"
    program.write_text(
        "import importlib.util, sys, io, hashlib\n"
        f"spec = importlib.util.spec_from_file_location('graphs', {str(Path(__file__).parents[1] / 'conftest.py')!r})\n"
        "graphs = importlib.util.module_from_spec(spec); spec.loader.exec_module(graphs)\n"
        "from mnet.backends.base import Provenance\n"
        "from mnet.backends.tflite import TFLite\n"
        "net = graphs.Net()\n"
        "x = net.input('N', 8, 8, 3)\n"
        "y = net('conv2d', x, net.normal(3, 3, 3, 4), padding=((1, 1), (1, 1)))\n"
        "graph = net.graph(net('swish', y), net('mean', y, axes=(1, 2)))\n"
        "file = io.BytesIO(); TFLite().write(graph, file, Provenance('1', 'x'))\n"
        "print(hashlib.sha256(file.getvalue()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(digests) == 1


# Streaming ----------------------------------------------------------------------------------


def test_weights_stream_one_at_a_time(net, tmp_path):
    """32 weights of 4 MiB each, made when they are read: never more than three of them are in memory."""
    side, count = 1024, 32
    y = net.input("N", side)
    for index in range(count):
        y = net("dense", y, np.zeros((side, side), np.float32), path=f"layer{index}")
    graph = net.graph(y)
    parameters = {
        name: Parameter(p.value, _made_when_read(index, side), Role.WEIGHT)
        for index, (name, p) in enumerate(graph.parameters.items())
    }
    graph = Graph(graph.name, graph.inputs, graph.outputs, graph.nodes, parameters)
    size = 4 * side * side
    tracemalloc.start()
    with (tmp_path / "big.tflite").open("wb+") as file:
        TFLite().write(graph, file, PROVENANCE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "big.tflite").stat().st_size > count * size
    assert peak < 3 * size


def _made_when_read(index: int, side: int) -> Derived:
    one = ArrayData(np.full(1, index, np.float32))
    return Derived((one,), lambda value: np.full((side, side), value[0], np.float32), DType.F32, (side, side))
