"""What is said to stay outside of XNNPACK does, and nothing else."""

import pytest

from mnet import driver
from mnet.backends.tflite import runtime
from mnet.backends.tflite.delegate import outside
from mnet.compiler.elaborate import elaborate


def graph_of(layers, batch="N"):
    text = f"model Net() {{\n  input x: f32[{batch}, 16, 16, 8]\n  output y = x |> {layers}\n}}\n"
    program = driver.read_source(text, "net.mnet")
    return driver.Network(elaborate(program), program).optimise("tflite").graph


@pytest.mark.parametrize(
    ("layers", "batch"),
    [
        ('resize(32, method="nearest")', 1),
        ("slice(axes=[1], begin=[0], end=[16], stride=[2])", 1),
        ('max_pool2d(kernel=3, stride=2, padding="symmetric")', 1),
        ("pad([(0, 0), (1, 1), (1, 1), (0, 0)], value=1.0)", 1),
        ("transposed_conv2d(8, kernel=3, stride=2)", "N"),
    ],
)
def test_it_is_outside(write, layers, batch):
    graph = graph_of(layers, batch)
    assert [found.node.op.name for found in outside(graph, None)] == [layers.partition("(")[0]]
    assert runtime.partitions(write(graph))[1] > 0


@pytest.mark.parametrize(
    ("layers", "batch"),
    [
        ('resize(32, method="bilinear")', "N"),
        ("slice(axes=[1], begin=[2], end=[16])", "N"),
        ('relu |> max_pool2d(kernel=3, stride=2, padding="symmetric")', "N"),
        ("transposed_conv2d(8, kernel=3, stride=2)", 1),
    ],
)
def test_it_is_delegated(write, layers, batch):
    graph = graph_of(layers, batch)
    assert list(outside(graph, None)) == []
    assert runtime.partitions(write(graph)) == (1, 0)


def test_a_batch_that_is_fixed_later_is_not_open():
    assert list(outside(graph_of("transposed_conv2d(8, kernel=3, stride=2)"), 1)) == []
