"""Our HDF5 reader against h5py, which writes the files."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnet.compiler.weights.hdf5 import Window, opened_h5
from mnet.compiler.weights.storage import Stored
from mnet.dsl.diagnostics import DiagnosticError

PATH = "file.h5"
TYPES = ["<f2", "<f4", ">f4", "<f8", ">f8", "<i4", ">i2", "u1", "i1", "<i8"]

by_the_hundred = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def datasets() -> dict[str, Stored]:
    with opened_h5(Window(PATH, 0, Path(PATH).stat().st_size)) as file:
        return file.datasets()


arrays = st.sampled_from(TYPES).flatmap(
    lambda dtype: hnp.arrays(np.dtype(dtype), hnp.array_shapes(max_dims=4, max_side=7))
)
storage = st.sampled_from(
    [{}, {"chunks": True}, {"compression": "gzip"}, {"compression": "gzip", "shuffle": True}, {"shuffle": True}]
)


@by_the_hundred
@given(st.lists(st.tuples(arrays, storage), min_size=1, max_size=12), st.sampled_from(["earliest", "v108"]))
def test_reads_what_h5py_writes(contents, version):
    with h5py.File(PATH, "w", libver=(version, "latest")) as file:
        for index, (array, options) in enumerate(contents):
            chunked = options if version == "earliest" else {}  # later versions index chunks otherwise
            file.create_dataset(f"group{index % 4}/{index}", data=array, **chunked)
    found = datasets()
    assert len(found) == len(contents)
    for index, (array, _) in enumerate(contents):
        data = found[f"group{index % 4}/{index}"].data
        np.testing.assert_array_equal(data.read(), rounded(array))


def rounded(array: np.ndarray) -> np.ndarray:
    """f64 is not ours and comes as f32."""
    with np.errstate(over="ignore"):
        return array.astype("<f4") if array.dtype.kind == "f" and array.dtype.itemsize == 8 else array


def test_many_groups_need_a_tree_of_several_levels():
    with h5py.File(PATH, "w") as file:
        for index in range(2000):
            file[f"layers/conv2d_{index}/vars/0"] = np.float32([index])
    found = datasets()
    assert len(found) == 2000
    assert found["layers/conv2d_1234/vars/0"].data.read() == [1234]


def test_contiguous_datasets_are_mapped():
    with h5py.File(PATH, "w") as file:
        file["a"] = np.arange(6, dtype=np.float32)
    assert isinstance(datasets()["a"].data.read(), np.memmap)


def test_chunks_that_reach_beyond_the_end():
    array = np.arange(70, dtype=np.float32).reshape(7, 10)
    with h5py.File(PATH, "w") as file:
        file.create_dataset("a", data=array, chunks=(4, 6))
    np.testing.assert_array_equal(datasets()["a"].data.read(), array)


def test_a_compact_dataset():
    with h5py.File(PATH, "w") as file:
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((3,))
        made = h5py.h5d.create(file.id, b"a", h5py.h5t.IEEE_F32BE, space, creation)
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.float32([1, 2, 3]))
    np.testing.assert_array_equal(datasets()["a"].data.read(), np.float32([1, 2, 3]))


@pytest.mark.parametrize("names", [["one", "zwei", "três"], [], ["x" * 3000]])
def test_texts_of_any_length(names):
    with h5py.File(PATH, "w") as file:
        file.create_group("g").attrs["names"] = names
    with opened_h5(Window(PATH, 0, Path(PATH).stat().st_size)) as file:
        assert file.texts("g", "names") == names
        assert file.texts("g", "other") is None


def test_texts_of_one_length_and_spread_over_attributes():
    with h5py.File(PATH, "w") as file:
        file.attrs["names0"] = np.array([b"a", b"bcd"])
        file.attrs["names1"] = np.array([b"e"])
        file.attrs["config"] = "{}"
    with opened_h5(Window(PATH, 0, Path(PATH).stat().st_size)) as file:
        assert file.texts("", "names") == ["a", "bcd", "e"]
        assert file.text("", "config") == "{}"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"compression": "lzf"}, "compressed otherwise"),
        ({"fletcher32": True}, "compressed otherwise"),
        ({"maxshape": (None,), "chunks": (512,)}, "has chunks"),
    ],
)
def test_what_is_refused(options, says):
    with h5py.File(PATH, "w") as file:
        file.create_dataset("a", data=np.zeros(100, np.float32), **options)
    with pytest.raises(DiagnosticError, match=says):
        datasets()


def test_a_dataset_that_lacks_chunks():
    with h5py.File(PATH, "w") as file:
        file.create_dataset("a", (100,), "<f4", chunks=(10,))[:10] = 1
    with pytest.raises(DiagnosticError, match="lacks 9 of its chunks"):
        datasets()["a"].data.read()


def test_a_group_with_a_fractal_heap():
    with h5py.File(PATH, "w", track_order=True) as file:
        for index in range(20):
            file[str(index)] = np.zeros(3, np.float32)
    with pytest.raises(DiagnosticError, match="fractal heap"):
        datasets()


def sample(path: str) -> bytes:
    with h5py.File(path, "w") as file:
        for index in range(12):
            group = file.create_group(f"layers/conv2d_{index}/vars")
            group.attrs["name"] = f"layer{index}"
            group["0"] = np.ones((3, 3), np.float32)
        file.create_dataset("packed", data=np.ones((20, 20), np.float32), compression="gzip", shuffle=True)
    return Path(path).read_bytes()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_files_never_do_worse_than_a_diagnostic(data):
    content = bytearray(sample("sample.h5"))
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position] = data.draw(st.sampled_from([0, 1, 255]) | st.integers(0, 255))
    Path(PATH).write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    try:
        with opened_h5(Window(PATH, 0, Path(PATH).stat().st_size)) as file:
            for index in range(12):
                file.text(f"layers/conv2d_{index}/vars", "name")
            found = file.datasets()
        for stored in found.values():
            if stored.data is not None and stored.data.nbytes < 2**20:
                stored.data.read()
    except DiagnosticError:
        pass
