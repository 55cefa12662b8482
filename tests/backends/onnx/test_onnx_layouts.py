"""Networks end to end: the numbers are the evaluator's, and nothing inside a CNN is transposed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.backends.onnx.layouts import after_reshape, after_transpose, as_written, moves, stored


def conv(n: Any, x: Any, filters: int, kernel: int = 3, stride: int = 1, act: str = "relu6") -> Any:
    pads = (((kernel - 1) // 2, kernel // 2),) * 2
    weight, bias = n.normal(kernel, kernel, x.type.shape[3], filters, scale=0.2), n.normal(filters)
    return n("conv2d", x, weight, bias, stride=(stride, stride), padding=pads, activation=act)


def depthwise(n: Any, x: Any, kernel: int = 3, stride: int = 1) -> Any:
    pads = (((kernel - 1) // 2, kernel // 2),) * 2
    weight = n.normal(kernel, kernel, 1, x.type.shape[3], scale=0.3)
    return n("depthwise_conv2d", x, weight, stride=(stride, stride), padding=pads)


def squeeze(n: Any, x: Any, keepdims: bool) -> Any:
    channels = x.type.shape[3]
    s = n("mean", x, axes=(1, 2), keepdims=keepdims)
    s = n("dense", s, n.normal(channels, 4), n.normal(4), activation="relu")
    s = n("hard_sigmoid", n("dense", s, n.normal(4, channels), n.normal(channels)))
    return n("mul", x, s if keepdims else n("reshape", s, shape=(x.type.shape[0], 1, 1, channels)))


def head(n: Any, x: Any) -> Any:
    s = n("mean", x, axes=(1, 2), keepdims=False)
    return n("softmax", n("dense", s, n.normal(x.type.shape[3], 5), n.normal(5)), axis=1)


def mobilenet(n: Any) -> Any:
    x = conv(n, n.input("N", 16, 16, 3), 8, stride=2)
    for _ in range(2):
        y = conv(n, depthwise(n, conv(n, x, 16, kernel=1)), 8, kernel=1, act="none")
        x = n("add", x, y)
    return head(n, x)


def efficientnet(n: Any) -> Any:
    x = n("swish", conv(n, n.input("N", 16, 16, 3), 8, stride=2, act="none"))
    for keepdims in (False, True):
        y = squeeze(n, n("swish", depthwise(n, x, kernel=5)), keepdims)
        x = n("add", x, conv(n, y, 8, kernel=1, act="none"))
    return head(n, x)


def resnet(n: Any) -> Any:
    image = n("sub", n("mul", n.input("N", 16, 16, 3), n.normal()), n.normal(3))
    x = n("pad", image, padding=((0, 0), (3, 3), (3, 3), (0, 0)))
    x = n("max_pool2d", conv(n, x, 8, stride=2, act="relu"), kernel=(3, 3), stride=(2, 2))
    x = n("batch_norm", x, n.normal(8), n.normal(8), n.normal(8), np.abs(n.normal(8)))
    x = n("relu", n("add", conv(n, x, 8, act="none"), conv(n, x, 8, kernel=1, act="none")))
    return head(n, x)


def nasnet(n: Any) -> Any:
    before = conv(n, n.input("N", 16, 16, 3), 8, act="none")
    x = before
    for _ in range(2):
        left = n("add", depthwise(n, n("relu", x)), n("avg_pool2d", before, kernel=(3, 3), padding=((1, 1), (1, 1))))
        right = n("add", depthwise(n, before, 5), n("slice", n("pad", x, padding=((0, 0), (1, 0), (1, 0), (0, 0))),
                  axes=(1, 2), begin=(0, 0), end=(16, 16), stride=(1, 1)))  # fmt: skip
        before, x = x, conv(n, n("concat", left, right, before, axis=3), 8, kernel=1, act="none")
    return head(n, n("relu", x))


def vgg(n: Any) -> Any:
    """Flattened before it is classified: the columns are those of NHWC."""
    x = conv(n, n.input("N", 8, 8, 3), 6, stride=2)
    x = n("reshape", x, shape=("N", 4 * 4 * 6))
    return n("dense", n("dense", x, n.normal(96, 7), n.normal(7), activation="relu"), n.normal(7, 3))


def segmenter(n: Any) -> Any:
    x = conv(n, n.input("N", 8, 8, 3), 6, stride=2)
    a, b = n("split", x, axis=3, sizes=(2, 4))
    x = n("concat", b, n("prelu", a, n.normal(2)), axis=3)
    x = n("resize", x, size=(8, 8), method="bilinear", coordinates="half_pixel")
    x = n("transposed_conv2d", x, n.normal(2, 2, 6, 4), stride=(2, 2), padding=((0, 0), (0, 0)))
    return n("dense", x, n.normal(4, 3), n.normal(3))


NETWORKS: list[Callable[[Any], Any]] = [mobilenet, efficientnet, resnet, nasnet, vgg, segmenter]


def transposes(model: Any) -> int:
    return sum(node.op_type == "Transpose" for node in model.graph.node)


@pytest.mark.parametrize("opset", [13, 18, 23])
@pytest.mark.parametrize("network", NETWORKS)
def test_nothing_is_transposed_with_channels_first(network: Any, opset: int, net: Any, compare: Any) -> None:
    assert transposes(compare(net.graph(network(net)), opset=opset, batch=3)) == 0


@pytest.mark.parametrize("network", NETWORKS)
def test_only_images_at_the_border_are_transposed_with_channels_last(network: Any, net: Any, compare: Any) -> None:
    graph = net.graph(network(net))
    border = sum(value.type.rank == 4 for value in (*graph.inputs, *(output.value for output in graph.outputs)))
    assert transposes(compare(graph, layout="nhwc", batch=3)) <= border


def test_channels_are_shuffled_by_one_transpose(net: Any, compare: Any) -> None:
    x = conv(net, net.input("N", 4, 4, 3), 6)
    x = net("reshape", x, shape=("N", 4, 4, 2, 3))
    x = net("transpose", x, permutation=(0, 1, 2, 4, 3))
    x = conv(net, net("reshape", x, shape=("N", 4, 4, 6)), 5)
    assert transposes(compare(net.graph(x))) == 1


def test_attention_over_pixels(net: Any, compare: Any) -> None:
    x = net("reshape", conv(net, net.input("N", 4, 4, 3), 8), shape=("N", 16, 8))

    def heads(path: str) -> Any:
        y = net("dense", x, net.normal(8, 8), path=path)
        return net("transpose", net("reshape", y, shape=("N", 16, 2, 4)), permutation=(0, 2, 1, 3))

    scores = net("softmax", net("matmul", heads("q"), heads("k"), transpose_b=True), axis=3)
    mixed = net("transpose", net("matmul", scores, heads("v")), permutation=(0, 2, 1, 3))
    y = net("add", x, net("reshape", mixed, shape=("N", 16, 8)))
    compare(net.graph(conv(net, net("reshape", y, shape=("N", 4, 4, 8)), 3)))


# Properties of layouts ----------------------------------------------------------------------

SIZES = st.sampled_from([1, 2, 3, 4, 6])


@st.composite
def reshapes(draw: Any) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    factors = draw(st.lists(SIZES, min_size=1, max_size=6))
    before, after = (grouped(draw, factors) for _ in range(2))
    return draw(st.permutations(range(len(before))).map(tuple)), before, after


def grouped(draw: Any, factors: list[int]) -> tuple[int, ...]:
    cuts = sorted(draw(st.sets(st.integers(0, len(factors)), max_size=4)))
    bounds = [0, *cuts, len(factors)]
    return tuple(math.prod(factors[a:b]) for a, b in itertools.pairwise(bounds))


@given(reshapes())
def test_a_reshape_that_moves_nothing_gives_the_same_tensor(case: Any) -> None:
    layout, before, after = case
    logical = np.arange(math.prod(before)).reshape(before)
    target = after_reshape(layout, before, after)
    if target is not None:
        reshaped = logical.transpose(layout).reshape(stored(after, target))
        assert np.array_equal(reshaped.transpose(moves(target, as_written(len(after)))), logical.reshape(after))
    else:
        assert layout != as_written(len(before))


@given(st.permutations(range(4)).map(tuple), st.permutations(range(4)).map(tuple))
def test_a_transpose_that_moves_nothing_gives_the_same_tensor(layout: Any, permutation: Any) -> None:
    logical = np.arange(120).reshape(2, 3, 4, 5)
    target = after_transpose(layout, permutation)
    in_place = logical.transpose(layout)
    assert np.array_equal(in_place.transpose(moves(target, as_written(4))), logical.transpose(permutation))


# Random graphs ------------------------------------------------------------------------------


def steps(n: Any, x: Any) -> dict[str, Callable[[], Any]]:
    """What may come after `x`, by name."""
    shape, rank = x.type.shape, x.type.rank
    size = math.prod(shape[1:])
    found: dict[str, Callable[[], Any]] = {
        "relu": lambda: n("relu", x),
        "scale": lambda: n("mul", n.normal(shape[-1]), x),
        "flatten": lambda: n("reshape", x, shape=("N", size)),
        "image": lambda: n("reshape", x, shape=("N", 2, size // 4, 2)),
        "rows": lambda: n("reshape", x, shape=("N", 4, size // 4)),
        "dense": lambda: n("dense", x, n.normal(shape[-1], 4, scale=0.3), n.normal(4)),
        "prelu": lambda: n("prelu", x, n.normal(shape[-1])) if rank > 1 else x,
        "softmax": lambda: n("softmax", x, axis=rank - 1),
        "twice": lambda: n("concat", x, n("tanh", x), axis=rank - 1),
        "centre": lambda: n("sub", x, n("mean", x, axes=(rank - 1,), keepdims=True)),
    }
    if rank > 2:
        found["turn"] = lambda: n("transpose", x, permutation=(0, *range(rank - 1, 0, -1)))
        found["swap"] = lambda: n("transpose", x, permutation=(0, 2, 1, *range(3, rank)))
    if rank == 4:
        found["conv"] = lambda: conv(n, x, 4)
        found["gate"] = lambda: squeeze(n, x, keepdims=False)
    return found


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_chain_of_operators_runs_as_the_evaluator_says(layout: str, data: Any, new_net: Any, compare: Any) -> None:
    n = new_net()
    x = n.input("N", 4, 2, 4)
    kept = [x]
    for _ in range(data.draw(st.integers(1, 6))):
        possible = steps(n, x)
        x = possible[data.draw(st.sampled_from(sorted(possible)))]()
        kept.append(x)
    extra = [value for value in kept[1:-1] if data.draw(st.booleans())]
    compare(n.graph(*dict.fromkeys((x, *extra))), layout=layout)
