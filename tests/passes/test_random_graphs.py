"""What every pass promises, on random graphs: equal numbers, valid graphs, the input untouched, no weight read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnet.compiler.data import ArrayData, TensorData
from mnet.compiler.evaluate import evaluate
from mnet.compiler.initializers import Initialized, Written
from mnet.compiler.ir import Graph
from mnet.compiler.irtext import parse_graph, print_graph
from mnet.compiler.verify import verify
from mnet.dsl.diagnostics import Severity
from mnet.dsl.dtypes import DType
from mnet.passes import PASSES, STANDARD, parse_pipeline, run_pipeline

SETTINGS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
EVERYTHING = ",".join((*STANDARD, "lower-bn", "fuse-activations", "simplify"))
PIPELINES = [*PASSES, EVERYTHING]


def errors(graph: Graph) -> list[str]:
    return [found.message for found in verify(graph) if found.severity is Severity.ERROR]


def image(graph: Graph) -> dict[str, np.ndarray]:
    (value,) = graph.inputs
    shape = [3 if isinstance(dim, str) else dim for dim in value.type.shape]
    return {value.name: np.random.default_rng(7).normal(size=shape).astype(np.float32)}


def assert_same_numbers(graph: Graph, expected: Graph) -> None:
    found, wanted = evaluate(graph, image(expected)), evaluate(expected, image(expected))
    assert list(found) == list(wanted)
    for name, array in wanted.items():
        finite = np.abs(array[np.isfinite(array)])
        np.testing.assert_allclose(found[name], array, rtol=1e-4, atol=1e-4 * max(1.0, finite.max(initial=0)))


@pytest.mark.parametrize("pipeline", PIPELINES)
@SETTINGS
@given(data=st.data())
def test_a_pass_keeps_numbers_and_validity(graphs, pipeline, data):
    graph = data.draw(graphs)
    before = print_graph(graph)
    assert errors(graph) == []
    result = run_pipeline(graph, parse_pipeline(pipeline), verify_each=True)
    assert_same_numbers(result.graph, graph)
    assert print_graph(graph) == before
    assert result.graph.inputs == graph.inputs
    assert [output.name for output in result.graph.outputs] == [output.name for output in graph.outputs]


@pytest.mark.parametrize("pipeline", PASSES)
@SETTINGS
@given(data=st.data())
def test_a_second_run_changes_nothing(graphs, pipeline, data):
    (once,) = parse_pipeline(pipeline)
    graph = once.run(data.draw(graphs)).graph
    again = once.run(graph)
    assert again.changes == ()
    assert again.graph is graph


@dataclass(frozen=True, eq=False)
class Unreadable(TensorData):
    dtype: DType
    shape: tuple[int, ...]

    def read(self):
        raise AssertionError("a pass has read a weight")


@SETTINGS
@given(data=st.data())
def test_no_pass_reads_a_weight(graphs, data):
    graph = data.draw(graphs)
    parameters = {
        name: replace(parameter, data=Unreadable(parameter.data.dtype, parameter.data.shape))
        for name, parameter in graph.parameters.items()
        if not isinstance(parameter.data, Written)
    }
    hidden = replace(graph, parameters={**graph.parameters, **parameters})
    run_pipeline(hidden, parse_pipeline(EVERYTHING), verify_each=True)


@SETTINGS
@given(data=st.data())
def test_text_comes_back_exactly(graphs, data):
    graph = data.draw(graphs)
    text = print_graph(graph)
    back = parse_graph(text)
    assert print_graph(back) == text
    assert replace(back, parameters={}) == replace(graph, parameters={})
    for name, parameter in graph.parameters.items():
        twin = back.parameters[name]
        assert replace(twin, data=parameter.data) == parameter
        assert isinstance(twin.data, Initialized if isinstance(parameter.data, Initialized) else ArrayData)
        assert twin.data.read().tobytes() == parameter.data.read().tobytes()
