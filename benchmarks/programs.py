"""What a writer waits for: `mnet check` of every example, and check, layout and lint of programs that grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measure import MNET, interleaved, python
from .models import ROOT

LINES = (1_250, 2_500, 5_000, 10_000)
COMMANDS = {"check": ["check"], "fmt": ["fmt", "--check"], "lint": ["lint"]}

_BLOCK = """
/// Block {number}: a convolution over space between two over channels, added to what came in.
block layer{number}(x: tensor, filters: int = {filters}) -> tensor {{
  choice kernel in {{ 3, 5, 7 }}
  choice expand in {{ 2, 4 }}
  y = x |> widen: conv2d(filters * expand, kernel=1) |> relu6()
  y = y |> spatial: depthwise_conv2d(kernel=kernel, bias=false) |> batch_norm() |> relu6()
  y = y |> narrow: conv2d(channels(x), kernel=1)
  return x + y
}}
"""

_MODEL = """
/// Network {number}, of its own blocks.
model Network{number}() {{
  input image: f32[N, 32, 32, 16]
  y = image
{calls}  require macs <= 500M
  output result = y
}}
"""

_BLOCKS = 10
"""Of a model."""


def measure(work: Path, rounds: int) -> dict[str, Any]:
    """`checks` of the examples, `texts` of so many lines."""
    return {"checks": _checks(rounds), "texts": _texts(work, rounds)}


def _checks(rounds: int) -> list[dict[str, Any]]:
    files = json.loads(python("mnet.benchmarks.examples"))
    taken = interleaved({f["file"]: [MNET, "check", ROOT / "examples" / f["file"]] for f in files}, rounds)
    return [{**file, "summary": taken[file["file"]]} for file in files]


def _texts(work: Path, rounds: int) -> list[dict[str, Any]]:
    """Programs in the canonical layout in which nothing is found: all of a text is looked at."""
    programs: dict[str, Path] = {}
    for lines in LINES:
        text = program(lines)
        path = work / f"text{lines}.mnet"
        path.write_text(text)
        programs[str(len(text.splitlines()))] = path
    measured = interleaved(
        {
            f"{name} {lines}": [MNET, *words, path]
            for lines, path in programs.items()
            for name, words in COMMANDS.items()
        },
        rounds,
    )
    return [{"lines": int(lines), **{name: measured[f"{name} {lines}"] for name in COMMANDS}} for lines in programs]


def program(lines: int) -> str:
    """Models of ten blocks each, of at least so many lines."""
    text, number = "//! Networks of many blocks, after arXiv:1801.04381.\n", 0
    while text.count("\n") < lines:
        text += "".join(_network(number))
        number += 1
    return text


def _network(number: int) -> Iterator[str]:
    blocks = range(number * _BLOCKS, (number + 1) * _BLOCKS)
    for block in blocks:
        yield _BLOCK.format(number=block, filters=16 + 8 * (block % 4))
    yield _MODEL.format(number=number, calls="".join(f"  y = y |> layer{block}()\n" for block in blocks))
