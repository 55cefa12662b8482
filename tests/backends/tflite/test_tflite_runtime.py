"""Reading files back with LiteRT."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from mnet.backends.codes import MISSING_RUNTIME, RUNTIME_FAILED
from mnet.backends.tflite import runtime
from mnet.compiler.evaluate import evaluate, evaluate_nodes
from mnet.dsl.diagnostics import DiagnosticError


@pytest.fixture
def graph(net):
    x = net.input("N", 8, 8, 3, name="image")
    y = net("conv2d", x, net.normal(3, 3, 3, 4), net.normal(4), path="stem", padding=((1, 1), (1, 1)))
    y = net("hard_swish", y, path="act")
    return net.graph(net("dense", net("mean", y, axes=(1, 2), path="pool"), net.normal(4, 5), path="head"))


@pytest.fixture
def image(net):
    return net.normal(3, 8, 8, 3)


def test_run(graph, image, write, tmp_path):
    (tmp_path / "net.tflite").write_bytes(write(graph))
    expected = evaluate(graph, {"image": image})
    for model in (write(graph), tmp_path / "net.tflite", str(tmp_path / "net.tflite")):
        results = runtime.run(model, {"image": image}, threads=2)
        assert results.keys() == {"y"}
        np.testing.assert_allclose(results["y"], expected["y"], atol=1e-5)


def test_run_all_gives_every_intermediate_result_by_its_path(graph, image, write):
    results = runtime.run_all(write(graph), {"image": image})
    expected = {node.path: arrays[0] for node, arrays in evaluate_nodes(graph, {"image": image})}
    assert results.keys() == {"stem", "act", "pool", "head"}
    for name, array in expected.items():
        np.testing.assert_allclose(results[name], array, atol=1e-5)


def test_latency_is_a_positive_number_of_seconds(graph, write):
    assert 0 < runtime.latency(write(graph), runs=3, warmup=1) < 10


def failure(call) -> tuple[str, str]:
    with pytest.raises(DiagnosticError) as caught:
        call()
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.code, diagnostic.message


def test_a_truncated_file(graph, write, tmp_path):
    path = tmp_path / "net.tflite"
    path.write_bytes(write(graph)[:-64])
    code, message = failure(lambda: runtime.run(path, {}))
    assert code is RUNTIME_FAILED
    assert message.startswith(f"LiteRT can't run `{path}`: ")


def test_a_file_that_is_not_there(tmp_path):
    assert failure(lambda: runtime.latency(tmp_path / "none.tflite"))[0] is RUNTIME_FAILED


def test_wrong_inputs(graph, image, write):
    assert failure(lambda: runtime.run(write(graph), {"picture": image}))[0] is RUNTIME_FAILED
    assert failure(lambda: runtime.run(write(graph), {"image": image[..., :2]}))[0] is RUNTIME_FAILED


def test_without_litert(graph, write, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    with pytest.raises(DiagnosticError) as caught:
        runtime.run(write(graph), {})
    assert caught.value.diagnostics[0].code is MISSING_RUNTIME
    assert "mnet-compiler[litert]" in (caught.value.diagnostics[0].hint or "")
