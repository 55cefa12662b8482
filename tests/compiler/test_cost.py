"""Costs against numbers worked out by hand."""

from __future__ import annotations

from mnet.compiler.cost import Counts, cost
from mnet.compiler.data import TensorData
from mnet.compiler.ir import Graph, Parameter, Role, Value
from mnet.compiler.ops import ADD, BATCH_NORM, CONV2D, DENSE, DEPTHWISE_CONV2D, MATMUL, MEAN, TRANSPOSED_CONV2D
from mnet.compiler.types import TensorType
from mnet.dsl.dtypes import DType


def only(graph: Graph) -> Counts:
    (layer,) = cost(graph).layers
    return layer.counts


def test_conv2d_counts_whole_windows_and_groups(builder):
    x = builder.input("N", 8, 8, 6)
    counts = only(builder.build(builder.call(CONV2D, x, filters=4, kernel=3, stride=2, groups=2)))
    assert counts.macs == 4 * 4 * 4 * (3 * 3 * 3)
    assert counts.flops == 2 * counts.macs + 4 * 4 * 4  # and the bias
    assert counts.trainable == counts.parameters == 3 * 3 * 3 * 4 + 4
    assert counts.weight_bytes == 4 * counts.parameters
    assert counts.activation_bytes == 4 * 4 * 4 * 4


def test_depthwise_conv2d_reads_one_channel_per_result(builder):
    x = builder.input("N", 8, 8, 6)
    counts = only(builder.build(builder.call(DEPTHWISE_CONV2D, x, multiplier=2, bias=False)))
    assert counts.macs == 8 * 8 * 12 * 9
    assert counts.parameters == 9 * 12


def test_transposed_conv2d_scatters_each_input(builder):
    x = builder.input("N", 8, 8, 6)
    counts = only(builder.build(builder.call(TRANSPOSED_CONV2D, x, filters=5, kernel=3, stride=2)))
    assert counts.macs == 8 * 8 * 6 * 9 * 5


def test_dense_over_a_sequence(builder):
    x = builder.input("N", 10, 6)
    assert only(builder.build(builder.call(DENSE, x, units=7))).macs == 10 * 6 * 7


def test_matmul_of_batches(builder):
    a, b = builder.input(2, 3, 5, name="a"), builder.input(2, 4, 5, name="b")
    assert only(builder.build(builder.call(MATMUL, a, b, transpose_b=True))).macs == 2 * 3 * 4 * 5


def test_statistics_are_parameters_but_not_trainable(builder):
    counts = only(builder.build(builder.call(BATCH_NORM, builder.input("N", 6))))
    assert (counts.trainable, counts.parameters, counts.flops) == (12, 24, 12)


def test_shared_weights_are_counted_once(builder):
    x = builder.input("N", 6)
    first = builder.call(DENSE, x, units=6, path="head")
    (node,) = builder.nodes
    second = builder.node(DENSE, (first, *node.inputs[1:]), node.attributes, "again")
    one, two = cost(builder.build(second)).layers
    assert (one.counts.parameters, two.counts.parameters) == (42, 0)
    assert one.counts.macs == two.counts.macs == 36


def test_constants_weigh_but_are_no_parameters(builder):
    x = builder.input("N", 6)
    value = Value("c", TensorType(DType.F32, (6,)))
    graph = builder.build(builder.node(ADD, (x, value), {"activation": "none"}, "add"))
    constants = {"c": Parameter(value, Unreadable(), Role.CONSTANT)}
    counts = only(Graph(graph.name, graph.inputs, graph.outputs, graph.nodes, constants))
    assert (counts.parameters, counts.weight_bytes) == (0, 24)


class Unreadable(TensorData):
    """Weights that must not be read to be counted."""

    def read(self):
        raise AssertionError("read")


def test_total_and_groups(builder):
    x = builder.input("N", 8, 8, 3)
    for path in ("stem.conv", "stage0.block0.conv", "stage0.block1.conv", "head.conv"):
        x = builder.call(CONV2D, x, filters=4, path=path)
    report = cost(builder.build(builder.call(MEAN, x, path="head.mean")))
    assert [(g.path, g.layers) for g in report.grouped(1)] == [("stem", 1), ("stage0", 2), ("head", 2)]
    assert [g.path for g in report.grouped(2)][1:3] == ["stage0.block0", "stage0.block1"]
    assert sum((g.counts for g in report.grouped(1)), Counts()) == report.total
    assert report.grouped(0)[0].counts == report.total


def test_results_and_operator_are_named(builder):
    x = builder.input("N", 8, 8, 3)
    (layer,) = cost(builder.build(builder.call(CONV2D, x, filters=4, path="stem"))).layers
    assert (layer.path, layer.operator, str(layer.results[0])) == ("stem", "conv2d", "f32[N, 8, 8, 4]")
