"""Whole graphs: what they give, what they keep, and what they refuse."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from mnet.compiler.data import TensorData
from mnet.compiler.evaluate import evaluate, evaluate_nodes
from mnet.compiler.ir import Graph, Output, Parameter, Role, Value
from mnet.compiler.ops import ADD, CONCAT, CONV2D, DENSE, EXP, MEAN, MUL, RELU, RESHAPE, SPLIT
from mnet.compiler.types import TensorType
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.dtypes import DType
from mnet.dsl.source import Span


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def test_branches_join(builder):
    x = builder.input("N", 4)
    a, b = builder.call(SPLIT, x, sections=2)
    graph = builder.build(builder.call(CONCAT, b, builder.call(MUL, a, a)), b)
    given = np.arange(8, dtype=np.float32).reshape(2, 4)
    results = evaluate(graph, {"x": given})
    assert list(results) == ["y0", "y1"]
    np.testing.assert_array_equal(results["y0"], [[2, 3, 0, 1], [6, 7, 16, 25]])
    np.testing.assert_array_equal(results["y1"], given[:, 2:])


@pytest.mark.parametrize("batch", [1, 3])
def test_open_batch_takes_any_size(builder, batch):
    x = builder.input("N", 4, 4, 2)
    graph = builder.build(builder.call(RESHAPE, builder.call(CONV2D, x, filters=3), shape=[-1]))
    assert evaluate(graph, {"x": ones(batch, 4, 4, 2)})["y0"].shape == (batch, 48)


def test_input_and_parameter_as_outputs(builder):
    x = builder.input("N", 4)
    builder.call(DENSE, x, units=2, path="head")
    graph = builder.build(x, builder.parameters["head.bias"].value, builder.nodes[0].output)
    results = evaluate(graph, {"x": ones(1, 4)})
    np.testing.assert_array_equal(results["y0"], ones(1, 4))
    np.testing.assert_array_equal(results["y1"], builder.parameters["head.bias"].data.read())


def test_nodes_come_in_order_with_their_results(builder):
    x = builder.input("N", 4)
    y = builder.call(SPLIT, builder.call(RELU, x, path="first"), sections=4, path="second")
    found = list(evaluate_nodes(builder.build(*y), {"x": ones(2, 4)}))
    assert [(node.path, len(results)) for node, results in found] == [("first", 1), ("second", 4)]


def test_dead_results_are_dropped(builder):
    x = builder.input("N", 4)
    for _ in range(3):
        x = builder.call(EXP, x)
    run = evaluate_nodes(builder.build(builder.call(MEAN, x, axes=[1])), {"x": ones(1, 4)})
    first = weakref.ref(next(run)[1][0])
    assert first() is not None
    next(run)
    gc.collect()
    assert first() is None


class CountedReads(TensorData):
    """Weights that remember how often they were read."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.dtype, self.shape = DType.F32, array.shape
        self.reads = 0

    def read(self) -> np.ndarray:
        self.reads += 1
        return self.array


def test_parameters_are_read_when_their_node_runs(builder):
    x = builder.input(4)
    value = Value("c", TensorType(DType.F32, (4,)))
    y = builder.node(ADD, (builder.call(RELU, x), value), {"activation": "none"}, "add")
    data = CountedReads(ones(4))
    graph = Graph("g", (x,), (Output("y", y),), tuple(builder.nodes), {"c": Parameter(value, data, Role.CONSTANT)})
    run = evaluate_nodes(graph, {"x": ones(4)})
    next(run)
    assert data.reads == 0
    ((result,),) = (results for _, results in run)
    assert data.reads == 1
    np.testing.assert_array_equal(result, 2 * ones(4))


def test_infinities_are_results_like_any_other(builder):
    x = builder.input("N", 1)
    graph = builder.build(builder.call(EXP, x))
    assert np.isinf(evaluate(graph, {"x": np.full((1, 1), 1000, np.float32)})["y0"]).all()


def messages(graph: Graph, inputs: dict[str, np.ndarray]) -> list[tuple[str, str, str | None]]:
    with pytest.raises(DiagnosticError) as caught:
        evaluate(graph, inputs)
    return [(str(d.code), d.message, d.hint) for d in caught.value.diagnostics]


@pytest.fixture
def two_images(builder) -> Graph:
    a, b = builder.input("N", 4, name="left"), builder.input("N", 4, name="right")
    return builder.build(builder.call(ADD, a, b))


def test_missing_and_surplus_inputs_are_named(two_images):
    assert messages(two_images, {"left": ones(1, 4), "rigth": ones(1, 4)}) == [
        ("E0660", "the model has no input `rigth`", "did you mean `right`?"),
        ("E0660", "input `right` of type f32[N, 4] is missing", None),
    ]


def test_every_wrong_shape_and_dtype_is_named(two_images):
    assert messages(two_images, {"left": ones(2, 5), "right": ones(2, 4).astype(np.float64)}) == [
        ("E0661", "input `left` has shape [2, 5], [2, 4] is needed", None),
        ("E0661", "input `right` is float64, float32 is needed", "convert it with `.astype('float32')`"),
    ]


def test_inputs_agree_on_the_batch(two_images):
    with pytest.raises(DiagnosticError) as caught:
        evaluate(two_images, {"left": ones(2, 4), "right": ones(3, 4)})
    (found,) = caught.value.diagnostics
    assert found.message == "input `right` has shape [3, 4], [2, 4] is needed"
    assert found.notes == ("`N` is 2 in this run",)


def test_scalar_for_an_image(two_images):
    ((_, message, _),) = messages(two_images, {"left": np.array(1, np.float32), "right": ones(1, 4)})
    assert message == "input `left` has shape [], [1, 4] is needed"


def test_memory_that_does_not_suffice_is_a_diagnostic_at_its_layer(builder):
    def exhausted(_arrays, _attributes):
        raise MemoryError

    y = builder.call(RELU, builder.input(2), path="big")
    graph = builder.build(y)
    node = replace(graph.nodes[0], op=replace(RELU, evaluate=exhausted), span=Span("net.mnet", 3, 1, 3, 2))
    with pytest.raises(DiagnosticError) as caught:
        evaluate(replace(graph, nodes=(node,)), {"x": np.zeros(2, np.float32)})
    (found,) = caught.value.diagnostics
    assert (found.code.id, str(found.span)) == ("E0669", "net.mnet:3:1")
    assert found.message == "there is not enough memory to compute `big`, f32[2]"
