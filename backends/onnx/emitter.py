"""Where each value of the IR is found in the artefact, and in which layout.

Values are laid out in one forward walk. Each has the layout that its node's rule chose; whoever needs another
one asks for it by `read`, which moves the data once for all who ask. Constants come in any layout for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...compiler.ir import Graph, Node, Output, Value
from ...compiler.types import Shape
from ...dsl.record import record
from . import messages
from .layouts import Layout, as_written, channels_first, moves, same_data, spell, stored, usual
from .messages import Attribute
from .nodes import Nodes
from .tensors import Tensor


@record
class Options:
    """How an artefact shall be; see `Onnx` for the meaning."""

    opset: int
    layout: str
    batch: int | None

    def outer_layout(self, rank: int) -> Layout:
        """The layout of inputs and outputs."""
        return channels_first(rank) if rank == 4 and self.layout == "nchw" else as_written(rank)


@record
class Flattened:
    """A matrix [N, H * W * C] whose columns are stored in the order of another layout of [N, H, W, C]."""

    name: str
    shape: tuple[int, ...]
    layout: Layout


class Emitter(Nodes):
    """What lowering rules read values from and put results into."""

    def __init__(self, graph: Graph, options: Options) -> None:
        super().__init__()
        self.graph = graph
        self.opset = options.opset
        self.flattened: dict[str, Flattened] = {}
        self.described: dict[str, bytes] = {}
        self.named: dict[str, str] = {}
        self.unusual: dict[str, Layout] = {}
        self._options = options
        self._outputs: Mapping[str, str] = {out.value.name: out.name for out in reversed(graph.outputs)}
        self._claimed = {out.name for out in graph.outputs}
        self._layouts: dict[str, Layout] = {}
        self._places: dict[tuple[str, Layout], str] = {}
        self._constants: dict[tuple[object, ...], str] = {}

    # What is known of a value ---------------------------------------------------------------

    def shape(self, value: Value) -> Shape:
        """The value's shape, with the symbolic batch replaced where one was chosen."""
        batch = self._options.batch
        return tuple(batch if batch and isinstance(dim, str) else dim for dim in value.type.shape)

    def static(self, value: Value, axis: int) -> int:
        """The size along an axis. Raises ValueError where that is symbolic."""
        return value.type.with_shape((self.shape(value)[axis],)).static_shape[0]

    def is_constant(self, value: Value) -> bool:
        return value.name in self.graph.parameters

    def is_output(self, value: Value) -> bool:
        return value.name in self._outputs

    def layout(self, value: Value) -> Layout:
        """The layout that was chosen for a value; a constant is as written until it is read."""
        return self._layouts.get(value.name, as_written(value.type.rank))

    def agree(self, values: Sequence[Value]) -> Layout:
        """The layout for values of one rank that moves the fewest elements; the earliest of equals."""
        computed = [value for value in values if not self.is_constant(value)] or values
        candidates = dict.fromkeys(self.layout(value) for value in computed)
        return min(candidates, key=lambda layout: sum(self._moved(value, layout) for value in computed))

    def _moved(self, value: Value, layout: Layout) -> int:
        there = (value.name, layout) in self._places or same_data(self.layout(value), layout, self.shape(value))
        return 0 if there else value.type.elements()

    # Reading --------------------------------------------------------------------------------

    def read(self, value: Value, layout: Layout | None = None) -> str:
        """The name under which a value is found in a layout; as written, where none is given."""
        layout = as_written(value.type.rank) if layout is None else layout
        if self.is_constant(value):
            return self.constant(value, stored(value.type.static_shape, layout), layout=layout)
        if (value.name, layout) not in self._places:
            self._places[value.name, layout] = self._copy(value, layout, self.unused(f"{value.name}/{spell(layout)}"))
        return self._places[value.name, layout]

    def read_broadcast(self, value: Value, layout: Layout) -> str:
        """The name of a value of the layout's rank or a lower one, so that ONNX broadcasts it as the IR does."""
        missing = len(layout) - value.type.rank
        own = tuple(axis - missing for axis in layout if axis >= missing)
        shape = stored((1,) * missing + self.shape(value), layout)
        if stored(self.shape(value), own) == shape[missing:]:
            return self.read(value, own)
        if self.is_constant(value):
            return self.constant(value, _without_leading_ones(shape), layout=own)
        return self.helper("Reshape", self.read(value, own), self.dims(shape))

    def constant(self, value: Value, shape: Shape, *, layout: Layout, grid: tuple[int, ...] | None = None) -> str:
        """The name of a parameter that is seen as `grid` (its own shape by default), laid out, and called `shape`."""
        grid = value.type.static_shape if grid is None else grid
        key = (value.name, shape, layout, grid)
        if key not in self._constants:
            name = self._constants[key] = self._unclaimed(self.unused(value.name))
            dims = tuple(dim for dim in shape if isinstance(dim, int))
            self.tensors[name] = Tensor(name, self.graph.parameters[value.name].data, dims, grid, layout)
        return self._constants[key]

    def _copy(self, value: Value, layout: Layout, name: str) -> str:
        """Writes what brings a value into a layout."""
        old, shape = self.layout(value), self.shape(value)
        source = self._places[value.name, old]
        if old == layout:
            self.write("Identity", (source,), (name,))
        elif same_data(old, layout, shape):
            self.write("Reshape", (source, self.dims(stored(shape, layout))), (name,))
        else:
            self.write("Transpose", (source,), (name,), perm=moves(old, layout))
        return name

    # Results --------------------------------------------------------------------------------

    def result(self, node: Node, layout: Layout, op_type: str, *inputs: str, **attributes: Attribute) -> None:
        """Writes the node that gives the results of an IR node."""
        names = tuple(self._place(value, layout) for value in node.outputs)
        self.write(op_type, inputs, names, **attributes)

    def activated(self, node: Node, layout: Layout, op_type: str, *inputs: str, **attributes: Attribute) -> None:
        """Writes a node, and after it the activation that the IR node applies to its result."""
        activation = str(node.attributes["activation"])
        if activation == "none":
            self.result(node, layout, op_type, *inputs, **attributes)
            return
        raw = self.helper(op_type, *inputs, **attributes)
        self.clamp(node, layout, activation, raw)

    def clamp(self, node: Node, layout: Layout, activation: str, raw: str) -> None:
        """Writes relu or relu6 of `raw` as the result of an IR node."""
        if activation == "relu":
            self.result(node, layout, "Relu", raw)
            return
        dtype = node.output.type.dtype
        self.result(node, layout, "Clip", raw, self.scalar(0.0, dtype), self.scalar(6.0, dtype))

    def _place(self, value: Value, layout: Layout) -> str:
        """Says that a value is found in this layout, under its own name or that of the output it is."""
        outer = self.is_output(value) and layout == self._options.outer_layout(value.type.rank)
        name = self._outputs[value.name] if outer else self._unclaimed(value.name)
        self._found(value, layout, name)
        return name

    def _found(self, value: Value, layout: Layout, name: str) -> None:
        self._layouts[value.name] = layout
        self._places[value.name, layout] = name
        self.described[name] = self._describe(value, layout, name)
        self._note_layout(name, layout)
        if name != value.name:
            self.named[name] = value.name

    def _unclaimed(self, name: str) -> str:
        """An output's name is not taken by another value, whatever the IR calls that."""
        return f"{name}/inner" if name in self._claimed else name

    def _note_layout(self, name: str, layout: Layout) -> None:
        if layout != usual(len(layout)):
            self.unusual[name] = layout

    def _describe(self, value: Value, layout: Layout, name: str) -> bytes:
        return messages.value_info(name, value.type.dtype, stored(self.shape(value), layout))

    # The ends of the graph ------------------------------------------------------------------

    def add_input(self, value: Value, *, image: bool) -> bytes:
        """Describes an input of the artefact. An image is turned at once, where users hand it over as NHWC."""
        rank = value.type.rank
        self._found(value, self._options.outer_layout(rank), value.name)
        if image:
            self.read(value, channels_first(rank))
            self._layouts[value.name] = channels_first(rank)
        return self.described.pop(value.name)

    def add_output(self, output: Output) -> bytes:
        """Describes an output of the artefact, and writes it where its value is not already there."""
        value, name = output.value, output.name
        layout = self._options.outer_layout(value.type.rank)
        self.begin(name, None)
        self._note_layout(name, layout)
        if self.is_constant(value):
            self.write("Identity", (self.read(value, layout),), (name,))
        elif self._places.get((value.name, layout)) != name:
            self._copy(value, layout, name)
        self.described.pop(name, None)
        return self._describe(value, layout, name)


def _without_leading_ones(shape: Shape) -> Shape:
    kept = 0
    while kept < len(shape) and shape[kept] == 1:
        kept += 1
    return shape[kept:]
