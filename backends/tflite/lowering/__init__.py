"""How each operator of the IR becomes operations of TFLite: one rule an operator.

`batch_norm` has none: the pass `lower-bn` leaves none behind, and `constraints` says so where one is met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ....compiler.ir import Graph
from ..draft import Draft, Site
from .linear import dense, matmul
from .pointwise import arithmetic, gelu, hard_sigmoid, leaky_relu, mean, plain, softmax, swish
from .shapes import concat, pad, reshape, resize, slice_, split, transpose
from .transposed import transposed_conv2d
from .windows import avg_pool2d, conv2d, depthwise_conv2d, max_pool2d

RULES: Mapping[str, Callable[[Site], None]] = {
    "absolute": plain("ABS"),
    "add": arithmetic("ADD"),
    "avg_pool2d": avg_pool2d,
    "concat": concat,
    "conv2d": conv2d,
    "dense": dense,
    "depthwise_conv2d": depthwise_conv2d,
    "div": arithmetic("DIV"),
    "exp": plain("EXP"),
    "gelu": gelu,
    "hard_sigmoid": hard_sigmoid,
    "hard_swish": plain("HARD_SWISH"),
    "identity": reshape,
    "leaky_relu": leaky_relu,
    "matmul": matmul,
    "max_pool2d": max_pool2d,
    "maximum": plain("MAXIMUM"),
    "mean": mean,
    "minimum": plain("MINIMUM"),
    "mul": arithmetic("MUL"),
    "neg": plain("NEG"),
    "pad": pad,
    "prelu": plain("PRELU"),
    "relu": plain("RELU"),
    "relu6": plain("RELU6"),
    "reshape": reshape,
    "resize": resize,
    "sigmoid": plain("LOGISTIC"),
    "slice": slice_,
    "softmax": softmax,
    "split": split,
    "sqrt": plain("SQRT"),
    "sub": arithmetic("SUB"),
    "swish": swish,
    "tanh": plain("TANH"),
    "transpose": transpose,
    "transposed_conv2d": transposed_conv2d,
}


def lower(graph: Graph, batch: int | None) -> Draft:
    """The whole graph as one subgraph: inputs first, then each node's tensors in order, then the results."""
    draft = Draft(graph, batch)
    for value in graph.inputs:
        draft.index(value)
    for node in graph.nodes:
        RULES[node.op.name](Site(draft, node))
    for output in graph.outputs:
        draft.index(output.value)
    return draft
