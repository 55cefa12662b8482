"""The models of a file as graphs, for rules that ask about shapes, costs and memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from ..backends.targets import backend
from ..compiler.choices import Decider
from ..compiler.covering import Covering
from ..compiler.elaborate import elaborate
from ..compiler.ir import Graph, Node
from ..dsl import tree
from ..dsl.modules import Program
from ..dsl.source import Span

if TYPE_CHECKING:
    from ..compiler.cost import CostReport
    from ..compiler.memory import MemoryReport


@dataclass(frozen=True)
class Network:
    """A model with the defaults of its parameters, elaborated and not optimised."""

    model: tree.Model
    graph: Graph

    @cached_property
    def output_names(self) -> frozenset[str]:
        """The names of the values that the network gives."""
        return frozenset(output.value.name for output in self.graph.outputs)

    @cached_property
    def cost(self) -> CostReport:
        """Parameters, MACs and bytes, layer by layer."""
        from ..compiler.cost import cost  # noqa: PLC0415  # few rules ask

        return cost(self.graph)

    @cached_property
    def memory(self) -> MemoryReport:
        """The peak of the activations, in the best order found."""
        from ..compiler.memory import memory  # noqa: PLC0415  # few rules ask

        return memory(self.graph)

    def optimised(self, target: str) -> Graph:
        """The graph as the target writes it."""
        if target not in self._optimised:
            from ..backends.prepare import prepared  # noqa: PLC0415  # only rules of targets ask

            self._optimised[target] = prepared(self.graph, backend(target)).graph
        return self._optimised[target]

    @cached_property
    def _optimised(self) -> dict[str, Graph]:
        return {}

    def own(self, node: Node) -> Span | None:
        """Where the model's own file writes the layer; None for one inside a block of another file."""
        span = node.span
        return span if span and span.file == self.model.span.file else None

    def place(self, node: Node) -> Span:
        """The call in the model's own file that leads to the layer, be it of a block of another file."""
        return self.own(node) or self._called(node.path) or self.model.name.span

    def _called(self, path: str) -> Span | None:
        """The call of the layers around: the longest part of the path that only one call leads to."""
        while path:
            span = self._calls.get(path)
            if span is not None:
                return span
            path = path.rpartition(".")[0]
        return None

    @cached_property
    def _calls(self) -> dict[str, Span | None]:
        """The call behind every path of weights and its beginnings; None where there are several."""
        calls: dict[str, Span | None] = {}
        for name, parameter in self.graph.parameters.items():
            span = parameter.span
            while span is not None and span.file == self.model.span.file and (name := name.rpartition(".")[0]):
                calls[name] = span if calls.get(name, span) == span else None
        return calls


def networks(program: Program) -> tuple[Network, ...]:
    """The models of the main module that can be elaborated with their defaults; of a search space its first point.

    The others are not for rules on graphs.
    """
    models = [item for item in program.main.items if isinstance(item, tree.Model)]
    found = [(model, next(Covering(partial(_at, program, model)).points(), None)) for model in models]
    return tuple([Network(model, first.graph) for model, first in found if first and first.graph])


def _at(program: Program, model: tree.Model, decider: Decider) -> Graph:
    return elaborate(program, model.name.name, decider=decider)
