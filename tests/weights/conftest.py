"""A small program, elaborated in the test's own directory, and checkpoints that fit it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnet.compiler.elaborate import elaborate
from mnet.compiler.ir import Graph
from mnet.dsl import modules
from mnet.dsl.source import Sources

PROGRAM = """\
model Net() {
  input image: f32[N, 8, 8, 3]
  x = image |> stem: conv2d(4, kernel=3, bias=false) |> bn: batch_norm() |> relu()
  output logits = x |> mean(axes=[1, 2]) |> head: dense(5)
}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files are named without a directory, so that messages are the same everywhere."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sources() -> Sources:
    return Sources()


@pytest.fixture
def graph_of(sources: Sources) -> Callable[[str], Graph]:
    """The graph of a program's only model."""

    def elaborated(text: str = PROGRAM) -> Graph:
        Path("net.mnet").write_text(text)
        return elaborate(modules.load(Path("net.mnet"), (), sources=sources), None, {})

    return elaborated


@pytest.fixture
def tensors() -> dict[str, np.ndarray]:
    """What fits `PROGRAM`."""
    draw = np.random.default_rng(0).standard_normal
    shapes = {"stem.weight": (3, 3, 3, 4), "bn.gamma": (4,), "bn.beta": (4,), "bn.mean": (4,), "head.bias": (5,)}
    drawn = {name: draw(shape).astype(np.float32) for name, shape in shapes.items()}
    return drawn | {"bn.variance": np.full(4, 2, np.float32), "head.weight": draw((4, 5)).astype(np.float32)}
