"""eliminate-dead: what no output depends on goes.

A node is alive if one of its results is an output of the graph or an operand of a living node; a parameter, if a living
node reads it or it is an output. Inputs of the graph stay: they are its signature.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from ..compiler.ir import Graph
from ..dsl.record import record
from .base import PassResult, Remark


@record
class EliminateDead:
    name: ClassVar[str] = "eliminate-dead"

    def run(self, graph: Graph) -> PassResult:
        living = _living_values(graph)
        nodes = tuple(node for node in graph.nodes if any(value.name in living for value in node.outputs))
        parameters = {name: parameter for name, parameter in graph.parameters.items() if name in living}
        changes = _remarks(graph, living)
        return PassResult(replace(graph, nodes=nodes, parameters=parameters), changes) if changes else PassResult(graph)


def _living_values(graph: Graph) -> set[str]:
    living = {output.value.name for output in graph.outputs}
    for node in reversed(graph.nodes):
        if any(value.name in living for value in node.outputs):
            living.update(value.name for value in node.operands)
    return living


def _remarks(graph: Graph, living: set[str]) -> tuple[Remark, ...]:
    """One for each node and each parameter that goes."""
    nodes = [node for node in graph.nodes if not any(value.name in living for value in node.outputs)]
    parameters = [parameter for name, parameter in graph.parameters.items() if name not in living]
    text = "removed: no output depends on it"
    return (
        *(Remark(node.path, node.span, text) for node in nodes),
        *(Remark(parameter.name, parameter.span, text) for parameter in parameters),
    )
