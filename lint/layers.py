"""What rules about graphs share: findings gathered by the line that makes the layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ..compiler.ir import Node
from ..dsl.record import record
from ..dsl.source import Span
from .context import Context
from .networks import Network

T = TypeVar("T")

SHOWN = 3
"""Layers of one line that a note names."""

Measure = Callable[[Network, Node], T | None]
"""What is wrong with a layer, in numbers or words; None where nothing is."""


@record
class Fault(Generic[T]):
    """What is wrong with the layers that a line makes: of the first of them, and which they are."""

    span: Span
    what: T
    node: Node
    paths: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Names the layers."""
        shown = [f"`{path}`" for path in self.paths[:SHOWN]]
        more = len(self.paths) - len(shown)
        if more:
            return (f"these are the layers {', '.join(shown)} and {more} more",)
        if len(shown) == 1:
            return (f"this is the layer {shown[0]}",)
        return (f"these are the layers {', '.join(shown[:-1])} and {shown[-1]}",)


def faults(context: Context, measure: Measure[T], *, every: bool = False) -> Iterator[Fault[T]]:
    """What is wrong with layers, a line at a time, be they written there or inside of a block called there.

    With `every` only where it is wrong with all layers that the line makes.
    """
    return _gathered(context, measure, Network.place, every)


def own_faults(context: Context, measure: Measure[T]) -> Iterator[Fault[T]]:
    """The same of layers that the file itself writes, and only where it is wrong with each that the line makes.

    So a layer in a block that is called in several ways has to be wrong in all of them.
    """
    return _gathered(context, measure, Network.own, every=True)


def _gathered(
    context: Context, measure: Measure[T], place: Callable[[Network, Node], Span | None], every: bool
) -> Iterator[Fault[T]]:
    wrong: dict[Span, list[tuple[Node, T]]] = {}
    right: set[Span | None] = set()
    for network, node in layers(context):
        what = measure(network, node)
        if what is not None and (span := place(network, node)):
            wrong.setdefault(span, []).append((node, what))
        if what is None and every:
            right.add(place(network, node))
    for span, found in wrong.items():
        if span not in right:
            node, what = found[0]
            yield Fault(span, what, node, tuple(dict.fromkeys(node.path for node, _ in found)))


def layers(context: Context) -> Iterator[tuple[Network, Node]]:
    """Every layer of every network."""
    return ((network, node) for network in context.networks for node in network.graph.nodes)


def source_of(network: Network, node: Node, operand: int = 0) -> Node | None:
    """The layer that makes an operand, behind layers that only pass it on; None where it is no layer's result."""
    value = node.inputs[operand]
    while value is not None:
        maker = network.graph.producers.get(value.name)
        if maker is None or maker.op.name != "identity":
            return maker
        value = maker.inputs[0]
    return None


def readers(network: Network, node: Node) -> tuple[Node, ...]:
    """The layers that read any result of a layer."""
    users = network.graph.users
    return tuple(user for value in node.outputs for user in users.get(value.name, ()))


def is_output(network: Network, node: Node) -> bool:
    """Whether the network gives a result of the layer."""
    return any(value.name in network.output_names for value in node.outputs)
