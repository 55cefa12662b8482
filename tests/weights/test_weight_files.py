"""safetensors and npz: round trips with their writers, and files that were changed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save, save_file

from mnet.compiler.weights import open_checkpoint
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.dtypes import DType

TYPES = ["<f2", "<f4", "<i4", "<i8", "<i2", "i1", "u1", "?"]
names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)
arrays = st.sampled_from(TYPES).flatmap(
    lambda dtype: hnp.arrays(np.dtype(dtype), hnp.array_shapes(min_dims=0, max_dims=5, max_side=5))
)
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: str) -> dict[str, np.ndarray]:
    return {name: stored.data.read() for name, stored in open_checkpoint(Path(path)).tensors.items()}


def assert_equal(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@some
@given(st.dictionaries(names, arrays, max_size=6))
def test_safetensors_round_trip(tensors):
    save_file(tensors, "a.safetensors")
    assert_equal(read("a.safetensors"), tensors)


def test_safetensors_metadata_and_bfloat16():
    tensors = {"x": np.arange(6).astype(ml_dtypes.bfloat16)}
    save_file(tensors, "a.safetensors", metadata={"format": "np"})
    checkpoint = open_checkpoint(Path("a.safetensors"))
    assert checkpoint.metadata == {"format": "np"}
    assert checkpoint.tensors["x"].data.dtype is DType.BF16
    assert_equal(read("a.safetensors"), tensors)


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
@some
@given(tensors=st.dictionaries(st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5})?", fullmatch=True), arrays, max_size=5))
def test_npz_round_trip(write, order, tensors):
    write("a.npz", **{f"_{name}": np.asarray(array, order=order) for name, array in tensors.items()})
    assert_equal(read("a.npz"), {f"_{name}": array for name, array in tensors.items()})


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_npz_of_another_byte_order(write):
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    write("a.npz", a=array.astype(">f4"), b=np.asfortranarray(array.astype(">i2")))
    assert_equal(read("a.npz"), {"a": array, "b": array.astype("<i2")})


def test_npz_of_f64_is_rounded_and_says_so():
    np.savez("a.npz", a=np.array([1 / 3]))
    stored = open_checkpoint(Path("a.npz")).tensors["a"]
    assert stored.element == "f64"
    assert stored.data.read() == np.float32(1 / 3)


def test_members_that_are_stored_are_mapped():
    np.savez("a.npz", a=np.arange(100, dtype=np.float32))
    assert isinstance(read("a.npz")["a"], np.memmap)


def still_reads(path: str) -> None:
    """Opens a file and reads what it holds: fine, or a diagnostic."""
    try:
        tensors = open_checkpoint(Path(path)).tensors
    except DiagnosticError:
        return
    for stored in tensors.values():
        if stored.data is not None and stored.data.nbytes < 2**20:
            try:
                stored.data.read()
            except DiagnosticError:
                continue


def changed(data: st.DataObject, content: bytes, where: int) -> bytes:
    """A few bytes among the first `where`, or the last, are others; perhaps the end is missing."""
    mutated = bytearray(content)
    for _ in range(data.draw(st.integers(1, 5))):
        position = data.draw(
            st.integers(0, min(where, len(mutated)) - 1) | st.integers(max(0, len(mutated) - where), len(mutated) - 1)
        )
        mutated[position] = data.draw(st.sampled_from(b'\0\x01\xff"{}[]0919,') | st.integers(0, 255))
    return bytes(mutated[: data.draw(st.just(len(mutated)) | st.integers(0, len(mutated)))])


@many
@given(data=st.data())
def test_changed_safetensors_never_do_worse_than_a_diagnostic(data):
    tensors = {"layer.weight": np.ones((3, 4), np.float32), "layer.bias": np.ones(4, np.float16)}
    Path("a.safetensors").write_bytes(changed(data, save(tensors), 200))
    still_reads("a.safetensors")


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
@many
@given(data=st.data())
def test_changed_npz_never_do_worse_than_a_diagnostic(write, data):
    write("whole.npz", a=np.ones((3, 4), np.float32), b=np.ones(4, np.int8))
    Path("a.npz").write_bytes(changed(data, Path("whole.npz").read_bytes(), 400))
    still_reads("a.npz")


@some
@given(st.binary(max_size=300))
def test_npy_headers_of_any_bytes(header):
    with zipfile.ZipFile("a.npz", "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    still_reads("a.npz")
