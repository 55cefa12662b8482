"""L105: layers whose results reach no output."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import Fault, faults
from ..names import Kind
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    needed = {id(network): _needed(network) for network in context.networks}

    def idle(network: Network, node: Node) -> bool | None:
        return None if node.path in needed[id(network)] else True

    told = _lines_of_unused_variables(context)
    for fault in faults(context, idle, every=True):
        if fault.span.line not in told:
            yield _finding(fault)


def _lines_of_unused_variables(context: Context) -> set[int]:
    """What is assigned in vain is another rule's."""
    spans = {found.node.span for found in context.names.of_kind(Kind.VARIABLE) if not found.uses}
    return {line for span in spans for line in range(span.line, span.end_line + 1)}


def _finding(fault: Fault[bool]) -> Finding:
    message = f"no output needs the result of `{fault.node.op.name}`"
    return Finding(fault.span, message, "computed for nothing", notes=fault.notes, hint="use its result, or remove it")


def _needed(network: Network) -> set[str]:
    """The paths of the layers that the outputs are made of."""
    graph = network.graph
    needed: set[str] = set()
    pending = [output.value.name for output in graph.outputs]
    while pending:
        node = graph.producers.get(pending.pop())
        if node is not None and node.path not in needed:
            needed.add(node.path)
            pending += [value.name for value in node.operands]
    return needed


RULE = Rule(
    code=Code("L105", "layer that no output needs"),
    name="unused-layer",
    what="Finds layers from which no way leads to an output of their model.",
    why="Backends drop such layers, but everything before them counts them: they are trained, their weights are part "
    "of the published number of parameters and are demanded of checkpoints. Mostly a branch was meant to be joined to "
    "the others, and never was.",
    fails="""\
/// Two branches, of which one is forgotten.
model Net() {
  input image: f32[N, 32, 32, 3]
  branches = [image |> near: conv2d(16, kernel=3), image |> far: conv2d(16, kernel=5)]
  output features = branches[0]
}
""",
    passes="""\
/// Two branches.
model Net() {
  input image: f32[N, 32, 32, 3]
  branches = [image |> near: conv2d(16, kernel=3), image |> far: conv2d(16, kernel=5)]
  output features = branches |> concat()
}
""",
    check=_check,
)
