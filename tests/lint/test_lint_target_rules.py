"""Rules about targets: only where one is named, at the user's own line."""

import pytest

from mnet import driver
from mnet.lint.engine import rule
from mnet.lint.networks import networks

TARGETED = ["L601", "L602", "L603", "L604"]


@pytest.mark.parametrize("code", TARGETED)
def test_they_keep_silent_without_a_target(found, code):
    assert found(rule(code).fails, TARGETED) == []


@pytest.mark.parametrize("code", ["L602", "L603"])
def test_another_target_has_no_such_delegate(found, code):
    assert found(rule(code).fails, [code], "onnx") == []


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_they_look_at_the_layers_that_are_compiled(target):
    text = """model Net() {
  input image: f32[N, 8, 8, 4]
  x = image |> conv2d(8)
  @placement("gpu") x = x |> relu
  output y = x
}
"""
    program = driver.read_source(text, "a.mnet")
    (network,) = networks(program)
    compiled = driver.Network(network.graph, program).optimise(target).graph
    assert network.optimised(target) == compiled
    assert ("relu" in [node.op.name for node in compiled.nodes]) == (target == "onnx")


def test_every_limit_that_is_broken_is_told(found):
    text = """model Net() {
  input x: f32[1, 2, 3, 4, 5, 6, 7]
  input y: i64[4]
  output a = x |> relu
  output b = y + y
}
"""
    assert [(f.span.line, f.code.id) for f in found(text, ["L601"], "tflite")] == [(4, "L601"), (5, "L601")]


def test_a_layer_of_a_loop_is_told_once(found):
    text = """model Net() {
  input image: f32[1, 8, 8, 4]
  x = image
  for i in 0..3 as stage {
    x = x |> resize(16 * (i + 1), method="nearest") |> conv2d(4)
  }
  output y = x
}
"""
    assert len(found(text, ["L603"], "tflite")) == 1


def test_what_the_target_refuses_is_not_asked_of_its_delegate(found):
    text = """model Net() {
  input x: i64[1, 8, 8, 4]
  input image: f32[1, 8, 8, 4]
  output a = x + x
  output b = image |> resize(16, method="nearest")
}
"""
    assert [f.code.id for f in found(text, TARGETED, "tflite")] == ["L601"]


def test_a_search_space_is_looked_at_in_its_first_point(found):
    text = """model Space() {
  input image: f32[1, 8, 8, 4]
  choice bits in { "int4", "int8" }
  @precision(weights=bits) x = image |> conv2d(4)
  output y = x |> conv2d(8)
}
"""
    assert [(f.span.line, f.code.id) for f in found(text, ["L604", "L203"], "tflite")] == [(4, "L604"), (4, "L203")]
