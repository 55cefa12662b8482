"""L601: what the target can't take."""

from __future__ import annotations

from collections.abc import Iterator

from ...backends.targets import backend
from ...compiler.ir import Graph
from ...dsl.diagnostics import Code, Diagnostic
from ...dsl.source import Span
from ..context import Context
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    target = context.target
    if target is None:
        return
    for network in context.networks:
        graph = network.optimised(target)
        for refusal in backend(target).check(graph):
            yield Finding(_place(network, graph, refusal), refusal.message, notes=refusal.notes, hint=refusal.hint)


def _place(network: Network, graph: Graph, refusal: Diagnostic) -> Span:
    """Where the file leads to what is refused, be it in a block of another file."""
    node = next((node for node in graph.nodes if node.span == refusal.span), None)
    return network.place(node) if node else network.model.name.span


RULE = Rule(
    code=Code("L601", "layer that the target can't take"),
    name="outside-target",
    what="Finds what `mnet compile --target` would refuse: operators with element types, axes or attributes beyond the "
    "target's limits, and models larger than its files. Runs with `--target`.",
    why="Such a model compiles for one target and not for another. The pages under `docs/backends` list the limits.",
    target="tflite",
    fails="""\
/// Seven axes.
model Net() {
  input x: f32[1, 2, 3, 4, 5, 6, 7]
  output y = x |> relu
}
""",
    passes="""\
/// Four axes.
model Net() {
  input x: f32[1, 24, 5, 42]
  output y = x |> relu
}
""",
    check=_check,
)
