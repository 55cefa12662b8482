"""L239: a batch norm of a batch norm."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ops import BATCH_NORM
from ...dsl.diagnostics import Code
from ..context import Context
from ..edits import once
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    yield from once(_findings(context))


def _findings(context: Context) -> Iterator[Finding]:
    for network in context.networks:
        for node in network.graph.nodes:
            before = network.graph.producers.get(next(node.operands).name) if node.op is BATCH_NORM else None
            if before and before.op is BATCH_NORM:
                yield Finding(network.place(node), f"`{node.path}` normalises what `{before.path}` has just normalised")


RULE = Rule(
    code=Code("L239", "normalised twice"),
    name="normalised-twice",
    what="Finds a batch norm directly behind a batch norm.",
    why="What comes out of the first has the mean and variance that it was given; the second can undo that and nothing "
    "else. Often a block has a batch norm of its own, and its caller adds another.",
    sources=("https://arxiv.org/abs/1502.03167",),
    fails="""\
import std.mobile { conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16) |> batch_norm() |> relu
}
""",
    passes="""\
import std.mobile { conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16, act=relu)
}
""",
    check=_check,
)
