"""The metrics of a graph, each with what its layers contribute.

The graph is the one that the program says: no pass has run, so that the numbers are the architecture's and no target's.
Latency is the exception that a table makes: it may call operators free that its device does together with others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from ...dsl.record import record
from ...dsl.source import Span
from ..cost import CostReport, cost
from ..ir import Graph, Node
from ..memory import MemoryReport, memory
from .table import LatencyTable, row_of


@record
class Share:
    """What one layer contributes. `span` is the call that makes it, in the user's own files where that is known."""

    path: str
    value: int | float
    span: Span | None


@record
class Measured:
    """A metric's value, remarks on how it came about, and the shares that it is made of where somebody asks."""

    value: int | float
    shares: Callable[[], tuple[Share, ...]]
    notes: tuple[str, ...] = ()


class Gauge:
    """Measures one graph. What several metrics are made of is computed once, and nothing before it is asked for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def measure(self, metric: str) -> Measured:
        """The metric of this name, but for `latency`."""
        return _MEASURES[metric](self)

    def latency(self, table: LatencyTable) -> Measured:
        """Seconds by a table. Raises MissingRowsError, with all of them, where it lacks rows."""
        nodes = self._graph.nodes
        found = table.look_up({node.path: row_of(self._graph, node) for node in nodes})
        notes = (f"{found.estimated} of {len(nodes)} rows are interpolated over MACs",) if found.estimated else ()
        return Measured(sum(found.seconds.values()), lambda: self._shares(found.seconds), notes)

    @cached_property
    def _places(self) -> _Places:
        return _Places(self._graph)

    @cached_property
    def _costs(self) -> CostReport:
        return cost(self._graph)

    @cached_property
    def _memory(self) -> MemoryReport:
        return memory(self._graph)

    def counted(self, count: str) -> Measured:
        """One of the `Counts` of all layers."""

        def shares() -> tuple[Share, ...]:
            return self._shares({layer.path: getattr(layer.counts, count) for layer in self._costs.layers})

        return Measured(getattr(self._costs.total, count), shares)

    def peak(self) -> Measured:
        """Bytes at the highest point of the best order; the shares are the tensors that live then."""
        best = self._memory.best

        def shares() -> tuple[Share, ...]:
            makers = self._graph.producers
            return tuple(Share(v.name, v.type.nbytes(), self._places.of(makers.get(v.name))) for v in best.live)

        where = f"most lives while `{best.node.path}` runs" if best.node else "there are no layers"
        proof = "no order of the layers needs less" if self._memory.proven else "in the best order of layers found"
        return Measured(best.nbytes, shares, (f"{where}; {proof}",))

    def operators(self) -> Measured:
        nodes = self._graph.nodes
        return Measured(len(nodes), lambda: self._shares(dict.fromkeys((node.path for node in nodes), 1)))

    def _shares(self, values: Mapping[str, int | float]) -> tuple[Share, ...]:
        return tuple(
            Share(node.path, value, self._places.of(node))
            for node in self._graph.nodes
            if (value := values.get(node.path, 0))
        )


class _Places:
    """Where the layers of a graph are made, in the user's own files: the standard library's lines help nobody.

    A parameter knows the call that owns it. A layer without any that the library makes is placed where the layers
    beside it are, those of the same call.
    """

    def __init__(self, graph: Graph) -> None:
        spans = {name: parameter.span for name, parameter in graph.parameters.items() if parameter.span}
        self._owners = {
            node.path: spans[value.name] for node in graph.nodes for value in node.operands if value.name in spans
        }
        self._beside = {path.rpartition(".")[0]: span for path, span in self._owners.items()}
        self._files = {span.file for span in spans.values()}

    def of(self, node: Node | None) -> Span | None:
        if node is None:
            return None
        if node.path in self._owners or node.span is None or node.span.file in self._files:
            return self._owners.get(node.path, node.span)
        return self._beside.get(node.path.rpartition(".")[0], node.span)


_MEASURES: Mapping[str, Callable[[Gauge], Measured]] = {
    "params": lambda gauge: gauge.counted("learned"),
    "macs": lambda gauge: gauge.counted("macs"),
    "flops": lambda gauge: gauge.counted("flops"),
    "weight_bytes": lambda gauge: gauge.counted("weight_bytes"),
    "peak_memory": Gauge.peak,
    "layers": Gauge.operators,
}
