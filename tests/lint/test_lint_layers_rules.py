"""Where the rules about windows and linear layers speak, and where they keep silent."""

import pytest

BODY = "model Net() {{\n  input image: f32[N, 32, 32, 16]\n  output features = {}\n}}\n"


@pytest.mark.parametrize(
    ("code", "layers"),
    [
        ("L231", "image |> conv2d(8, kernel=(1, 4))"),
        ("L231", "image |> depthwise_conv2d(kernel=2)"),
        ("L231", "image |> conv2d(8, kernel=2, stride=(1, 2))"),
        ("L232", "image |> conv2d(8, kernel=1, padding=((0, 0), (0, 0)))"),
        ("L232", "image |> depthwise_conv2d(kernel=3, dilation=2, padding=((2, 2), (2, 2)))"),
        ("L232", "image |> max_pool2d(kernel=(3, 5), stride=2, padding=((1, 1), (2, 2)))"),
        ("L233", "image |> mean([1]) |> reshape([1, 32, 16]) |> dense(4)"),
        ("L234", "image |> conv2d(32, groups=16)"),
        ("L235", "image |> sigmoid |> relu"),
        ("L235", "image |> relu6 |> relu6"),
        ("L236", "image |> mean(keepdims=true) |> conv2d(8, kernel=3)"),
        ("L236", "image |> depthwise_conv2d(kernel=3, stride=16, dilation=64)"),
        ("L237", "image |> conv2d(32, kernel=5) |> tail: conv2d(32, kernel=1)"),
        ("L237", "image |> mean() |> dense(32) |> tail: dense(8)"),
        ("L238", "image |> mean(keepdims=true) |> avg_pool2d(kernel=1, stride=1)"),
        ("L239", "image |> batch_norm() |> second: batch_norm()"),
        ("L240", "image - image"),
    ],
)
def test_it_is_found(found, code, layers):
    assert [finding.code.id for finding in found(BODY.format(layers), [code])] == [code]


@pytest.mark.parametrize(
    ("code", "layers"),
    [
        ("L231", 'image |> conv2d(8, kernel=4, padding="valid")'),
        ("L231", "image |> conv2d(8, kernel=4, padding=((2, 2), (2, 2)))"),
        ("L231", "image |> max_pool2d(kernel=2, stride=2)"),
        ("L232", "image |> conv2d(8, kernel=3, padding=((0, 1), (0, 1)))"),
        ("L232", "image |> conv2d(8, kernel=channels(image), padding=((1, 1), (1, 1)))"),
        ("L232", "image |> pad(padding=[(0, 0), (1, 1), (1, 1), (0, 0)])"),
        ("L233", "image |> mean() |> dense(4)"),
        ("L233", "image |> mean(keepdims=true) |> dense(4)"),
        ("L234", "image |> conv2d(32, groups=8)"),
        ("L235", "image |> relu |> relu6"),
        ("L235", "image |> hard_swish |> relu"),
        ("L236", "image |> conv2d(8, kernel=31)"),
        ("L236", 'image |> conv2d(8, kernel=5, dilation=7, padding="valid")'),
        ("L237", "image |> conv2d(8, kernel=1) |> tail: conv2d(32, kernel=1)"),
        ("L237", "image |> conv2d(32, kernel=1) |> tail: conv2d(32, kernel=3)"),
        ("L237", "image |> depthwise_conv2d() |> tail: conv2d(16, kernel=1)"),
        ("L237", "image |> conv2d(32, groups=4) |> tail: conv2d(32, kernel=1)"),
        ("L237", "[image |> conv2d(32, kernel=1) |> relu |> tail: conv2d(32, kernel=1)] |> concat()"),
        ("L238", "image |> mean([1]) |> mean([1])"),
        ("L239", "image |> batch_norm() |> conv2d(8) |> second: batch_norm()"),
        ("L240", "image * image"),
        ("L240", "(image |> relu) + (image |> tanh)"),
    ],
)
def test_it_is_not_found(found, code, layers):
    assert found(BODY.format(layers), [code]) == []


def test_a_layer_whose_result_is_an_output_is_no_half_of_a_pair(found):
    text = """model Net() {
  input image: f32[N, 32, 32, 16]
  x = image |> first: conv2d(32, kernel=1)
  output features = x
  output logits = x |> second: conv2d(32, kernel=1)
}
"""
    assert found(text, ["L237"]) == []


def test_only_the_turns_that_all_have_it_count(found):
    """The first turn gets what a relu made, the others do not."""
    text = """model Net() {
  input image: f32[N, 32, 32, 16]
  x = image |> relu
  for i in 0..3 as layer {
    x = x |> relu |> conv2d(16)
  }
  output features = x
}
"""
    assert found(text, ["L235"]) == []


def test_a_name_that_hides_the_operator_is_another_thing(found):
    text = """block conv2d(x: tensor, kernel: int, padding: ((int, int), (int, int))) -> tensor {
  return x |> max_pool2d(kernel=kernel, stride=1, padding=padding)
}

model Net() {
  input image: f32[N, 32, 32, 16]
  output features = image |> conv2d(kernel=3, padding=((1, 1), (1, 1)))
}
"""
    assert found(text, ["L232"]) == []


def test_a_comment_keeps_a_fix_away(found):
    text = BODY.format("image |> conv2d(8, kernel=3, padding=((1, 1), // why\n    (1, 1)))")
    (finding,) = found(text, ["L232"])
    assert finding.fix is None
