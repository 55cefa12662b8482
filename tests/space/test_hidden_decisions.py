"""No way of calling a block hides its decisions from the space."""

import pytest

from mnet.compiler.space import Space
from mnet.driver import read_source

BLOCKS = """
block searched(x: tensor) -> tensor {
  choice kernel in { 3, 5 }
  return x |> conv2d(8, kernel)
}

block residual(x: tensor, inner: block) -> tensor {
  return x + inner(x)
}

block perhaps(x: tensor, there: bool) -> tensor {
  return if there { x |> searched() } else { x }
}
"""

CALLS = {
    "a block that is given to another": ("y = image |> residual(searched)", ["residual.inner.kernel"]),
    "an instance that is given to a block": ("it = searched() y = image |> residual(it)", ["it.kernel"]),
    "a branch": ("y = if true { image |> searched() } else { image }", ["searched.kernel"]),
    "a branch that is returned": ("y = image |> perhaps(true)", ["perhaps.searched.kernel"]),
    "a comprehension": (
        "y = [image |> searched() for i in 0..2 as turn] |> concat()",
        ["turn0.searched.kernel", "turn1.searched.kernel"],
    ),
    "a comprehension after an instance that decides nothing": (
        "stem = conv2d(8) y = [stem(image) |> searched() for i in 0..2 as turn] |> concat()",
        ["turn0.searched.kernel", "turn1.searched.kernel"],
    ),
    "an argument": ("y = image |> conv2d(channels(image |> searched()))", ["searched.kernel"]),
    "the right side of `and`": (
        "wide = true and channels(image |> searched()) > 4 y = image |> conv2d(if wide { 8 } else { 4 })",
        ["searched.kernel"],
    ),
}


@pytest.mark.parametrize("way", CALLS)
def test_decisions_are_found_behind(way):
    body, paths = CALLS[way]
    text = f"{BLOCKS}\nmodel Net() {{\n  input image: f32[N, 8, 8, 8]\n  {body}\n  output result = y\n}}\n"
    space = Space(read_source(text, "net.mnet"))
    assert [decision.path for decision in space.decisions] == paths
    assert space.count() == 2 ** len(paths)
