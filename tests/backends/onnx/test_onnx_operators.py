"""Each operator, with its attributes, in each generation of opsets and either layout, against the evaluator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mnet.backends.onnx import runtime
from mnet.backends.onnx.lowering import RULES
from mnet.compiler.evaluate import evaluate
from mnet.compiler.ops import OPERATORS

IMAGE = ("N", 6, 5, 4)
ROWS = ("N", 7, 4)
SAME = ((1, 1), (1, 1))
ODD = ((0, 1), (1, 2))

Case = Callable[[Any], Any]
CASES: dict[str, Case] = {}


def case(name: str, build: Case) -> None:
    CASES[name] = build


def positive(n: Any, *shape: int) -> Any:
    return np.abs(n.normal(*shape)) + 0.5


for activation in ("none", "relu", "relu6"):
    case(
        f"conv2d {activation}",
        lambda n, a=activation: n(
            "conv2d", n.input(*IMAGE), n.normal(3, 2, 4, 6), n.normal(6), stride=(2, 1), padding=ODD, activation=a
        ),
    )
    case(f"add {activation}", lambda n, a=activation: n("add", n.input(*IMAGE), n.normal(4), activation=a))
    case(f"dense {activation}", lambda n, a=activation: n("dense", n.input("N", 8), n.normal(8, 3), activation=a))
    case(
        f"max_pool2d {activation}",
        lambda n, a=activation: n("max_pool2d", n.input(*IMAGE), kernel=(3, 2), stride=(2, 2), activation=a),
    )

case("conv2d grouped", lambda n: n("conv2d", n.input(*IMAGE), n.normal(3, 3, 2, 6), groups=2, padding=SAME))
case("conv2d dilated", lambda n: n("conv2d", n.input(*IMAGE), n.normal(2, 2, 4, 6), dilation=(3, 2)))
case("conv2d 1x1", lambda n: n("conv2d", n.input(*IMAGE), n.normal(1, 1, 4, 6), None))
case("depthwise", lambda n: n("depthwise_conv2d", n.input(*IMAGE), n.normal(3, 3, 1, 4), n.normal(4), padding=SAME))
case(
    "depthwise multiplied",
    lambda n: n("depthwise_conv2d", n.input(*IMAGE), n.normal(2, 2, 1, 12), dilation=(2, 1), stride=(1, 2)),
)
case(
    "transposed",
    lambda n: n("transposed_conv2d", n.input(*IMAGE), n.normal(3, 3, 4, 6), n.normal(6), stride=(2, 2), padding=ODD),
)
case(
    "transposed with a gap",
    lambda n: n(
        "transposed_conv2d", n.input(*IMAGE), n.normal(1, 2, 4, 6), n.normal(6), stride=(3, 2), padding=((0, 0),) * 2,
        output_padding=(2, 1), activation="relu6",
    ),
)  # fmt: skip

for count_padding in (False, True):
    case(
        f"avg_pool2d count_padding={count_padding}",
        lambda n, c=count_padding: n(
            "avg_pool2d", n.input(*IMAGE), kernel=(3, 3), stride=(2, 1), padding=SAME, count_padding=c
        ),
    )
case("max_pool2d padded", lambda n: n("max_pool2d", n.input(*IMAGE), kernel=(3, 3), stride=(1, 2), padding=ODD))

for keepdims in (False, True):
    for axes in ((1, 2), (1,), (3,), (1, 2, 3)):
        case(
            f"mean {axes} keepdims={keepdims}",
            lambda n, a=axes, k=keepdims: n("mean", n.input(*IMAGE), axes=a, keepdims=k),
        )
case("mean of rows", lambda n: n("mean", n.input(*ROWS), axes=(1,), keepdims=False))

for shape in (IMAGE, ROWS, ("N", 4)):
    case(
        f"batch_norm rank {len(shape)}",
        lambda n, s=shape: n(
            "batch_norm", n.input(*s), n.normal(4), n.normal(4), n.normal(4), positive(n, 4), epsilon=0.01
        ),
    )
    case(f"dense rank {len(shape)}", lambda n, s=shape: n("dense", n.input(*s), n.normal(4, 5), n.normal(5)))
    case(f"prelu rank {len(shape)}", lambda n, s=shape: n("prelu", n.input(*s), n.normal(4)))
    case(f"softmax rank {len(shape)}", lambda n, s=shape: n("softmax", n.input(*s), axis=len(s) - 1))
case("batch_norm plain", lambda n: n("batch_norm", n.input(*IMAGE), None, None, n.normal(4), positive(n, 4)))
case("dense on an image, relu", lambda n: n("dense", n.input(*IMAGE), n.normal(4, 5), activation="relu"))
case("dense on rows, no bias", lambda n: n("dense", n.input(*ROWS), n.normal(4, 5), activation="relu6"))
case("softmax across", lambda n: n("softmax", n.input(*IMAGE), axis=1))

for name in ("relu", "relu6", "hard_swish", "hard_sigmoid", "swish", "sigmoid", "tanh", "identity", "neg", "absolute"):
    case(name, lambda n, name=name: n(name, n.input(*IMAGE)))
case("exp", lambda n: n("exp", n.input(*IMAGE)))
case("sqrt", lambda n: n("sqrt", n("absolute", n.input(*IMAGE))))
case("gelu", lambda n: n("gelu", n.input(*IMAGE), approximate=False))
case("gelu approximate", lambda n: n("gelu", n.input(*IMAGE), approximate=True))
case("leaky_relu", lambda n: n("leaky_relu", n.input(*IMAGE), slope=0.3))

for name in ("add", "sub", "mul", "div", "maximum", "minimum"):
    for shape in ((), (4,), (5, 1), (1, 1, 4), (6, 1, 1), (1, 6, 5, 4)):
        case(f"{name} {shape}", lambda n, name=name, s=shape: n(name, n.input(*IMAGE), n.normal(*s)))
    case(f"{name} reversed", lambda n, name=name: n(name, n.normal(5, 4), n.input(*IMAGE)))
    case(f"{name} inputs", lambda n, name=name: n(name, n.input(*IMAGE), n.input(*IMAGE, name="other")))
    case(f"{name} narrow input", lambda n, name=name: n(name, n.input(*IMAGE), n.input(5, 4, name="other")))
    case(f"{name} gated", lambda n, name=name: n(name, n.input(*IMAGE), n.input("N", 1, 1, 4, name="other")))

case("matmul", lambda n: n("matmul", n.input(*ROWS), n.normal(4, 3)))
case("matmul turned", lambda n: n("matmul", n.input(*ROWS), n.normal(3, 4), transpose_b=True))
case("matmul both turned", lambda n: n("matmul", n.input(*ROWS), n.normal(3, 7), transpose_a=True, transpose_b=True))
case(
    "matmul of inputs",
    lambda n: n("matmul", n.input("N", 3, 5, 4), n.input("N", 3, 6, 4, name="other"), transpose_b=True),
)

for axis in (1, 2, 3):
    case(f"concat {axis}", lambda n, a=axis: n("concat", *[n.input(*IMAGE)] * 2, n.input(*IMAGE, name="b"), axis=a))
    case(f"split {axis}", lambda n, a=axis: n("split", n.input(*IMAGE), axis=a, sizes=(1, IMAGE[a] - 1)))
case("concat of constants", lambda n: n("concat", n.normal(1, 2, 3, 4), n.normal(1, 2, 3, 2), axis=3))
case(
    "slice",
    lambda n: n("slice", n.input(*IMAGE), axes=(3, 1), begin=(1, 0), end=(4, 6), stride=(1, 4)),
)
case("pad", lambda n: n("pad", n.input(*IMAGE), padding=((0, 0), (1, 2), (0, 3), (1, 0)), value=-1.5))

for coordinates in ("half_pixel", "align_corners", "asymmetric"):
    for method in ("nearest", "bilinear"):
        for size in ((12, 15), (3, 2), (7, 11), (1, 1)):
            case(
                f"resize {method} {coordinates} {size}",
                lambda n, s=size, m=method, c=coordinates: n(
                    "resize", n.input(*IMAGE), size=s, method=m, coordinates=c
                ),
            )

for shape in (
    ("N", 120),
    ("N", 30, 4),
    ("N", 6, 5, 2, 2),
    ("N", 1, 30, 4),
    ("N", 12, 10),
    ("N", 4, 6, 5),
    ("N", 2, 3, 20),
):
    case(f"reshape {shape}", lambda n, s=shape: n("reshape", n.input(*IMAGE), shape=s))
case("reshape into an image", lambda n: n("reshape", n.input("N", 120), shape=IMAGE))
case("reshape of a vector into a pixel", lambda n: n("reshape", n.input("N", 4), shape=("N", 1, 1, 4)))

for permutation in ((0, 3, 1, 2), (0, 2, 3, 1), (0, 2, 1, 3), (0, 1, 2, 3)):
    case(f"transpose {permutation}", lambda n, p=permutation: n("transpose", n.input(*IMAGE), permutation=p))
case("transpose of rows", lambda n: n("transpose", n.input(*ROWS), permutation=(0, 2, 1)))


def build(name: str, net: Any) -> Any:
    result = CASES[name](net)
    return net.graph(*(result if isinstance(result, tuple) else (result,)))


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("opset", [13, 18, 26])
@pytest.mark.parametrize("name", CASES)
def test_operator_runs_as_the_evaluator_says(name: str, opset: int, layout: str, net: Any, compare: Any) -> None:
    compare(build(name, net), opset=opset, layout=layout)


@pytest.mark.parametrize("name", CASES)
def test_operator_runs_at_a_fixed_batch(name: str, net: Any, checked: Any, images: Any) -> None:
    graph = build(name, net)
    model = checked(graph, batch=3)
    assert not any(dim.dim_param for value in model.graph.output for dim in value.type.tensor_type.shape.dim)
    inputs = images(graph, batch=3)
    results = runtime.run(model.SerializeToString(), inputs)
    for output, expected in evaluate(graph, inputs).items():
        np.testing.assert_allclose(results[output], expected, rtol=1e-5, atol=1e-5)


def test_every_operator_has_a_rule() -> None:
    assert RULES.keys() == OPERATORS.keys()


def test_every_operator_is_tried(net: Any) -> None:
    tried = {node.op.name for name in CASES for node in build(name, type(net)()).nodes}
    assert tried == OPERATORS.keys()


@pytest.mark.parametrize("coordinates", ["half_pixel", "align_corners", "asymmetric"])
@pytest.mark.parametrize("batch", ["N", 1])
@pytest.mark.parametrize("size", range(1, 25))
def test_nearest_elements_are_those_of_the_reference(
    size: int, batch: int | str, coordinates: str, net: Any, compare: Any
) -> None:
    x = net.input(batch, size, 1, 1)
    compare(
        net.graph(*(net("resize", x, size=(n, 1), method="nearest", coordinates=coordinates) for n in range(1, 25))),
        batch=1,
    )
