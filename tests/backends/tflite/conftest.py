"""What the tests of the TFLite backend share: writing a graph, reading the file with others' code, comparing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from mnet.backends.base import Provenance
from mnet.backends.tflite import TFLite
from mnet.compiler.arrays import numpy_dtype
from mnet.compiler.evaluate import evaluate
from mnet.compiler.ir import Graph

PROVENANCE = Provenance("0.1.0", "0123abcd", (("target", "tflite"), ("batch", "None")))
RESOLVERS = (OpResolverType.AUTO, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)


def _write(graph: Graph, **options: Any) -> bytes:
    backend = TFLite(**options)
    assert backend.check(graph) == []
    file = io.BytesIO()
    backend.write(graph, file, PROVENANCE)
    return file.getvalue()


@pytest.fixture
def write() -> Callable[..., bytes]:
    return _write


def _parse(content: bytes) -> Any:
    return schema.ModelT.InitFromPackedBuf(content, 0)


@pytest.fixture
def parse() -> Callable[[bytes], Any]:
    """A file through the generated reader of TFLite's own schema."""
    return _parse


def _operator_names(content: bytes) -> list[str]:
    model = _parse(content)
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    codes = [names[code.builtinCode] for code in model.operatorCodes]
    return [codes[operator.opcodeIndex] for operator in model.subgraphs[0].operators]


@pytest.fixture
def operator_names() -> Callable[[bytes], list[str]]:
    return _operator_names


def random_inputs(graph: Graph, batch: int) -> dict[str, Any]:
    random = np.random.default_rng(1)
    feeds = {}
    for value in graph.inputs:
        shape = [batch if isinstance(dim, str) else dim for dim in value.type.shape]
        feeds[value.name] = (random.standard_normal(shape) * 3).astype(numpy_dtype(value.type.dtype))
    return feeds


@pytest.fixture
def agrees() -> Callable[..., bytes]:
    """Writes a graph; LiteRT with and without XNNPACK must give what the evaluator gives, at batch 3."""

    def agrees(graph: Graph, batch: int = 3, tolerance: float = 1e-5) -> bytes:
        content = _write(graph)
        feeds = random_inputs(graph, batch)
        expected = evaluate(graph, feeds)
        for resolver in RESOLVERS:
            runner = Interpreter(model_content=content, experimental_op_resolver_type=resolver).get_signature_runner()
            results = runner(**feeds)
            assert results.keys() == expected.keys()
            for name, array in expected.items():
                assert results[name].dtype == array.dtype
                scale = max(1.0, float(np.abs(array).max()))
                np.testing.assert_allclose(results[name], array, rtol=0, atol=tolerance * scale)
        return content

    return agrees
