"""What TFLite can't take, by operator. The same objects check, word the refusal, and make `docs/backends/tflite.md`.

The limits are those of LiteRT 2 with and without XNNPACK, found by trying; the tests try them again.
"""

from __future__ import annotations

from ...compiler.ir import Node, Value
from ...dsl.dtypes import DType
from ..base import Constraint
from ..limits import Constraints, page
from .lowering.transposed import excess


def _tensors(node: Node) -> list[Value]:
    return [*node.operands, *node.outputs]


def _at_most(axes: int) -> Constraint:
    def violation(node: Node) -> str | None:
        deepest = max(_tensors(node), key=lambda value: value.type.rank)
        return f"`{deepest.name}` has {deepest.type.rank}" if deepest.type.rank > axes else None

    return Constraint(f"tensors have at most {axes} axes", violation, "merge axes with `reshape`")


def _only(*dtypes: DType) -> Constraint:
    def violation(node: Node) -> str | None:
        other = next((value for value in _tensors(node) if value.type.dtype not in dtypes), None)
        return f"`{other.name}` holds {other.type.dtype}" if other else None

    return Constraint(f"elements are {' or '.join(map(str, dtypes))}", violation)


def _unlowered(node: Node) -> str:
    return f"this is still a `{node.op.name}`"


def _output_padding(node: Node) -> str | None:
    surplus = excess(node)
    return f"this one has {surplus} too many" if surplus else None


_FLOATS = (_at_most(6), _only(DType.F32))
_NUMBERS = (_at_most(6), _only(DType.F32, DType.I32))
_LOWERED = Constraint(
    "a normalisation is folded or turned into arithmetic before it is written",
    _unlowered,
    "run the pass `lower-bn` before",
)
_OUTPUT_PADDING = Constraint(
    "output padding exceeds the crop at the end by less than the stride", _output_padding, "use `pad` for the rest"
)

CONSTRAINTS: Constraints = {
    "absolute": _NUMBERS,
    "add": _NUMBERS,
    "avg_pool2d": _FLOATS,
    "batch_norm": (_LOWERED,),
    "concat": _NUMBERS,
    "conv2d": _FLOATS,
    "dense": _FLOATS,
    "depthwise_conv2d": _FLOATS,
    "div": _FLOATS,
    "exp": _FLOATS,
    "gelu": _FLOATS,
    "hard_sigmoid": _FLOATS,
    "hard_swish": _FLOATS,
    "identity": _NUMBERS,
    "leaky_relu": _FLOATS,
    "matmul": (_at_most(5), _only(DType.F32)),
    "max_pool2d": _FLOATS,
    "maximum": _NUMBERS,
    "mean": _FLOATS,
    "minimum": _NUMBERS,
    "mul": _NUMBERS,
    "neg": _NUMBERS,
    "pad": (_at_most(5), _only(DType.F32, DType.I32)),
    "prelu": _FLOATS,
    "relu": _FLOATS,
    "relu6": _FLOATS,
    "reshape": _NUMBERS,
    "resize": _NUMBERS,
    "sigmoid": _FLOATS,
    "slice": _NUMBERS,
    "softmax": _FLOATS,
    "split": _NUMBERS,
    "sqrt": _FLOATS,
    "sub": _NUMBERS,
    "swish": _FLOATS,
    "tanh": _FLOATS,
    "transpose": _NUMBERS,
    "transposed_conv2d": (*_FLOATS, _OUTPUT_PADDING),
}

_INTRODUCTION = """
The `tflite` target writes flatbuffers for LiteRT. What it refuses, it refuses as the error E0801 before anything is
written; the limits below are made from the checks themselves (`backends/tflite/constraints.py`). A file holds less
than 2 GiB: a larger model is refused as E0802, with its largest tensors named.

**What a file holds.** One subgraph, whose tensors have the paths of the program's layers; the signature
`serving_default` with the program's names of inputs and outputs; and the metadata `min_runtime_version`,
`mnet.provenance` (tool, options, hash of the source) and `mnet.locations` (file, line and column of each operation).

**Batch.** A symbolic batch stays open: the model runs with any after `resize_tensor_input`. The option `batch`
fixes it.

**Speed.** A float model runs in one XNNPACK partition, but for what XNNPACK lacks: a transposed convolution with an
open batch, `resize` with `method="nearest"`, `slice` with a stride, padding with another value than 0, and padding of
a `max_pool2d` whose input may be negative.
"""


def documentation() -> str:
    """The page `docs/backends/tflite.md`."""
    return page("TFLite", _INTRODUCTION, CONSTRAINTS)
