"""Broken weight files and what is said about them.

Each case writes a weight file, and perhaps a rename file or another program; the diagnostics are compared with
`tests/corpus/weights/<case>.txt`. What a library says in a note depends on its version and is left out.
`pytest tests/weights --update-golden` writes the texts.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from mnet.compiler.ir import Graph
from mnet.compiler.weights import bind, open_checkpoint, parse_rename
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.render import render
from mnet.dsl.source import Source, Sources

GOLDEN = Path(__file__).parent.parent / "corpus" / "weights"

Tensors = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """Writes a file and names it; `program` and `rename` are what it meets."""

    write: Callable[[Tensors], str]
    program: str | None = None
    rename: str | None = None


CASES: dict[str, Case] = {}


def case(program: str | None = None, rename: str | None = None) -> Callable[[Callable[[Tensors], str]], Any]:
    def register(write: Callable[[Tensors], str]) -> Callable[[Tensors], str]:
        CASES[write.__name__] = Case(write, program, rename)
        return write

    return register


@pytest.mark.parametrize("name", CASES)
def test_broken_weights(
    name: str,
    graph_of: Callable[..., Graph],
    tensors: Tensors,
    sources: Sources,
    golden: Callable[[Path, str], None],
) -> None:
    chosen = CASES[name]
    graph = graph_of(chosen.program) if chosen.program else graph_of()
    weights = chosen.write(tensors)
    with pytest.raises(DiagnosticError) as caught:
        use(graph, weights, chosen.rename, sources)
    shown = [replace(found, notes=()) for found in caught.value.diagnostics]
    golden(GOLDEN / f"{name}.txt", places(name, render(shown, sources)))


def places(name: str, text: str) -> str:
    """Where h5py puts what depends on its version."""
    return re.sub(r"byte \d+", "byte N", text) if name.startswith("h5_") else text


def use(graph: Graph, weights: str, rename: str | None, sources: Sources) -> None:
    """Everything that happens to weights before they are in an artefact."""
    rules = parse_rename(sources.add(Source("net.rename", rename))) if rename is not None else None
    bound = bind(graph, open_checkpoint(Path(weights)), rules)
    for parameter in bound.graph.parameters.values():
        parameter.data.read()


def test_every_golden_text_has_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


# files that are no weight files


@case()
def open_missing(tensors: Tensors) -> str:
    return "nowhere.safetensors"


@case()
def open_directory(tensors: Tensors) -> str:
    Path("net.npz").mkdir()
    return "net.npz"


@case()
def open_pickle(tensors: Tensors) -> str:
    return "net.pt"


@case()
def open_unknown(tensors: Tensors) -> str:
    return "net.tflite"


# safetensors: headers


def raw(header: object, data: bytes = b"", *, length: int | None = None) -> str:
    """A safetensors file with exactly this header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    size = len(text) if length is None else length
    Path("net.safetensors").write_bytes(struct.pack("<Q", size) + text + data)
    return "net.safetensors"


def entry(begin: int, end: int, shape: object = None, dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": [(end - begin) // 4] if shape is None else shape, "data_offsets": [begin, end]}


@case()
def safetensors_empty(tensors: Tensors) -> str:
    Path("net.safetensors").touch()
    return "net.safetensors"


@case()
def safetensors_seven_bytes(tensors: Tensors) -> str:
    Path("net.safetensors").write_bytes(bytes(7))
    return "net.safetensors"


@case()
def safetensors_header_past_the_end(tensors: Tensors) -> str:
    return raw({}, length=10**15)


@case()
def safetensors_giant_header(tensors: Tensors) -> str:
    with Path("net.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", 2**24) + b"{")
        file.truncate(2**24 + 8)
    return "net.safetensors"


@case()
def safetensors_no_json(tensors: Tensors) -> str:
    return raw(b'{"a": ')


@case()
def safetensors_no_utf8(tensors: Tensors) -> str:
    return raw(b'{"\xff": 1}')


@case()
def safetensors_list(tensors: Tensors) -> str:
    return raw([1, 2])


@case()
def safetensors_deep_json(tensors: Tensors) -> str:
    return raw(b'{"a":' + b"[" * 10**6)


@case()
def safetensors_duplicate(tensors: Tensors) -> str:
    one = json.dumps(entry(0, 4))
    return raw(f'{{"a": {one}, "a": {one}}}'.encode(), bytes(4))


@case()
def safetensors_unknown_dtype(tensors: Tensors) -> str:
    return raw({"a": entry(0, 4, dtype="F31")}, bytes(4))


@case()
def safetensors_negative_size(tensors: Tensors) -> str:
    return raw({"a": entry(0, 4, [-1, -1])}, bytes(4))


@case()
def safetensors_fractional_size(tensors: Tensors) -> str:
    return raw({"a": entry(0, 4, [1.0])}, bytes(4))


@case()
def safetensors_reversed_offsets(tensors: Tensors) -> str:
    return raw({"a": {"dtype": "F32", "shape": [1], "data_offsets": [8, 4]}}, bytes(8))


@case()
def safetensors_lying_shape(tensors: Tensors) -> str:
    return raw({"a": entry(0, 4, [2**40, 2**40])}, bytes(4))


@case()
def safetensors_overlap(tensors: Tensors) -> str:
    return raw({"a": entry(0, 8), "b": entry(4, 12)}, bytes(12))


@case()
def safetensors_gap(tensors: Tensors) -> str:
    return raw({"a": entry(0, 4), "b": entry(8, 12)}, bytes(12))


@case()
def safetensors_truncated(tensors: Tensors) -> str:
    save_file(tensors, "net.safetensors")
    path = Path("net.safetensors")
    path.write_bytes(path.read_bytes()[:-40])
    return "net.safetensors"


@case()
def safetensors_trailing_bytes(tensors: Tensors) -> str:
    return raw({"a": entry(0, 4)}, bytes(5))


@case()
def safetensors_control_characters(tensors: Tensors) -> str:
    return raw({"\x1b[31mred": entry(0, 4)}, bytes(4))


@case()
def safetensors_lone_surrogate(tensors: Tensors) -> str:
    return raw({"\ud800": entry(0, 4)}, bytes(4))


@case()
def safetensors_long_name(tensors: Tensors) -> str:
    return raw({"a" * 10_000: entry(0, 4)}, bytes(4))


@case()
def safetensors_metadata(tensors: Tensors) -> str:
    return raw({"__metadata__": {"a": 1}})


@case()
def safetensors_extra_field(tensors: Tensors) -> str:
    return raw({"a": entry(0, 4) | {"comment": "?"}}, bytes(4))


# what does not fit the program


@case()
def bind_wrong_shape(tensors: Tensors) -> str:
    save_file(tensors | {"stem.weight": np.zeros((4, 3, 3, 3), np.float32)}, "net.safetensors")
    return "net.safetensors"


@case()
def bind_integers(tensors: Tensors) -> str:
    save_file(tensors | {"head.bias": np.zeros(5, np.int32)}, "net.safetensors")
    return "net.safetensors"


@case()
def bind_f64(tensors: Tensors) -> str:
    np.savez("net.npz", **(tensors | {"head.bias": np.zeros(5)}))
    return "net.npz"


@case()
def bind_f8(tensors: Tensors) -> str:
    data = sorted(tensors.items())
    header, end = {}, 0
    for name, array in data:
        size = array.size
        header[name] = entry(end, end + size, list(array.shape), "F8_E4M3")
        end += size
    return raw(header, bytes(end))


@case()
def bind_missing_tensor(tensors: Tensors) -> str:
    del tensors["bn.mean"]
    save_file(tensors, "net.safetensors")
    return "net.safetensors"


OF_STD = """\
import std.mobile { conv_bn }
block twice(x: tensor) -> tensor {
  return x |> conv_bn(4) |> conv_bn(4, kernel=1)
}
model Net() {
  input image: f32[N, 8, 8, 3]
  output y = image |> stem: twice()
}
"""


@case(program=OF_STD)
def bind_inside_std(tensors: Tensors) -> str:
    """The line that is shown first is the user's."""
    np.savez("net.npz", **{"stem.conv_bn.conv.weight": np.zeros((3, 3, 3, 4), np.float32)})
    return "net.npz"


@case(rename="features.0 = stem\nfeatures.1 = bn\nclassifier = head\n")
def bind_missing_variance(tensors: Tensors) -> str:
    """What is left of a batch norm is still one."""
    del tensors["bn.variance"]
    return torch_file(tensors)


@case()
def bind_missing_layer(tensors: Tensors) -> str:
    save_file({name.replace("head", "haed"): array for name, array in tensors.items()}, "net.safetensors")
    return "net.safetensors"


@case()
def bind_prefixed(tensors: Tensors) -> str:
    """As PyTorch's wrappers save it."""
    save_file({f"module.{name}": array for name, array in tensors.items() if "bn" not in name}, "net.safetensors")
    return "net.safetensors"


@case(rename="source mnet\nblock0 = sten\nblock1 = bm\nblock2 = hn\n")
def bind_hints_of_the_same_kind(tensors: Tensors) -> str:
    """`bn` is one letter from `hn`, but holds no dense layer."""
    names = {"stem": "block0", "bn": "block1", "head": "block2"}
    moved = {f"{names[layer]}.{slot}": array for name, array in tensors.items() for layer, slot in [name.split(".")]}
    save_file(moved, "net.safetensors")
    return "net.safetensors"


@case()
def bind_surplus(tensors: Tensors) -> str:
    extra = {"aux.weight": np.zeros((4, 2), np.float32), "stem.bias": np.zeros(4, np.float32)}
    save_file(tensors | extra, "net.safetensors")
    return "net.safetensors"


@case()
def bind_nan(tensors: Tensors) -> str:
    tensors["stem.weight"][0, 0, 0, :2] = np.nan
    save_file(tensors, "net.safetensors")
    return "net.safetensors"


@case()
def bind_infinity(tensors: Tensors) -> str:
    tensors["head.bias"][3] = -np.inf
    np.savez("net.npz", **tensors)
    return "net.npz"


@case()
def bind_negative_variance(tensors: Tensors) -> str:
    tensors["bn.variance"][1] = -1
    np.savez_compressed("net.npz", **tensors)
    return "net.npz"


MANY = """\
model Deep() {
  input image: f32[N, 8, 8, 3]
  x = image
  for i in 0..30 as layer { x = x |> conv2d(3) }
  output y = x
}
"""


@case(program=MANY)
def bind_everything_missing(tensors: Tensors) -> str:
    save_file({"layer0.conv2d.weight": np.zeros((3, 3, 3, 3), np.float32)}, "net.safetensors")
    return "net.safetensors"


# npz: zips and headers


def npy(header: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> str:
    with zipfile.ZipFile("net.npz", "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return "net.npz"


def patched(old: bytes, new: bytes, count: int = -1) -> str:
    path = Path("net.npz")
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, count))
    return "net.npz"


@case()
def npz_no_zip(tensors: Tensors) -> str:
    Path("net.npz").write_bytes(b"hello")
    return "net.npz"


@case()
def npz_truncated(tensors: Tensors) -> str:
    np.savez("net.npz", **tensors)
    path = Path("net.npz")
    path.write_bytes(path.read_bytes()[:-100])
    return "net.npz"


@case()
def npz_objects(tensors: Tensors) -> str:
    np.savez("net.npz", a=np.array([{"x": 1}], object))
    return "net.npz"


@case()
def npz_records(tensors: Tensors) -> str:
    np.savez("net.npz", a=np.zeros(2, [("x", "<f4"), ("y", "<i4")]))
    return "net.npz"


@case()
def npz_text(tensors: Tensors) -> str:
    np.savez("net.npz", a=np.array(["weights"]))
    return "net.npz"


@case()
def npz_no_array(tensors: Tensors) -> str:
    return archive({"a.npy": b"hello, this is text"})


@case()
def npz_other_member(tensors: Tensors) -> str:
    return archive({"readme.txt": b"hello"})


@case()
def npz_code_in_header(tensors: Tensors) -> str:
    return archive({"a.npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os').getpid(),)}")})


@case()
def npz_giant_header(tensors: Tensors) -> str:
    return archive({"a.npy": b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31)})


@case()
def npz_short_header(tensors: Tensors) -> str:
    return archive({"a.npy": b"\x93NUMPY\x01\x00" + struct.pack("<H", 500) + b"{'descr'"})


@case()
def npz_negative_size(tensors: Tensors) -> str:
    return archive({"a.npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", bytes(4))})


@case()
def npz_lying_shape(tensors: Tensors) -> str:
    return archive({"a.npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", bytes(4))})


@case()
def npz_bomb(tensors: Tensors) -> str:
    content = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}", bytes(2**24))
    return archive({"a.npy": content}, zipfile.ZIP_DEFLATED)


@case()
def npz_truthful_bomb(tensors: Tensors) -> str:
    """2**26 zeros, as the header says: refused for its shape, never inflated."""
    zeros = {name: np.zeros(2**24, np.float32) for name in ("head.weight",)}
    np.savez_compressed("net.npz", **(tensors | zeros))
    return "net.npz"


@case()
def npz_bad_checksum(tensors: Tensors) -> str:
    np.savez("stored.npz", **tensors)
    with zipfile.ZipFile("stored.npz") as stored:
        archive({name: stored.read(name) for name in stored.namelist()}, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile("net.npz") as made:
        crc = made.getinfo("stem.weight.npy").CRC
    return patched(struct.pack("<I", crc), struct.pack("<I", crc ^ 1))


@case()
def npz_encrypted(tensors: Tensors) -> str:
    archive({"a.npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", bytes(4))})
    patched(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00")
    return patched(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


@case()
def npz_packed_otherwise(tensors: Tensors) -> str:
    return archive({"a.npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", bytes(4))}, zipfile.ZIP_BZIP2)


@case()
def npz_same_name_twice(tensors: Tensors) -> str:
    np.savez("net.npz", aa=np.zeros(3, np.float32), bb=np.zeros(3, np.float32))
    return patched(b"bb.npy", b"aa.npy")


@case()
def npz_shared_bytes(tensors: Tensors) -> str:
    np.savez("net.npz", aa=np.zeros(3, np.float32), bb=np.zeros(3, np.float32))
    with zipfile.ZipFile("net.npz") as made:
        second = made.getinfo("bb.npy").header_offset
    content = Path("net.npz").read_bytes()
    at = content.index(struct.pack("<I", second) + b"bb.npy")
    Path("net.npz").write_bytes(content[:at] + struct.pack("<I", 0) + content[at + 4 :])
    return "net.npz"


# HDF5 and Keras


def weights_h5(layers: dict[str, list[np.ndarray]], path: str = "net.weights.h5") -> str:
    """As Keras 3 writes it."""
    with h5py.File(path, "w") as file:
        for group, variables in layers.items():
            made = file.create_group(f"layers/{group}/vars")
            made.attrs["name"] = f"my_{group}"
            for index, array in enumerate(variables):
                made[str(index)] = array
    return path


def keras_layers(tensors: Tensors) -> dict[str, list[np.ndarray]]:
    bn = [tensors[f"bn.{slot}"] for slot in ("gamma", "beta", "mean", "variance")]
    dense = [tensors["head.weight"], tensors["head.bias"]]
    return {"conv2d": [tensors["stem.weight"]], "batch_normalization": bn, "dense": dense}


@case()
def h5_no_hdf5(tensors: Tensors) -> str:
    Path("net.weights.h5").write_bytes(b"hello" * 100)
    return "net.weights.h5"


@case()
def h5_empty(tensors: Tensors) -> str:
    Path("net.weights.h5").touch()
    return "net.weights.h5"


@case()
def h5_truncated(tensors: Tensors) -> str:
    path = Path(weights_h5(keras_layers(tensors)))
    path.write_bytes(path.read_bytes()[:3000])
    return str(path)


@case()
def h5_soft_link(tensors: Tensors) -> str:
    path = weights_h5(keras_layers(tensors))
    with h5py.File(path, "a") as file:
        file["layers/conv2d_1/vars/0"] = h5py.SoftLink("/layers/conv2d/vars/0")
    return path


@case()
def h5_external_link(tensors: Tensors) -> str:
    path = weights_h5(keras_layers(tensors))
    with h5py.File(path, "a") as file:
        file["layers/conv2d_1/vars/0"] = h5py.ExternalLink("/etc/hostname", "/secret")
    return path


@case()
def h5_external_storage(tensors: Tensors) -> str:
    with h5py.File("net.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", (4, 5), "<f4", external=[("/etc/hostname", 0, 80)])
    return "net.weights.h5"


@case()
def h5_circle(tensors: Tensors) -> str:
    path = weights_h5(keras_layers(tensors))
    with h5py.File(path, "a") as file:
        file["layers/conv2d/again"] = file["layers"]
    return path


@case()
def h5_deep(tensors: Tensors) -> str:
    with h5py.File("net.weights.h5", "w") as file:
        file.create_group("/".join("g" * 50))
    return "net.weights.h5"


@case()
def h5_records(tensors: Tensors) -> str:
    layers = keras_layers(tensors)
    layers["dense"][0] = np.zeros((4, 5), [("x", "<f4")])
    return weights_h5(layers)


@case()
def h5_chunked_nan(tensors: Tensors) -> str:
    layers = keras_layers(tensors)
    bias = layers["dense"].pop()
    path = weights_h5(layers)
    with h5py.File(path, "a") as file:
        file.create_dataset("layers/dense/vars/1", data=bias * np.nan, compression="gzip")
    return path


@case()
def h5_other_width(tensors: Tensors) -> str:
    layers = keras_layers(tensors)
    layers["dense"][0] = np.zeros((4, 10), np.float32)
    layers["dense"][1] = np.zeros(10, np.float32)
    return weights_h5(layers)


@case()
def h5_input_normalisation(tensors: Tensors) -> str:
    statistics = [np.full(3, 0.5, np.float32), np.full(3, 0.25, np.float32), np.array(0, np.int64)]
    return weights_h5(keras_layers(tensors) | {"normalization": statistics})


def keras_zip(tensors: Tensors, config: bytes, method: int = zipfile.ZIP_STORED) -> str:
    inner = Path(weights_h5(keras_layers(tensors))).read_bytes()
    with zipfile.ZipFile("net.keras", "w") as made:
        made.writestr("config.json", config)
        made.writestr("model.weights.h5", inner, method)
    return "net.keras"


def keras_config(**batch_norm: float) -> bytes:
    """A chain of the three layers of `keras_layers`."""
    chain = [("InputLayer", "image"), ("Conv2D", "my_conv2d"), ("BatchNormalization", "my_batch_normalization")]
    layers, before = [], None
    for kind, name in [*chain, ("Dense", "my_dense")]:
        history = {"class_name": "__keras_tensor__", "config": {"keras_history": [before, 0, 0]}}
        config = {"name": name} | (batch_norm if kind == "BatchNormalization" else {})
        nodes = [{"args": [history], "kwargs": {}}] if before else []
        layers.append({"class_name": kind, "config": config, "inbound_nodes": nodes})
        before = name
    return json.dumps({"config": {"layers": layers}}).encode()


@case()
def keras_no_weights(tensors: Tensors) -> str:
    with zipfile.ZipFile("net.keras", "w") as made:
        made.writestr("config.json", b"{}")
    return "net.keras"


@case()
def keras_no_zip(tensors: Tensors) -> str:
    Path(weights_h5(keras_layers(tensors))).rename("net.keras")
    return "net.keras"


@case()
def keras_config_no_json(tensors: Tensors) -> str:
    return keras_zip(tensors, b"{")


@case()
def keras_config_of_nothing(tensors: Tensors) -> str:
    return keras_zip(tensors, b'{"config": 3}')


@case()
def keras_config_deep(tensors: Tensors) -> str:
    return keras_zip(tensors, b"[" * 10**6)


@case()
def keras_compressed(tensors: Tensors) -> str:
    return keras_zip(tensors, keras_config(), zipfile.ZIP_DEFLATED)


@case()
def keras_weights_that_are_none(tensors: Tensors) -> str:
    with zipfile.ZipFile("net.keras", "w") as made:
        made.writestr("config.json", keras_config())
        made.writestr("model.weights.h5", io.BytesIO(b"hello" * 100).getvalue())
    return "net.keras"


@case()
def keras_epsilon(tensors: Tensors) -> str:
    return keras_zip(tensors, keras_config(epsilon=1.001e-5))


TWINS = """\
model Twins() {
  input image: f32[N, 8, 8, 3]
  a = image |> left: conv2d(4, bias=false)
  b = image |> right: conv2d(4, bias=false)
  output y = (a + b) |> last: conv2d(4, bias=false)
}
"""


@case(program=TWINS)
def align_ambiguous(tensors: Tensors) -> str:
    kernel = np.zeros((3, 3, 3, 4), np.float32)
    return weights_h5({"conv2d": [kernel], "conv2d_1": [kernel], "conv2d_2": [np.zeros((3, 3, 4, 4), np.float32)]})


@case(program=TWINS)
def align_too_few(tensors: Tensors) -> str:
    return weights_h5({"conv2d": [np.zeros((3, 3, 3, 4), np.float32)]})


@case(program=TWINS)
def align_without_an_order(tensors: Tensors) -> str:
    """The names of a safetensors file have no order that means anything."""
    kernel, last = np.zeros((4, 3, 3, 3), np.float32), np.zeros((4, 4, 3, 3), np.float32)
    save_file(
        {"a.weight": kernel, "b.weight": kernel, "c.weight": last, "bn.running_mean": last[0, 0, 0]}, "t.safetensors"
    )
    return "t.safetensors"


# orders


EXPANDED = """\
import std.mobile { conv_bn, depthwise_bn }
model Expanded() {
  input x: f32[1, 8, 8, 4]
  for i in 0..2 as block { x = x |> exp: conv_bn(16, kernel=1) |> dw: depthwise_bn(3) |> proj: conv_bn(4, kernel=1) }
  output y = x
}
"""


def expanded() -> Tensors:
    """In the order that EXPANDED runs, with names that sort otherwise."""
    tensors = {}
    for block in range(2):
        for name, kernel in [("pw_exp", (16, 4, 1, 1)), ("dw_mid", (16, 1, 3, 3)), ("pw_proj", (4, 16, 1, 1))]:
            layer = f"b.{block}.{name}"
            tensors[f"{layer}.0.weight"] = np.zeros(kernel, np.float32)
            for slot in ("weight", "bias", "running_mean", "running_var"):
                tensors[f"{layer}.1.{slot}"] = np.ones(kernel[0], np.float32)
    return tensors


@case(program=EXPANDED, rename="order natural\n")
def order_natural_refuted(tensors: Tensors) -> str:
    """The convolutions are told apart by shape; the normalisations would be swapped."""
    np.savez("net.npz", **expanded())
    return "net.npz"


@case(program=EXPANDED, rename="order natural\nb.{i}.pw_exp.0 = block{i}.exp.conv\nb.{i}.dw_mid.0 = block{i}.dw.conv\n")
def order_natural_refuted_by_rules(tensors: Tensors) -> str:
    np.savez("net.npz", **expanded())
    return "net.npz"


@case(program=EXPANDED, rename="order file\n")
def order_file_refuted(tensors: Tensors) -> str:
    np.savez("net.npz", **dict(sorted(expanded().items())))
    return "net.npz"


# rename files


def torch_file(tensors: Tensors) -> str:
    renamed = {
        "features.0.weight": np.ascontiguousarray(tensors["stem.weight"].transpose(3, 2, 0, 1)),
        "features.1.weight": tensors["bn.gamma"],
        "features.1.bias": tensors["bn.beta"],
        "features.1.running_mean": tensors["bn.mean"],
        **({"features.1.running_var": tensors["bn.variance"]} if "bn.variance" in tensors else {}),
        "features.1.num_batches_tracked": np.array(3),
        "classifier.weight": np.ascontiguousarray(tensors["head.weight"].T),
        "classifier.bias": tensors["head.bias"],
    }
    save_file(renamed, "torch.safetensors")
    return "torch.safetensors"


@case(rename="features.0 = stem\nfeatures.1 = bn\n")
def rename_without_the_prefix(tensors: Tensors) -> str:
    stored = load_file(torch_file(tensors))
    save_file({f"module.{name}": array for name, array in stored.items()}, "torch.safetensors")
    return "torch.safetensors"


def rename_case(name: str, rename: str) -> None:
    CASES[name] = Case(torch_file, rename=rename)


rename_case("rename_no_line", "sorce torch\nfeatures.0 -> stem\n= stem\n")
rename_case(
    "rename_unknown_words", "source pytorch\norder random\ncast f32\nlayout convolution = OIHW\nlayout conv = HWOI\n"
)
rename_case("rename_unknown_tensor", "tensor scale = gama\n")
rename_case("rename_epsilon_no_number", "epsilon batch_norm = small\nepsilon bn = 1e-5\nepsilon batch_norm = 2\n")
rename_case("rename_captures", "a.{i}.{i} = b\nfeatures.{i = stem\nfeatures.{i} = stem{j}\nfeatures.{i} = stem{i\n")
rename_case("rename_matches_nothing", "feature.0 = stem   # should be features.0\nignore aux.*\n")
rename_case("rename_no_such_layer", "features.0 = stm\nfeatures.1 = bn\n")
rename_case("rename_twice", "features.0 = stem\nfeatures.{i} = stem\n")
rename_case("rename_counts_words", "{name} = head{name+1}\n")
rename_case("rename_wrong_kind", "features.0 = head\nclassifier = stem\n")
rename_case("rename_wrong_layout", "source mnet\nfeatures.0 = stem\n")
rename_case("rename_epsilon", "source torch\nepsilon batch_norm = 1e-5\n")
rename_case("rename_too_long", "# " + "x" * 2**20 + "\n")
rename_case("rename_same_place", "features.0.weight = head.weight\nclassifier.weight = head.weight\n")
