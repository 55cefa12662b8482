"""The scratch copy of a graph that one pass edits.

A graph is immutable, so a pass makes a `Rewriter` of it, edits that, and takes the new graph from `finish`. The readers
of each value are kept in an ordered set, and new nodes beside the old one before which they stand: an edit costs as
much as the value has readers, and a pass stays linear in the size of the graph. A node is known by its path, which it
keeps; a `Node` is a snapshot, so ask for it again after an edit of what it reads. What an edit leaves without readers
goes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ..compiler.data import TensorData
from ..compiler.ir import Graph, Node, Output, Parameter, Value
from .base import PassResult, Remark


class Rewriter:
    """A graph under edit, with what the pass says about it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes: dict[str, Node] = {}
        self._places: dict[str, list[str]] = {}  # by path, shared: the new nodes before an old one, and that
        self._inputs = {value.name for value in graph.inputs}
        self._parameters = dict(graph.parameters)
        self._producers: dict[str, str] = {}
        self._readers: dict[str, dict[str, None]] = {}
        self._outputs = list(graph.outputs)
        self._output_places: dict[str, list[int]] = {}
        self._changes: list[Remark] = []
        self._misses: list[Remark] = []
        for node in graph.nodes:
            self._add(node, [node.path])
        for i, output in enumerate(graph.outputs):
            self._output_places.setdefault(output.value.name, []).append(i)

    # reading

    def walk(self) -> Iterator[Node]:
        """The nodes of this moment in order, each as it is when its turn comes; without those removed meanwhile."""
        for path in tuple(self._order()):
            if path in self._nodes:
                yield self._nodes[path]

    def node(self, path: str) -> Node:
        """The node as it is now. Raises KeyError where it has been removed."""
        return self._nodes[path]

    def producer(self, value: Value | None) -> Node | None:
        """The node that makes a value; None for inputs, parameters and absent operands."""
        if value is None or value.name not in self._producers:
            return None
        return self.node(self._producers[value.name])

    def parameter(self, value: Value | None) -> Parameter | None:
        return None if value is None else self._parameters.get(value.name)

    def readers(self, value: Value) -> tuple[Node, ...]:
        """The nodes that read a value, each once, in the order in which they came to read it."""
        return tuple(map(self.node, self._readers.get(value.name, ())))

    def sole_reader(self, value: Value) -> Node | None:
        """The node that alone sees a value; None for outputs of the graph and where there are more readers or none."""
        readers = self._readers.get(value.name, {})
        return self.node(next(iter(readers))) if len(readers) == 1 and not self.is_output(value) else None

    def is_output(self, value: Value) -> bool:
        return bool(self._output_places.get(value.name))

    def may_replace(self, old: Value, new: Value) -> bool:
        """Whether `new` can stand for `old` for every reader. An output of the graph stays the result of a node of its
        own: artefacts name their tensors after it."""
        return old.type == new.type and (
            not self.is_output(old) or (new.name in self._producers and not self.is_output(new))
        )

    # editing

    def swap(self, node: Node) -> None:
        """Puts a node in the place of the one with its path; its readers read its results from now on."""
        old = self.node(node.path)
        self._nodes[node.path] = node
        self._unregister(old)
        self._register(node)
        for before, after in zip(old.outputs, node.outputs, strict=True):
            if before != after:
                self.replace_uses(before, after)
        self._sweep(old)

    def insert_before(self, place: Node, node: Node) -> None:
        """Adds a node. Its path must be new (see `fresh_name`)."""
        neighbours = self._places[place.path]
        neighbours.insert(neighbours.index(place.path), node.path)
        self._add(node, neighbours)

    def remove(self, node: Node) -> None:
        """Takes out a node that nothing reads, and what only it read."""
        self._drop(node)
        self._sweep(node)

    def make_constant(self, node: Node, constants: Iterable[Parameter]) -> None:
        """Takes out a node, with parameters of the same names in the place of its results."""
        self._drop(node)
        self._parameters.update((constant.name, constant) for constant in constants if self._is_read(constant.value))
        self._sweep(node)

    def replace_uses(self, old: Value, new: Value) -> None:
        """Every reader of `old`, outputs of the graph too, reads `new`."""
        for path in self._readers.pop(old.name, {}):
            node = self.node(path)
            inputs = tuple(new if value and value.name == old.name else value for value in node.inputs)
            self._nodes[path] = replace(node, inputs=inputs)
            self._readers.setdefault(new.name, {})[path] = None
        for place in self._output_places.pop(old.name, ()):
            self._outputs[place] = Output(self._outputs[place].name, new)
            self._output_places.setdefault(new.name, []).append(place)

    def bypass(self, node: Node, value: Value) -> None:
        """Readers of the node's only result read `value` instead; the node goes."""
        self.replace_uses(node.output, value)
        self.remove(node)

    def add_parameter(self, parameter: Parameter) -> Value:
        """Adds a parameter, or puts it in the place of the one with its name."""
        self._parameters[parameter.name] = parameter
        return parameter.value

    def set_data(self, parameter: Parameter, data: TensorData) -> None:
        """Gives a parameter other elements of the same type."""
        self._parameters[parameter.name] = replace(parameter, data=data)

    def replace_parameter(self, old: Parameter, new: Parameter) -> None:
        """Takes out a parameter, with another of the graph in its place."""
        self.replace_uses(old.value, new.value)
        del self._parameters[old.name]

    def fresh_name(self, base: str) -> str:
        """`base`, or `base_2`, `base_3`, ... where it is taken by a node or value."""
        name, count = base, 1
        while name in self._places or name in self._producers or name in self._parameters or name in self._inputs:
            count += 1
            name = f"{base}_{count}"
        return name

    # what a pass does

    def exhaust(self, visit: Callable[[Rewriter, Node], None]) -> PassResult:
        """Visits every node, until a whole turn changes nothing. Nearly all is found in the first turn, because nodes
        are visited after what they read; the misses are those of the last."""
        before = -1
        while before != len(self._changes):
            before = len(self._changes)
            self._misses.clear()
            for node in self.walk():
                visit(self, node)
        return self.finish()

    def changed(self, place: Node | Parameter, text: str) -> None:
        """Notes what has been done."""
        self._changes.append(_remark(place, text))

    def missed(self, place: Node | Parameter, text: str) -> None:
        """Notes why something has nearly been done, but not."""
        self._misses.append(_remark(place, text))

    def finish(self) -> PassResult:
        """The graph as edited; the very one the rewriter was made of where nothing was changed."""
        changes, misses = tuple(self._changes), tuple(self._misses)
        if not changes:
            return PassResult(self._graph, misses=misses)
        nodes = tuple(self._nodes[path] for path in self._order())
        graph = replace(self._graph, nodes=nodes, outputs=tuple(self._outputs), parameters=self._parameters)
        return PassResult(graph, changes, misses)

    def _order(self) -> Iterator[str]:
        for old in self._graph.nodes:
            yield from (path for path in self._places[old.path] if path in self._nodes)

    def _add(self, node: Node, neighbours: list[str]) -> None:
        self._nodes[node.path] = node
        self._places[node.path] = neighbours
        self._register(node)

    def _drop(self, node: Node) -> None:
        self._unregister(node)
        del self._nodes[node.path]

    def _register(self, node: Node) -> None:
        self._producers.update((value.name, node.path) for value in node.outputs)
        for value in node.operands:
            self._readers.setdefault(value.name, {})[node.path] = None

    def _unregister(self, node: Node) -> None:
        for value in node.outputs:
            del self._producers[value.name]
        for value in node.operands:
            self._readers.get(value.name, {}).pop(node.path, None)

    def _is_read(self, value: Value) -> bool:
        return bool(self._readers.get(value.name)) or self.is_output(value)

    def _sweep(self, node: Node) -> None:
        """Drops what made the operands that `node` has just ceased to read, where nothing else reads them."""
        lost = list(node.operands)
        while lost:
            value = lost.pop()
            if self._is_read(value):
                continue
            self._parameters.pop(value.name, None)
            producer = self.producer(value)
            if producer is not None and not any(map(self._is_read, producer.outputs)):
                self._drop(producer)
                lost.extend(producer.operands)


def _remark(place: Node | Parameter, text: str) -> Remark:
    return Remark(place.path if isinstance(place, Node) else place.name, place.span, text)
