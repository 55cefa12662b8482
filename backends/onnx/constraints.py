"""What ONNX can't take, in sentences that also make its documentation page."""

from __future__ import annotations

from ...compiler.ir import Node
from ...dsl.dtypes import DType
from ..base import Constraint
from ..limits import Constraints
from .attributes import attributes
from .lowering import RULES

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


_NEVER = 1 << 30

_LIMITS: tuple[tuple[tuple[str, ...], int, Constraint], ...] = (
    (tuple(RULES), 22, _dtypes("bf16 needs opset 22", frozenset({DType.BF16}), "choose a later opset")),
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
