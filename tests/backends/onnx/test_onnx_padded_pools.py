"""ONNX Runtime rewrites a pad before a pool; what we write must mean the same afterwards."""

import pytest


@pytest.mark.parametrize("pool", ["max_pool2d", "avg_pool2d"])
@pytest.mark.parametrize("opset", [13, 18, None])
def test_a_pad_of_zeros_stays_zeros_before_a_pool(net, compare, pool, opset):
    """All below zero, so that the frame is the maximum wherever a window meets it."""
    below = net("sub", net("relu", net.input("N", 8, 8, 3)), net.normal(3, scale=0.1) + 50)
    framed = net("pad", below, padding=((0, 0), (1, 1), (0, 1), (0, 0)), value=0.0)
    more = {"count_padding": False} if pool == "avg_pool2d" else {}
    pooled = net(pool, framed, kernel=(3, 3), stride=(2, 2), padding=((0, 0), (0, 0)), **more)
    compare(net.graph(pooled), **({"opset": opset} if opset else {}))
