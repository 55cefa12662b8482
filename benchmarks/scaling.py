"""How compile time grows with depth, and time and peak memory with the bytes of the weights."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from .measure import MNET, Summary, interleaved, run

DEPTHS = (10, 100, 250, 500, 1000, 2000)
WEIGHT_BYTES = (1 << 20, 64 << 20, 256 << 20, 512 << 20, 1 << 30)
_LAYER_BYTES = 16 << 20  # one dense layer of 2048 x 2048 floats

_DEEP = """//! A chain of convolutions, batch norms and activations.
model Deep() {{
  input image: f32[N, 8, 8, 8]
  x = image
  for i in 0..{layers} as layer {{ x = x |> conv2d(8, bias=false) |> batch_norm() |> relu6() }}
  output result = x
}}
"""

_WIDE = """//! A chain of dense layers.
model Wide() {{
  input features: f32[N, {width}]
  x = features
  for i in 0..{layers} as layer {{ x = x |> dense({width}, bias=false) }}
  output result = x
}}
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One size (layers or bytes) and what compiling it took."""

    size: int
    summary: Summary


def depth(work: Path, rounds: int) -> list[Point]:
    """Compile time against the number of layers, each a convolution, a batch norm and an activation."""
    commands: dict[str, list[str | Path]] = {}
    for layers in DEPTHS:
        program = work / f"deep{layers}.mnet"
        program.write_text(_DEEP.format(layers=layers))
        commands[str(layers)] = [MNET, "compile", program, "-o", work / f"deep{layers}.tflite"]
    return [Point(int(size), summary) for size, summary in interleaved(commands, rounds).items()]


def weight_bytes(work: Path, rounds: int) -> list[Point]:
    """Time and peak memory against the size of the checkpoint, up to a gigabyte."""
    commands: dict[str, list[str | Path]] = {}
    for size in WEIGHT_BYTES:
        program, weights = _wide_model(work, size)
        commands[str(size)] = [MNET, "compile", program, "--weights", weights, "-o", work / f"wide{size}.tflite"]
    return [Point(int(size), summary) for size, summary in interleaved(commands, rounds).items()]


def _wide_model(work: Path, size: int) -> tuple[Path, Path]:
    layers = max(1, size // _LAYER_BYTES)
    width = int((size // layers // 4) ** 0.5)
    program, weights = work / f"wide{size}.mnet", work / f"wide{size}.safetensors"
    program.write_text(_WIDE.format(width=width, layers=layers))
    run([sys.executable, "-m", "mnet.benchmarks.random_weights", str(layers), str(width), weights])
    return program, weights
