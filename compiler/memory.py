"""Activation memory: the bytes that live at once while a graph runs, and an order that needs few.

The model, at batch 1 where the batch is symbolic; parameters are not activations:

- A graph input lives from the start to its last reader; a graph output from its node to the end;
  any other result from its node to its last reader.
- While a node runs, its operands and its results live together.
- `reshape` and `identity` compute nothing: their result is their operand's memory under another type.
- An element-wise node or a batch norm writes over an operand of as many bytes as its result, if
  nobody reads that operand later and it is no graph input (its memory belongs to the caller).

An arena needs at least the peak; how far it goes beyond is up to the runtime's placement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..dsl.record import record
from .ir import Graph, Node, Value
from .ops import BATCH_NORM, IDENTITY, RESHAPE, Trait
from .schedule import Buffer, Problem, Task, best_order


@record
class Peak:
    """The highest point of an order: its bytes, the node that runs there, and the tensors that live then.

    Of tensors that share memory only the first made is named. `node` is None for a graph without nodes.
    """

    nbytes: int
    node: Node | None
    live: tuple[Value, ...]


@record
class MemoryReport:
    """`given` is the peak in the graph's own order, `best` that of `order`, the best one found.

    `proven` tells whether no order at all has a lower peak.
    """

    given: Peak
    best: Peak
    order: tuple[Node, ...]
    proven: bool


def memory(graph: Graph) -> MemoryReport:
    """The peak activation memory in the graph's order, and the best order found in bounded time."""
    model = _Model(graph)
    order, proven = best_order(model.problem)
    given = model.peak(range(len(graph.nodes)))
    best = model.peak(order)
    return MemoryReport(given, best, tuple(graph.nodes[index] for index in order), proven)


class _Model:
    """A graph as tasks that read and make buffers. Task i is node i."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.values: list[Value] = []
        self.index: dict[str, int] = {}
        self.maker: dict[str, int] = {}
        self.tasks: list[Task] = []
        for value in graph.inputs:
            self._new_buffer(value)
        for node in graph.nodes:
            self.tasks.append(self._task(node))
        kept = {self.index[output.value.name] for output in graph.outputs if output.value.name in self.index}
        self.problem = Problem(tuple(self.tasks), tuple(self._buffers(kept)))

    def _new_buffer(self, value: Value) -> int:
        self.values.append(value)
        self.index[value.name] = len(self.values) - 1
        return self.index[value.name]

    def _task(self, node: Node) -> Task:
        operands = [v.name for v in node.operands if v.name in self.index]
        after = tuple(dict.fromkeys(self.maker[name] for name in operands if name in self.maker))
        reads = tuple(dict.fromkeys(self.index[name] for name in operands))
        self.maker.update((value.name, len(self.tasks)) for value in node.outputs)
        if reads and (node.op is RESHAPE or node.op is IDENTITY):
            self.index[node.output.name] = reads[0]
            return Task(after, reads, ())
        overwrites = node.op.has(Trait.ELEMENTWISE) or node.op is BATCH_NORM
        return Task(after, reads, tuple(self._new_buffer(value) for value in node.outputs), overwrites)

    def _buffers(self, kept: set[int]) -> Iterable[Buffer]:
        given = len(self.graph.inputs)
        return (
            Buffer(value.type.nbytes(), given=index < given, kept=index in kept)
            for index, value in enumerate(self.values)
        )

    def peak(self, order: Sequence[int]) -> Peak:
        """Where the order stands highest; of several such places the first."""
        run = self.problem.simulate(order)
        nodes = self.graph.nodes
        live = tuple(self.values[index] for index in sorted(run.live))
        return Peak(run.peak, nodes[run.task] if run.task is not None else None, live)
