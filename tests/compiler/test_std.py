"""The standard library of blocks, held to the numbers of published networks that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from mnet.compiler.cost import cost
from mnet.compiler.elaborate import elaborate
from mnet.compiler.evaluate import evaluate
from mnet.compiler.ir import Graph
from mnet.compiler.ops import OPERATORS, Trait
from mnet.dsl.check import check
from mnet.dsl.modules import load, load_text

ROOT = Path(__file__).parents[2]
STD = sorted((ROOT / "dsl" / "std").glob("*.mnet"))


def build(text: str, arguments: Mapping[str, object] | None = None) -> Graph:
    program = load_text(text)
    signatures = {name: operator.signature for name, operator in OPERATORS.items() if operator.surface}
    activations = {name for name, operator in OPERATORS.items() if operator.has(Trait.ACTIVATION)}
    assert check(program, signatures, activations) == []
    return elaborate(program, None, arguments or {})


def applied(module: str, block: str, call: str, shape: str = "[1, 16, 16, 8]") -> Graph:
    """A model that applies one block of the library."""
    return build(
        f"import std.{module} {{ {block} }}\nmodel M() {{ input x: f32{shape}\noutput y = x |> {block}{call} }}"
    )


def ops(graph: Graph) -> list[str]:
    return [node.op.name for node in graph.nodes]


def shape(graph: Graph) -> tuple[object, ...]:
    return graph.outputs[0].value.type.shape


@pytest.mark.parametrize("path", STD, ids=lambda path: path.stem)
def test_every_file_and_block_is_documented(path: Path) -> None:
    module = load(path).main
    assert module.doc
    assert all(item.doc for item in module.items)


# Layers -------------------------------------------------------------------------------------


def test_global_average_pooling() -> None:
    assert shape(applied("layers", "global_avg_pool", "()")) == (1, 8)
    assert shape(applied("layers", "global_avg_pool", "(keepdims=true)")) == (1, 1, 1, 8)


def test_flatten() -> None:
    assert shape(applied("layers", "flatten", "()", "[N, 4, 5, 6]")) == ("N", 120)


def test_padding_of_images() -> None:
    assert shape(applied("layers", "pad2d", "((1, 2), (0, 3))")) == (1, 19, 19, 8)


def test_upsampling() -> None:
    assert shape(applied("layers", "upsample", "(3)")) == (1, 48, 48, 8)


# Mobile blocks ------------------------------------------------------------------------------


def test_a_linear_layer_has_no_activation() -> None:
    assert ops(applied("mobile", "conv_bn", "(8)")) == ["conv2d", "batch_norm"]
    assert ops(applied("mobile", "depthwise_bn", "(act=relu)")) == ["depthwise_conv2d", "batch_norm", "relu"]


def test_every_choice_of_conv_bn_arrives() -> None:
    call = '(4, kernel=(5, 3), stride=(2, 1), groups=2, dilation=1, padding="symmetric", bias=true, epsilon=0.01)'
    conv, bn = applied("mobile", "conv_bn", call).nodes
    assert (conv.attributes["stride"], conv.attributes["groups"]) == ((2, 1), 2)
    assert conv.attributes["padding"] == ((2, 2), (1, 1))
    assert conv.inputs[2] is not None
    assert bn.attributes["epsilon"] == 0.01


def test_a_separable_block_ends_as_it_is_told() -> None:
    assert ops(applied("mobile", "separable_bn", "(4)")).count("relu6") == 2
    assert ops(applied("mobile", "separable_bn", "(4, act=relu, out_act=identity)")).count("relu") == 1


def test_squeeze_and_excite_scales_channels() -> None:
    """Against the formula of the paper, x * gate(W2 act(W1 mean(x) + b1) + b2)."""
    graph = applied("mobile", "squeeze_excite", "(2, gate=sigmoid)")
    assert ops(graph) == ["mean", "conv2d", "relu", "conv2d", "sigmoid", "mul"]
    x = np.random.default_rng(0).standard_normal((1, 16, 16, 8), np.float32)
    weights = {name.split(".")[1]: p.data.read().reshape(p.value.type.static_shape[-2:]) for name, p in
               graph.parameters.items() if name.endswith("weight")}  # fmt: skip
    inner = np.maximum(x.mean((1, 2)) @ weights["reduce"], 0)
    factors = 1 / (1 + np.exp(-(inner @ weights["expand"])))
    np.testing.assert_allclose(evaluate(graph, {"x": x})["y"], x * factors[:, None, None], rtol=1e-5, atol=1e-6)


def test_an_inverted_residual_adds_where_it_can() -> None:
    assert "add" in ops(applied("mobile", "inverted_residual", "(8)"))
    assert "add" not in ops(applied("mobile", "inverted_residual", "(16)"))
    assert "add" not in ops(applied("mobile", "inverted_residual", "(8, stride=2)"))


def test_an_inverted_residual_expands_where_it_must() -> None:
    assert ops(applied("mobile", "inverted_residual", "(16, expand=1)")).count("conv2d") == 1
    assert ops(applied("mobile", "inverted_residual", "(16, mid=20)")).count("conv2d") == 2


def test_squeeze_and_excite_stands_after_the_depthwise_convolution() -> None:
    graph = applied("mobile", "inverted_residual", "(16, se=4, act=hard_swish, se_gate=sigmoid, se_act=swish)")
    kinds = [op for op in ops(graph) if op != "batch_norm"]
    assert kinds == ["conv2d", "hard_swish", "depthwise_conv2d", "hard_swish",
                     "mean", "conv2d", "swish", "conv2d", "sigmoid", "mul", "conv2d"]  # fmt: skip


def test_epsilon_reaches_every_normalisation() -> None:
    graph = applied("mobile", "inverted_residual", "(16, epsilon=0.5)")
    assert {node.attributes["epsilon"] for node in graph.nodes if node.op.name == "batch_norm"} == {0.5}


# Residual blocks ----------------------------------------------------------------------------


@pytest.mark.parametrize(("stride_at", "strides"), [("first", [2, 1, 1, 2]), ("middle", [1, 2, 1, 2])])
def test_a_bottleneck_strides_where_it_is_told(stride_at: str, strides: list[int]) -> None:
    graph = applied("residual", "bottleneck", f'(4, stride=2, stride_at="{stride_at}")')
    assert [node.attributes["stride"][0] for node in graph.nodes if node.op.name == "conv2d"] == strides
    assert shape(graph) == (1, 8, 8, 16)


def test_a_bottleneck_keeps_its_input_where_it_can() -> None:
    graph = applied("residual", "bottleneck", "(2)")
    assert ops(graph).count("conv2d") == 3
    assert ops(graph)[-2:] == ["add", "relu"]


# MobileNetV2 --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "parameters", "macs"),
    [
        (0.35, 1_677_128, 59_285_808),
        (0.5, 1_968_680, 97_131_840),
        (0.75, 2_636_424, 209_069_792),
        (1.0, 3_504_872, 300_774_272),
        (1.3, 5_386_792, 509_374_560),
        (1.4, 6_108_776, 582_195_824),
    ],
)
def test_mobilenet_v2_has_the_size_of_keras_applications(width: float, parameters: int, macs: int) -> None:
    graph = elaborate(load(ROOT / "examples" / "mobilenet_v2.mnet"), None, {"width": width})
    total = cost(graph).total
    assert (total.trainable, total.macs) == (parameters, macs)
