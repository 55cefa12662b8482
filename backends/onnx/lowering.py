"""From the IR to ONNX: one rule for each operator, and the walk that applies them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ...compiler.ir import Graph
from ...dsl.record import record
from . import pointwise, reshaping, resizing, spatial
from .emitter import Emitter, Options
from .layouts import Layout
from .pointwise import Rule, binary, unary
from .tensors import Tensor

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "conv2d": spatial.conv2d,
        "depthwise_conv2d": spatial.depthwise_conv2d,
        "transposed_conv2d": spatial.transposed_conv2d,
        "dense": pointwise.dense,
        "matmul": pointwise.matmul,
        "batch_norm": spatial.batch_norm,
        "softmax": pointwise.softmax,
        "max_pool2d": spatial.max_pool2d,
        "avg_pool2d": spatial.avg_pool2d,
        "mean": spatial.mean,
        "relu": unary("Relu"),
        "relu6": pointwise.relu6,
        "hard_swish": pointwise.hard_swish,
        "hard_sigmoid": pointwise.hard_sigmoid,
        "swish": pointwise.swish,
        "sigmoid": unary("Sigmoid"),
        "tanh": unary("Tanh"),
        "identity": unary("Identity"),
        "gelu": pointwise.gelu,
        "leaky_relu": pointwise.leaky_relu,
        "prelu": pointwise.prelu,
        "add": binary("Add"),
        "sub": binary("Sub"),
        "mul": binary("Mul"),
        "div": binary("Div"),
        "maximum": binary("Max"),
        "minimum": binary("Min"),
        "neg": unary("Neg"),
        "absolute": unary("Abs"),
        "exp": unary("Exp"),
        "sqrt": unary("Sqrt"),
        "concat": reshaping.concat,
        "split": reshaping.split,
        "slice": reshaping.slice_,
        "pad": reshaping.pad,
        "resize": resizing.resize,
        "reshape": reshaping.reshape,
        "transpose": reshaping.transpose,
    }
)
"""What writes each operator of the IR, by name. The first line of a rule's documentation is shown to users."""

_SPATIAL = frozenset({"conv2d", "depthwise_conv2d", "transposed_conv2d", "max_pool2d", "avg_pool2d", "resize"})
_LAYOUT_ENDS = frozenset({"reshape", "transpose", "matmul", "dense"})


@record
class Lowered:
    """A graph in ONNX's words: encoded messages, and the constants that stream between them.

    `named` gives the IR's name for values that have another one here, `layouts` the layout of those that are
    not laid out as usual: images with the channels second, everything else as written.
    """

    name: str
    doc: str
    opset: int
    nodes: tuple[bytes, ...]
    tensors: tuple[Tensor, ...]
    inputs: tuple[bytes, ...]
    outputs: tuple[bytes, ...]
    values: tuple[bytes, ...]
    named: Mapping[str, str]
    layouts: Mapping[str, Layout]


def lower(graph: Graph, options: Options) -> Lowered:
    """Every operator of the graph must have passed the target's constraints."""
    e = Emitter(graph, options)
    images = _images(graph)
    inputs = tuple(e.add_input(value, image=value.name in images) for value in graph.inputs)
    for node in graph.nodes:
        e.begin(node.path, node.span)
        RULES[node.op.name](e, node)
    outputs = tuple(map(e.add_output, graph.outputs))
    return Lowered(
        graph.name,
        graph.doc,
        options.opset,
        tuple(e.encoded),
        tuple(e.tensors.values()),
        inputs,
        outputs,
        tuple(e.described.values()),
        e.named,
        e.unusual,
    )


def _images(graph: Graph) -> set[str]:
    """The values of rank 4 that an operator on images will read, if need be through others that keep the layout."""
    images: set[str] = set()
    for node in reversed(graph.nodes):
        if node.op.name in _SPATIAL:
            images.update(value.name for value in node.inputs[:1] if value is not None)
        elif node.op.name not in _LAYOUT_ENDS and any(value.name in images for value in node.outputs):
            images.update(value.name for value in node.operands if value.type.rank == 4)
    return images
