"""What ONNX can't take. The same objects check, word the refusal, and make `docs/backends/onnx.md`."""

from __future__ import annotations

from ...compiler.ir import Node
from ...dsl.dtypes import DType
from ..base import Constraint
from ..limits import Constraints, page
from .attributes import attributes
from .lowering import RULES
from .messages import IR_VERSIONS
from .pointwise import Rule

OLDEST_OPSET, NEWEST_OPSET = min(IR_VERSIONS), max(IR_VERSIONS)

_SHORT_INTEGERS = frozenset({DType.I8, DType.U8, DType.I16})
_INTEGERS = _SHORT_INTEGERS | {DType.I32, DType.I64}
_ARITHMETIC = ("add", "sub", "mul")


def constraints(opset: int) -> Constraints:
    """The limits of one version of ONNX's operators, by operator name."""
    table: dict[str, list[Constraint]] = {name: [] for name in RULES}
    for names, since, limit in _LIMITS:
        for name in names if opset < since else ():
            table[name].append(limit)
    return {name: tuple(limits) for name, limits in table.items()}


def _dtypes(sentence: str, refused: frozenset[DType], hint: str | None = None) -> Constraint:
    """A limit on what type the elements of the results have."""
    return Constraint(sentence, lambda node: _refused_dtype(node, refused), hint)


def _refused_dtype(node: Node, refused: frozenset[DType]) -> str | None:
    dtype = node.outputs[0].type.dtype
    return f"this is {dtype}" if dtype in refused else None


def _fused_relu(sentence: str, refused: frozenset[DType]) -> Constraint:
    """A limit on the elements that a fused relu is applied to."""

    def violation(node: Node) -> str | None:
        return _refused_dtype(node, refused) if node.attributes["activation"] == "relu" else None

    return Constraint(sentence, violation)


def _wide_output_padding(node: Node) -> str | None:
    (down, right), stride = attributes(node)["output_padding"], attributes(node)["stride"]
    return (
        f"output_padding is {(down, right)} and the stride {stride}"
        if down >= stride[0] or right >= stride[1]
        else None
    )


def _bf16(opset: int) -> Constraint:
    return _dtypes(f"bf16 needs opset {opset}", frozenset({DType.BF16}), "choose a later opset, or another type")


_NEVER = 1 << 30
_ON_IMAGES = ("conv2d", "depthwise_conv2d", "transposed_conv2d", "dense", "max_pool2d", "avg_pool2d", "mean")

_LIMITS: tuple[tuple[tuple[str, ...], int, Constraint], ...] = (
    ((*_ON_IMAGES, "hard_sigmoid", "hard_swish"), 22, _bf16(22)),
    (("leaky_relu", "prelu"), 16, _bf16(16)),
    (("batch_norm",), 14, _bf16(14)),
    (_ARITHMETIC, 14, _dtypes("i8, u8 and i16 need opset 14", _SHORT_INTEGERS, "choose a later opset")),
    (_ARITHMETIC, 14, _fused_relu("a relu of integers needs opset 14", _INTEGERS)),
    ((*_ARITHMETIC, "max_pool2d"), _NEVER, _fused_relu("a relu of u8 is not defined", frozenset({DType.U8}))),
    (("max_pool2d",), 14, _fused_relu("a relu of integers needs opset 14", _INTEGERS)),
    (("max_pool2d",), _NEVER, _dtypes("of integers, only i8 and u8 are pooled", _INTEGERS - {DType.I8, DType.U8})),
    (("neg",), _NEVER, _dtypes("u8 has no negative", frozenset({DType.U8}))),
    (
        ("transposed_conv2d",),
        _NEVER,
        Constraint("output_padding is below the stride in both directions", _wide_output_padding),
    ),
)
"""Operators, the opset from which on a limit is gone, and the limit."""

# Documentation ------------------------------------------------------------------------------

_INTRODUCTION = f"""
What the `onnx` target writes for each operator, and what it refuses, before anything is written, as the error E0801.
This page is made from the rules (`backends/onnx/lowering.py`) and the checks (`backends/onnx/constraints.py`).

`opset` is {OLDEST_OPSET} to {NEWEST_OPSET}, by default 23, which ONNX Runtime has run since 1.23.
A limit that needs an opset is gone from there on. ONNX Runtime has no CPU kernels for some element types that
ONNX allows; models in f32 always run.

Inside an image the channels come second, as ONNX wants it: weights are stored that way, and the axes of `concat`,
`split`, `slice`, `pad`, `mean`, `softmax` and `transpose` follow, so that a CNN has no `Transpose`. `layout` is that of
inputs and outputs of rank 4: `nchw`, or `nhwc` for one `Transpose` at each of them. A value that is no image, such as
the heads of an attention, is stored as the program has it.

A symbolic batch stays open under its name, unless `batch` fixes it. A value is called as in the IR, or like the output
that it is; an ONNX node like its first result, and a step on the way to that `<path>/<Operator>`.

Past 2 GiB the weights go to a second file beside the model, `<file>.data`. The model's metadata hold the source's hash,
the compiler's version and its options under `mnet.*`.
"""


def documentation() -> str:
    """The page `docs/backends/onnx.md`."""
    rows = (f"| `{name}` | {_first_line(rule)} |" for name, rule in sorted(RULES.items()))
    table = "\n".join(("| Operator | ONNX |", "|---|---|", *rows))
    return page("ONNX", f"{_INTRODUCTION}\n{table}", constraints(OLDEST_OPSET))


def _first_line(rule: Rule) -> str:
    return (rule.__doc__ or "").splitlines()[0].removesuffix(".")
