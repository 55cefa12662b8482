"""The layers of a graph that own weights, and what makes a stored layer fit one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...dsl.diagnostics import Label
from ...dsl.source import Span
from ..ir import Graph, Node, Parameter, Role
from ..ops.base import Trait
from .checkpoint import StoredLayer
from .slots import Layouts, as_hwio
from .topology import Step, Topology, contract

Signature = tuple[str, tuple[int, ...], tuple[str, ...]]
"""A family of layers, the shape of its main tensor, and the slots that it has."""

_FAMILIES = {
    "conv2d": "linear",
    "depthwise_conv2d": "linear",
    "dense": "linear",
    "transposed_conv2d": "transposed",
    "batch_norm": "batch_norm",
    "prelu": "prelu",
}
_STORED_FAMILIES = {
    "conv": "linear",
    "depthwise": "linear",
    "dense": "linear",
    "transposed": "transposed",
    "batch_norm": "batch_norm",
    "normalization": "batch_norm",
    "prelu": "prelu",
}
_MAIN = {"linear": "weight", "transposed": "weight", "batch_norm": "mean", "prelu": "slope"}


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of the program with the parameters that it learns, by slot.

    `spans` are the call in the user's own files and the operator's, which may be one. `flattened` is the [H, W, C]
    of the image that a dense layer reads as one row.
    """

    path: str
    op: str
    parameters: Mapping[str, Parameter]
    spans: tuple[Span, ...]
    epsilon: float | None = None
    flattened: tuple[int, ...] | None = None

    def labels(self, text: str) -> tuple[Label, ...]:
        """The user's line first, and the text where the operator is."""
        return tuple(Label(span, text if span == self.spans[-1] else "in this call") for span in self.spans)

    @property
    def signature(self) -> Signature:
        family = _FAMILIES.get(self.op, self.op)
        main = self.parameters.get(_MAIN.get(family, ""))
        return family, _as_kernel(main.value.type.static_shape) if main else (), tuple(sorted(self.parameters))


def _as_kernel(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (1, 1, *shape) if len(shape) == 2 else shape


def stored_signature(layer: StoredLayer, layouts: Layouts) -> Signature:
    """The same of a stored layer: equal signatures can stand for each other."""
    family = _STORED_FAMILIES.get(layer.kind or "", layer.kind or "")
    main = layer.tensors.get(_MAIN.get(family, ""))
    if main is not None and layer.kind is not None and layer.kind in layouts:
        main = as_hwio(main, layouts[layer.kind])
    slots = tuple(sorted(slot for slot in layer.tensors if slot != "count"))
    return family, main.shape if main else (), slots


def describe(signature: Signature) -> str:
    """For messages: `batch_norm [32]`."""
    family, shape, _ = signature
    return f"{'convolution or dense' if family == 'linear' else family} {list(shape)}"


def layers_of(graph: Graph) -> tuple[Layer, ...]:
    """The layers in an order of execution. Constants that the program writes are no weights."""
    layers: dict[str, Layer] = {}
    for node in graph.nodes:
        owned = _owned(graph, node)
        path = layer_path(node, owned)
        if owned and path not in layers:
            epsilon = node.attributes.get("epsilon")
            number = epsilon if isinstance(epsilon, float) else None
            spans = dict.fromkeys(filter(None, (next(iter(owned.values())).span, node.span)))
            layers[path] = Layer(path, node.op.name, owned, tuple(spans), number, _flattened(graph, node))
    return tuple(layers.values())


def _flattened(graph: Graph, node: Node) -> tuple[int, ...] | None:
    if node.op.name != "dense":
        return None
    source = _producer(graph, node)
    while source is not None and source.op.has(Trait.ACTIVATION):
        source = _producer(graph, source)
    image = source.inputs[0] if source is not None and source.op.name == "reshape" else None
    if image is None or image.type.rank != 4 or image.type.shape[1:3] == (1, 1):
        return None
    return tuple(size for size in image.type.shape[1:] if isinstance(size, int))


def _producer(graph: Graph, node: Node) -> Node | None:
    return graph.producers.get(node.inputs[0].name) if node.inputs[0] is not None else None


def _owned(graph: Graph, node: Node) -> dict[str, Parameter]:
    owned = {}
    for operand, value in zip(node.op.operands, node.inputs, strict=False):
        parameter = graph.parameters.get(value.name) if value is not None else None
        if parameter is not None and parameter.role is not Role.CONSTANT:
            owned[operand.name] = parameter
    return owned


def layer_path(node: Node, owned: Mapping[str, Parameter]) -> str:
    """A layer is named by its weights, which several nodes may share, not by one of its nodes."""
    for slot, parameter in owned.items():
        if parameter.name.endswith(f".{slot}"):
            return parameter.name.removesuffix(f".{slot}")
    return node.path


def topology_of(graph: Graph) -> Topology:
    """The graph as steps between its layers."""
    place = {value.name: index for index, value in enumerate(graph.inputs)}
    steps = [Step("input", None, ()) for _ in graph.inputs]
    for node in graph.nodes:
        inputs = tuple(place[value.name] for value in node.operands if value.name in place)
        owned = _owned(graph, node)
        steps.append(Step(node.op.name, layer_path(node, owned) if owned else None, inputs))
        place.update((value.name, len(steps) - 1) for value in node.outputs)
    return contract(steps)
