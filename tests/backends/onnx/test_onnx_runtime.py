"""Reading artefacts back: every value of the IR, the time it takes, and what is said when it fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnet.backends.onnx import runtime
from mnet.compiler.evaluate import evaluate_nodes
from mnet.dsl.diagnostics import DiagnosticError


def network(n: Any) -> Any:
    x = n("conv2d", n.input("N", 6, 6, 3, name="image"), n.normal(3, 3, 3, 4), activation="relu", path="conv")
    a, b = n("split", x, axis=3, sizes=(1, 3), path="halves")
    x = n("reshape", n("concat", b, a, axis=3, path="joined"), shape=("N", 16, 4), path="rows")
    return n.graph(n("softmax", x, axis=2, path="shares"), b)


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_every_value_can_be_compared_with_the_evaluator(layout: str, net: Any, write: Any, images: Any) -> None:
    graph = network(net)
    inputs = images(graph)
    results = runtime.run_all(write(graph, layout=layout), inputs)
    for node, expected in evaluate_nodes(graph, inputs):
        for value, array in zip(node.outputs, expected, strict=True):
            np.testing.assert_allclose(results[value.name], array, rtol=1e-5, atol=1e-5, err_msg=value.name)


def test_latency_is_measured_at_batch_one(net: Any, write: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(write(network(net)))
    assert 0 < runtime.latency(path, runs=3, warmup=1) < 1


@pytest.mark.parametrize("content", [b"", b"no model", b"\x3a\x05"])
def test_what_is_no_model_is_reported(content: bytes) -> None:
    for read in (runtime.run, runtime.run_all):
        with pytest.raises(DiagnosticError, match="E0804: ONNX Runtime can't run the model: "):
            read(content, {})


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    for read in (runtime.run, runtime.run_all):
        with pytest.raises(DiagnosticError, match=r"E0804: ONNX Runtime can't run `.*none\.onnx`: "):
            read(tmp_path / "none.onnx", {})


@pytest.mark.parametrize(
    "inputs", [{}, {"picture": 0}, {"image": np.zeros((1, 6, 3), "f")}, {"image": np.zeros((1, 6, 6, 3))}]
)
def test_wrong_inputs_are_reported(inputs: Any, net: Any, write: Any) -> None:
    with pytest.raises(DiagnosticError, match="E0804"):
        runtime.run(write(network(net)), {name: np.asarray(value) for name, value in inputs.items()})


def test_a_missing_runtime_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DiagnosticError) as raised:
        runtime.run(b"", {})
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.code.id == "E0803"
    assert diagnostic.hint == "pip install 'mnet-compiler[onnxruntime]'"
