"""ONNX Runtime, which reads ONNX files back: results, intermediate results, latency. Imported only when it is used.

Tensors go in and come out as the program has them, NHWC, whatever their layout in the file is.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ...compiler.arrays import numpy_dtype
from ...compiler.data import Array
from ...compiler.types import Shape
from ...dsl.dtypes import DType
from ...dsl.record import record
from ..runtimes import Model, median_seconds, not_installed, reported
from .layouts import Layout, as_written, moves, usual
from .messages import GRAPH_OUTPUT, GRAPH_VALUE_INFO, MODEL_GRAPH
from .model import LAYOUTS_KEY, NAMES_KEY
from .wire import chunk, fields


def run(model: Model, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
    """The outputs by name, from the inputs by name; any batch where that is open.

    Raises DiagnosticError where ONNX Runtime is not installed, or does not take the model or the inputs.
    """
    return _open(model, model, threads).run(inputs)


def run_all(model: Model, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
    """The outputs, and every computed value of the IR by its name there. Raises as `run`."""
    content = model if isinstance(model, bytes) else _read(Path(model))
    with _reported(model):
        content += _more_outputs(content)
    session = _open(model, content, threads)
    results = session.run(inputs)
    return results | {own: results[name] for name, own in session.named.items()}


def input_shapes(model: Model) -> dict[str, Shape]:
    """The shapes of the inputs by name; a size that is open is a name or "?". Raises as `run`."""
    session = _open(model, model, 1)
    with _reported(model):
        return {each.name: session.shape(each.name, each.shape) for each in session.inference.get_inputs()}


def latency(model: Model, runs: int = 50, warmup: int = 5, threads: int = 1) -> float:
    """The median time of one inference in seconds, at batch 1 on seeded random inputs. Raises as `run`."""
    session = _open(model, model, threads)
    random = np.random.default_rng(0)
    feed = {each.name: _random(random, each.type, each.shape) for each in session.inference.get_inputs()}
    with _reported(model):
        return median_seconds(lambda: session.inference.run(None, feed), runs, warmup)


@record
class _Session:
    """A loaded model, and how its tensors differ from the program's: `named` and `layouts` as in `Lowered`."""

    model: Model
    inference: Any
    named: Mapping[str, str]
    layouts: Mapping[str, Layout]

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        names = [each.name for each in self.inference.get_outputs()]
        with _reported(self.model):
            feed = {name: self._to_file(name, array) for name, array in inputs.items()}
            results = self.inference.run(names, feed)
            return {name: self._from_file(name, array) for name, array in zip(names, results, strict=True)}

    def shape(self, name: str, sizes: Sequence[int | str | None]) -> Shape:
        """A shape of the file as the program has it."""
        known = ["?" if size is None else size for size in sizes]
        return tuple(known[axis] for axis in moves(self._layout(name, len(sizes)), as_written(len(sizes))))

    def _to_file(self, name: str, array: Array) -> Array:
        return np.ascontiguousarray(array.transpose(self._layout(name, array.ndim)))

    def _from_file(self, name: str, array: Array) -> Array:
        return array.transpose(moves(self._layout(name, array.ndim), as_written(array.ndim)))

    def _layout(self, name: str, rank: int) -> Layout:
        layout = self.layouts.get(name, usual(rank))
        return layout if len(layout) == rank else as_written(rank)


def _open(model: Model, content: Model, threads: int) -> _Session:
    """Loads `content`, which is that of `model` or makes more of it."""
    runtime = _onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4
    if isinstance(content, bytes) and not isinstance(model, bytes):
        options.add_session_config_entry(_DATA_FOLDER, str(Path(model).resolve().parent))
    with _reported(model):
        source = content if isinstance(content, bytes) else str(content)
        inference = runtime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        metadata = inference.get_modelmeta().custom_metadata_map
        layouts = json.loads(metadata.get(LAYOUTS_KEY, "{}"))
        named = json.loads(metadata.get(NAMES_KEY, "{}"))
        return _Session(model, inference, named, {name: tuple(layout) for name, layout in layouts.items()})


_DATA_FOLDER = "session.model_external_initializers_file_folder_path"


def _more_outputs(model: bytes) -> bytes:
    """What makes every described value an output when it is appended: protobuf joins both parts of the graph."""
    graphs = (content for field, content in fields(memoryview(model)) if field == MODEL_GRAPH)
    values = (
        bytes(content)
        for graph in graphs
        if isinstance(graph, memoryview)
        for field, content in fields(graph)
        if field == GRAPH_VALUE_INFO and isinstance(content, memoryview)
    )
    return chunk(MODEL_GRAPH, b"".join(chunk(GRAPH_OUTPUT, value) for value in values))


_DTYPES = {
    "tensor(float)": DType.F32,
    "tensor(float16)": DType.F16,
    "tensor(bfloat16)": DType.BF16,
    "tensor(bool)": DType.BOOL,
    "tensor(uint8)": DType.U8,
    "tensor(int8)": DType.I8,
    "tensor(int16)": DType.I16,
    "tensor(int32)": DType.I32,
    "tensor(int64)": DType.I64,
}


def _random(random: np.random.Generator, type_: str, shape: list[int | str | None]) -> Array:
    values = random.uniform(0, 1, [dim if isinstance(dim, int) else 1 for dim in shape])
    return values.astype(numpy_dtype(_DTYPES[type_]))


def _read(path: Path) -> bytes:
    with _reported(path):
        return path.read_bytes()


def _onnxruntime() -> ModuleType:
    try:
        import onnxruntime  # noqa: PLC0415  # slow to import, and not always installed
    except ImportError as missing:
        raise not_installed("ONNX Runtime", "ONNX models", "onnxruntime") from missing
    return onnxruntime  # type: ignore[no-any-return]  # it ships no types


def _reported(model: Model) -> contextlib.AbstractContextManager[None]:
    """ONNX Runtime's exceptions have no common base below Exception."""
    return reported("ONNX Runtime", model, (Exception,))
