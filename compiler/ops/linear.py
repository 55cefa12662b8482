"""Products of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dsl import types as t
from ..data import Array
from ..numpy_later import np
from ..types import Dim, TensorType
from .base import (
    Application,
    Attribute,
    Operand,
    Operator,
    OperatorError,
    Surface,
    Types,
    Values,
)
from .checks import (
    broadcast,
    features,
    fixed,
    need_at_least,
    need_dtype,
    need_float,
    need_rank,
    need_rank_from,
    need_vector,
    optional,
    required,
    result,
)
from .filters import BIAS, BIAS_PARAMETER, LINEAR_TRAITS, filter_weights, finished, finishing_flops
from .fused import FUSED

# dense --------------------------------------------------------------------------------------


def _dense_types(types: Types, _attributes: Values) -> tuple[TensorType]:
    x, weight = features(types), required(types, 1, "weight")
    need_rank("weight", weight, 2, "[C, F]")
    need_dtype("weight", weight, x.dtype, "x")
    depth, units = weight.static_shape
    if depth != x.shape[-1]:
        raise OperatorError(f"`weight` has {depth} input channels but `x` has {x.shape[-1]}")
    need_vector("bias", optional(types, 2), x, units)
    return (result(x.dtype, (*x.shape[:-1], units)),)


def _dense_apply(types: Sequence[TensorType], values: Values) -> Application:
    x, units = features(types), values["units"]
    need_at_least("units", units, 1)
    weights = filter_weights(x, (fixed("x", x, x.rank - 1), units), values)
    return Application({"activation": "none"}, weights)


def _dense(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    x, weight, bias = arrays
    flat = x.reshape(-1, x.shape[-1]).astype(np.float32, copy=False)
    (rows,) = finished(flat @ weight.astype(np.float32, copy=False), bias, x, attributes)
    return (rows.reshape(*x.shape[:-1], weight.shape[1]),)


def _dense_macs(types: Types, results: Sequence[TensorType], _attributes: Values) -> int:
    return results[0].elements() * required(types, 1, "weight").static_shape[0]


DENSE = Operator(
    name="dense",
    doc="Fully connected layer over the last axis: x @ weight + bias.",
    operands=(Operand("x", "[..., C], of rank 2 or more"), Operand("weight", "[C, F]"), BIAS),
    attributes=(FUSED,),
    infer=_dense_types,
    evaluate=_dense,
    macs=_dense_macs,
    flops=finishing_flops,
    traits=LINEAR_TRAITS,
    surface=Surface(
        (
            t.Parameter("units", t.INT, doc="output channels"),
            BIAS_PARAMETER,
        ),
        _dense_apply,
    ),
)

# matmul -------------------------------------------------------------------------------------


def _matrix(name: str, type_: TensorType, transpose: bool) -> tuple[Dim, Dim]:
    need_rank_from(name, type_, 2)
    need_float(name, type_)
    rows, columns = type_.shape[-2:]
    return (columns, rows) if transpose else (rows, columns)


def _matmul_types(types: Types, attributes: Values) -> tuple[TensorType]:
    a, b = required(types, 0, "a"), required(types, 1, "b")
    need_dtype("b", b, a.dtype, "a")
    m, k = _matrix("a", a, attributes["transpose_a"])
    depth, n = _matrix("b", b, attributes["transpose_b"])
    if k != depth:
        raise OperatorError(
            f"`a` has {k} columns but `b` has {depth} rows: can't multiply {a} by {b}{_turned(attributes)}"
        )
    return (result(a.dtype, (*broadcast(a.shape[:-2], b.shape[:-2]), m, n)),)


def _turned(attributes: Values) -> str:
    turned = [name for name in ("a", "b") if attributes[f"transpose_{name}"]]
    return f", with {' and '.join(turned)} transposed" if turned else ""


def _matmul(arrays: Sequence[Any], attributes: Values) -> tuple[Array]:
    a, b = (array.astype(np.float32, copy=False) for array in arrays)
    a = a.swapaxes(-1, -2) if attributes["transpose_a"] else a
    b = b.swapaxes(-1, -2) if attributes["transpose_b"] else b
    return ((a @ b).astype(arrays[0].dtype, copy=False),)


def _matmul_macs(types: Types, results: Sequence[TensorType], attributes: Values) -> int:
    a = required(types, 0, "a")
    depth = a.shape[-2 if attributes["transpose_a"] else -1]
    return results[0].elements() * (depth if isinstance(depth, int) else 1)


def _matmul_apply(_types: Sequence[TensorType], values: Values) -> Application:
    return Application({"transpose_a": values["transpose_a"], "transpose_b": values["transpose_b"]})


MATMUL = Operator(
    name="matmul",
    doc="Product of matrices, the last two axes; the axes before them broadcast as in NumPy.",
    operands=(Operand("a", "[..., M, K]"), Operand("b", "[..., K, N]")),
    attributes=(
        Attribute("transpose_a", t.BOOL, "swap the last two axes of `a` first", False),
        Attribute("transpose_b", t.BOOL, "swap the last two axes of `b` first", False),
    ),
    infer=_matmul_types,
    evaluate=_matmul,
    macs=_matmul_macs,
    surface=Surface(
        (
            t.Parameter("transpose_a", t.BOOL, False, "swap the last two axes of `a` first"),
            t.Parameter("transpose_b", t.BOOL, False, "swap the last two axes of `b` first"),
        ),
        _matmul_apply,
        tensors=2,
    ),
)
