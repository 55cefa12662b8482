"""The shapes of inputs: their dimensions have values, but for the batch, which may stay open."""

from __future__ import annotations

from .. import codes
from ..assignable import fits
from ..diagnostics import Label
from ..dtypes import DType
from ..suggest import did_you_mean
from ..tree import Expr, Identifier, Name, TensorShape
from ..types import DTYPE, INT
from .expressions import infer
from .frame import Frame
from .lookup import bound_in_body
from .mismatch import mismatch_hint
from .report import replacement


def check_shape(frame: Frame, shape: TensorShape) -> None:
    """Check the element type and the dimensions of an input."""
    dtype = frame.scope.find(shape.dtype.name)
    if dtype is None or not fits(dtype.type, DTYPE):
        dtypes = [str(dtype) for dtype in DType]
        likely = frame.report.suggest(shape.dtype.name, dtypes)
        frame.report.error(
            codes.UNKNOWN_DTYPE,
            f"unknown element type `{shape.dtype.name}`",
            shape.dtype.span,
            "no such element type",
            notes=(f"the element types are {', '.join(dtypes)}",),
            hint=did_you_mean(likely),
            fix=replacement(shape.dtype.span, likely),
        )
    for axis, dim in enumerate(shape.dims):
        _check_dim(frame, axis, dim)


def _check_dim(frame: Frame, axis: int, dim: Expr) -> None:
    if isinstance(dim, Name) and frame.scope.find(dim.name) is None:
        _check_open(frame, axis, dim)
        return
    type_ = infer(frame, dim)
    if not fits(type_, INT):
        message = f"a dimension is an int, not `{type_}`"
        hint = mismatch_hint(type_, INT, frame.report)
        frame.report.error(codes.WRONG_DIMENSION, message, dim.span, f"this is `{type_}`", hint=hint)


def _check_open(frame: Frame, axis: int, dim: Name) -> None:
    """A name that stands for nothing is the batch, which is one for all inputs."""
    batch = frame.body.batch
    if axis > 0 and bound_in_body(frame, dim.name) is not None:
        infer(frame, dim)
    elif axis > 0:
        frame.report.error(
            codes.SYMBOLIC_DIMENSION,
            f"`{dim.name}` has no value, and only the first dimension, the batch, may stay open",
            dim.span,
            f"dimension {axis + 1}",
            hint=did_you_mean(frame.report.suggest(dim.name, frame.scope.visible())),
        )
    elif batch is None:
        frame.body.batch = Identifier(dim.name, dim.span)
    elif batch.name != dim.name:
        message = f"the batch is open under two names, `{batch.name}` and `{dim.name}`"
        others = (Label(batch.span, "named here first"),)
        hint = f"write `{batch.name}`: all inputs have one batch"
        frame.report.error(codes.SYMBOLIC_DIMENSION, message, dim.span, "a second name", others=others, hint=hint)
