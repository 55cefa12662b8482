"""What every test of the ONNX backend does: write, have ONNX's own checker look at it, read back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest

from mnet.backends.base import Provenance
from mnet.backends.onnx import Onnx, runtime
from mnet.compiler.arrays import numpy_dtype
from mnet.compiler.evaluate import evaluate
from mnet.compiler.ir import Graph

PROVENANCE = Provenance("1.2.3", "5ca1ab1e", (("width", "0.75"),))


def write(graph: Graph, **options: Any) -> bytes:
    backend = Onnx(**options)
    assert not backend.check(graph)
    file = io.BytesIO()
    backend.write(graph, file, PROVENANCE)
    return file.getvalue()


def checked(graph: Graph, **options: Any) -> onnx.ModelProto:
    model = onnx.load_model_from_string(write(graph, **options))
    onnx.checker.check_model(model, full_check=True)
    return model


def images(graph: Graph, batch: int = 2, seed: int = 1) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    shapes = {v.name: [d if isinstance(d, int) else batch for d in v.type.shape] for v in graph.inputs}
    dtypes = {v.name: numpy_dtype(v.type.dtype) for v in graph.inputs}
    return {name: (random.standard_normal(shape) * 3).astype(dtypes[name]) for name, shape in shapes.items()}


def compare(graph: Graph, batch: int = 2, **options: Any) -> onnx.ModelProto:
    """Writes, checks and runs; the results are the evaluator's."""
    model = checked(graph, **options)
    inputs = images(graph, batch)
    results = runtime.run(model.SerializeToString(), inputs)
    for name, expected in evaluate(graph, inputs).items():
        assert results[name].dtype == expected.dtype
        np.testing.assert_allclose(results[name], expected, rtol=1e-5, atol=1e-5)
    return model


@pytest.fixture(name="write", scope="session")
def _write() -> Callable[..., bytes]:
    return write


@pytest.fixture(name="checked", scope="session")
def _checked() -> Callable[..., onnx.ModelProto]:
    return checked


@pytest.fixture(name="compare", scope="session")
def _compare() -> Callable[..., onnx.ModelProto]:
    return compare


@pytest.fixture(name="images", scope="session")
def _images() -> Callable[..., dict[str, Any]]:
    return images
