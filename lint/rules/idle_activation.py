"""L235: an activation of what has been through it already."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import RELU, RELU6, Trait
from ...dsl.diagnostics import Code
from ..context import Context
from ..edits import once
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    yield from once(_findings(context))


def _findings(context: Context) -> Iterator[Finding]:
    for network in context.networks:
        for node in network.graph.nodes:
            before = network.graph.producers.get(next(node.operands).name) if node.op in (RELU, RELU6) else None
            if before and _is_idle(node, before):
                yield Finding(
                    network.place(node),
                    f"`{node.path}` changes nothing: it gets the result of the `{before.op.name}` `{before.path}`",
                )


def _is_idle(node: Node, before: Node) -> bool:
    return node.op is before.op or (node.op is RELU and before.op.has(Trait.NONNEGATIVE))


RULE = Rule(
    code=Code("L235", "activation that changes nothing"),
    name="idle-activation",
    what="Finds a `relu` of what is never negative, such as the result of another `relu` or of a `sigmoid`, and a "
    "`relu6` of a `relu6`.",
    why="The layer has no effect. Often a block has an activation of its own, and the caller adds another where none "
    "is needed, or forgot that the block was meant to be linear.",
    fails="""\
import std.mobile { conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16, act=relu) |> relu
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
