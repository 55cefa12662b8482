"""What is refused is what ONNX's checker refuses, with a reason; everything else passes it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import onnx
import pytest

from mnet.backends.base import Provenance
from mnet.backends.onnx import Onnx
from mnet.compiler.arrays import numpy_dtype
from mnet.compiler.ops import OPERATORS
from mnet.compiler.ops.base import OperatorError
from mnet.dsl.dtypes import DType

IMAGE = (1, 4, 4, 2)

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "transposed_conv2d": {"padding": ((0, 0), (0, 0))},
    "max_pool2d": {"kernel": (2, 2)},
    "avg_pool2d": {"kernel": (2, 2)},
    "mean": {"axes": (1, 2), "keepdims": True},
    "softmax": {"axis": 3},
    "concat": {"axis": 3},
    "split": {"axis": 3, "sizes": (1, 1)},
    "slice": {"axes": (1,), "begin": (1,), "end": (3,), "stride": (1,)},
    "pad": {"padding": ((0, 0), (1, 1), (0, 0), (0, 0))},
    "resize": {"size": (8, 8), "method": "nearest", "coordinates": "half_pixel"},
    "reshape": {"shape": (1, 32)},
    "transpose": {"permutation": (0, 2, 1, 3)},
}
SHAPES = {"weight": (2, 2, 2, 2), "b": IMAGE}
OWN_SHAPES = {("dense", "weight"): (2, 2), ("depthwise_conv2d", "weight"): (2, 2, 1, 2), ("matmul", "b"): (2, 3)}


def one_node(net: Any, operator: str, dtype: DType, activation: str = "none") -> Any:
    """A graph of one node, or None where the operator itself does not take such elements."""
    op = OPERATORS[operator]
    attributes = dict(ATTRIBUTES.get(operator, {}))
    if any(attribute.name == "activation" for attribute in op.attributes):
        attributes["activation"] = activation
    shapes = (OWN_SHAPES.get((operator, o.name), SHAPES.get(o.name, (2,))) for o in op.operands[1:])
    rest = [np.ones(shape).astype(numpy_dtype(dtype)) for shape in shapes]
    try:
        result = net(operator, net.input(*IMAGE, dtype=dtype), *rest, **attributes)
    except OperatorError:
        return None
    return net.graph(*(result if isinstance(result, tuple) else (result,)))


@pytest.mark.parametrize("opset", [13, 14, 16, 20, 22, 23, 26])
@pytest.mark.parametrize("dtype", DType)
@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_limits_on_elements_are_those_of_the_checker(operator: str, dtype: DType, opset: int, net: Any) -> None:
    for activation in ("none", "relu", "relu6"):
        graph = one_node(type(net)(), operator, dtype, activation)
        if graph is not None:
            allowed = not Onnx(opset=opset).check(graph)
            assert allowed == accepted(graph, opset), activation


def accepted(graph: Any, opset: int) -> bool:
    file = io.BytesIO()
    Onnx(opset=opset).write(graph, file, Provenance("", ""))
    try:
        onnx.checker.check_model(onnx.load_model_from_string(file.getvalue()), full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError):
        return False
    return True


def test_a_refusal_says_what_where_and_what_helps(net: Any) -> None:
    x = net.input(*IMAGE, dtype=DType.BF16)
    graph = net.graph(net("hard_swish", net("relu", x), path="stem.act"))
    (refusal,) = Onnx(opset=20).check(graph)
    assert refusal.message == "ONNX opset 20 can't take `stem.act`: bf16 needs opset 22, but this is bf16"
    assert str(refusal.span) == "net.mnet:2:3"
    assert refusal.hint == "choose a later opset, or another type"


def test_output_padding_beyond_the_stride_is_refused(net: Any) -> None:
    wide = {"stride": (2, 2), "padding": ((0, 0), (0, 0)), "output_padding": (0, 2)}
    graph = net.graph(net("transposed_conv2d", net.input(*IMAGE), net.normal(2, 2, 2, 2), **wide))
    (refusal,) = Onnx().check(graph)
    assert refusal.message.endswith("in both directions, but output_padding is (0, 2) and the stride (2, 2)")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"opset": 12}, "ONNX opset 12 is not one of 13 to 26"),
        ({"opset": 27}, "ONNX opset 27 is not one of 13 to 26"),
        ({"layout": "nwhc"}, "the layout `nwhc` is neither `nchw` nor `nhwc`"),
        ({"batch": 0}, "a batch is 1 to 2,147,483,647, and 0 is not"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], message: str, net: Any) -> None:
    (refusal,) = Onnx(**options).check(net.graph(net("relu", net.input(*IMAGE))))
    assert refusal.message == message


def test_an_output_with_the_name_of_an_input_is_refused(net: Any) -> None:
    (refusal,) = Onnx().check(net.graph(net("relu", net.input(*IMAGE, name="y"))))
    assert refusal.message == "ONNX can't have an input and another output that are both `y`"
