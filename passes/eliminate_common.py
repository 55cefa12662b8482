"""eliminate-common: what is computed twice is computed once.

    y = op(a, b) {attributes};  z = op(a, b) {attributes};  f(y, z)    ->    f(y, y)

Two nodes are the same if operator, attributes, operands and the annotations about running are; the operands of a
commutative operator in any order.
Parameters are the same if they have one role and hold one piece of data, or the same constant of the program: what
two weights hold is not compared. The first stays. An output of the graph that would become another output stays too.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from ..compiler.ir import Graph, Node, Parameter
from ..compiler.ops import Trait
from ..dsl.record import record
from .annotated import about_running
from .base import PassResult
from .constants import known_elements
from .rewrite import Rewriter


@record
class EliminateCommon:
    name: ClassVar[str] = "eliminate-common"

    def run(self, graph: Graph) -> PassResult:
        rewriter = Rewriter(graph)
        _merge_parameters(rewriter, graph)
        _merge_nodes(rewriter)
        return rewriter.finish()


def _merge_parameters(rewriter: Rewriter, graph: Graph) -> None:
    first: dict[Hashable, Parameter] = {}
    for parameter in graph.parameters.values():
        kept = first.setdefault(_parameter_key(parameter), parameter)
        if kept is not parameter and rewriter.may_replace(parameter.value, kept.value):
            rewriter.replace_parameter(parameter, kept)
            rewriter.changed(parameter, f"merged with `{kept.name}`")


def _parameter_key(parameter: Parameter) -> Hashable:
    return parameter.role, parameter.value.type, parameter.frozen, _content(parameter)


def _content(parameter: Parameter) -> Hashable:
    """The bytes of a constant of the program; of anything else, only which piece of data it is."""
    elements = known_elements(parameter)
    return id(parameter.data) if elements is None else elements.tobytes()


def _merge_nodes(rewriter: Rewriter) -> None:
    first: dict[Hashable, Node] = {}
    for node in rewriter.walk():
        kept = first.setdefault(_node_key(node), node)
        if kept is not node:
            _merge(rewriter, node, kept)


def _node_key(node: Node) -> Hashable:
    names = ["" if value is None else f"%{value.name}" for value in node.inputs]
    operands = sorted(names) if node.op.has(Trait.COMMUTATIVE) else names
    running = [(annotation.kind, sorted(annotation.values.items())) for annotation in about_running(node)]
    return node.op.name, tuple(operands), repr(sorted(node.attributes.items())), repr(running)


def _merge(rewriter: Rewriter, node: Node, kept: Node) -> None:
    pairs = list(zip(node.outputs, kept.outputs, strict=True))
    if not all(rewriter.may_replace(mine, others) for mine, others in pairs):
        rewriter.missed(node, f"not merged with `{kept.path}`: both are outputs of the graph")
        return
    for mine, others in pairs:
        rewriter.replace_uses(mine, others)
    rewriter.remove(node)
    rewriter.changed(node, f"merged with `{kept.path}`")
