"""Puts a stored layer's tensors into a layer's parameters, checked for slots, shape, element type and epsilon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from ...dsl.diagnostics import Diagnostic, DiagnosticError, error
from ...dsl.dtypes import DType
from ...dsl.source import Span
from .. import codes
from ..arrays import numpy_dtype
from ..data import Array, Derived, TensorData
from ..ir import Parameter, Role
from .checkpoint import StoredLayer
from .faults import wrapped
from .layers import Layer
from .rename import Rename
from .slots import Layouts, as_hwio, channels_last
from .storage import Stored

_WIDENED = {("f16", DType.F32), ("bf16", DType.F32)}


@dataclass(frozen=True, eq=False)
class BoundData(TensorData):
    """A parameter's elements out of a weight file, checked when they are read: finite, and no variance below zero."""

    data: TensorData
    dtype: DType
    shape: tuple[int, ...]
    parameter: str
    stored: str
    path: str
    role: Role
    span: Span | None

    def read(self) -> Array:
        """Raises DiagnosticError for values that no weight has, and where the file can't be read any more."""
        with wrapped(self.path):
            array = self.data.read()
        if self.dtype.is_float:
            self._check(array)
        return array

    def _check(self, array: Array) -> None:
        low, high = array.min(initial=0), array.max(initial=0)  # both are NaN where any element is
        if not (np.isfinite(low) and np.isfinite(high)):
            bad = int(array.size - np.count_nonzero(np.isfinite(array)))
            self._refuse(f"{bad} of its {array.size} values are NaN or infinite")
        if self.role is Role.VARIANCE and low < 0:
            self._refuse(f"{int(np.count_nonzero(array < 0))} of its {array.size} variances are negative")

    def _refuse(self, what: str) -> None:
        message = f"`{self.parameter}` can't be `{self.stored}` of `{self.path}`: {what}"
        raise DiagnosticError(error(codes.WEIGHT_VALUES, message, self.span, "this layer's weights"))


@dataclass(frozen=True)
class Filler:
    """Fills layers from one file under one set of conventions."""

    path: str
    layouts: Layouts
    rename: Rename
    problems: list[Diagnostic] = field(default_factory=list)

    def fill(self, layer: Layer, stored: StoredLayer) -> Mapping[str, tuple[BoundData, Stored]]:
        """The data of each parameter by name, with the tensor that it came from; what does not fit is a problem."""
        self.problems.extend(self._surplus(layer, stored))
        self.problems.extend(self._epsilon(layer, stored))
        filled = {}
        for slot, parameter in layer.parameters.items():
            tensor = stored.tensors.get(slot)
            if tensor is None:
                self._missing(layer, stored, parameter)
                continue
            data = self._bound(layer, parameter, tensor, self._arranged(layer, stored, slot, parameter))
            if data is not None:
                filled[parameter.name] = data, tensor
        return filled

    def _arranged(self, layer: Layer, stored: StoredLayer, slot: str, parameter: Parameter) -> Stored:
        """The tensor in our order of axes, its shape that of the parameter if it fits."""
        tensor = stored.tensors[slot]
        if slot != "weight":
            return tensor
        kind = _weight_kind(layer, stored, tensor)
        if (
            kind == "dense"
            and self._channels_first
            and layer.flattened
            and tensor.size == parameter.value.type.elements()
        ):
            tensor = channels_last(tensor, layer.flattened)
        kernel = as_hwio(tensor, self.layouts[kind])
        dense = parameter.value.type.rank == 2 and kernel.shape[:2] == (1, 1)
        return kernel.reshaped(kernel.shape[2:]) if dense else kernel

    @property
    def _channels_first(self) -> bool:
        return self.layouts["conv"] == "OIHW" and self.layouts["dense"] == "OI"

    def _bound(self, layer: Layer, parameter: Parameter, tensor: Stored, arranged: Stored) -> BoundData | None:
        wanted = parameter.value.type
        if arranged.shape != wanted.static_shape:
            self._shape(layer, parameter, tensor, arranged)
            return None
        data = self._converted(arranged, wanted.dtype)
        if data is None:
            self._elements(layer, parameter, tensor)
            return None
        shape = arranged.shape
        return BoundData(
            data, wanted.dtype, shape, parameter.name, tensor.name, self.path, parameter.role, parameter.span
        )

    def _converted(self, tensor: Stored, dtype: DType) -> TensorData | None:
        """Widening is exact and done silently; f64 is rounded where the rename file asks for it."""
        rounded = tensor.element == "f64" and dtype is DType.F32 and self.rename.cast_f64
        if tensor.data is None or tensor.element == dtype.value or rounded:
            return tensor.data
        if (tensor.element, dtype) not in _WIDENED:
            return None
        return Derived((tensor.data,), partial(_as_type, dtype=dtype), dtype, tensor.shape)

    def _shape(self, layer: Layer, parameter: Parameter, tensor: Stored, arranged: Stored) -> None:
        turned = f", which is {list(arranged.shape)} here" if arranged.shape != tensor.shape else ""
        message = f"`{parameter.name}` is {parameter.value.type}, `{tensor.name}` of `{self.path}` is {tensor}{turned}"
        self.problems.append(Diagnostic(codes.WEIGHT_SHAPE, message, layer.labels("this layer's weights")))

    def _elements(self, layer: Layer, parameter: Parameter, tensor: Stored) -> None:
        message = f"`{parameter.name}` is {parameter.value.type}, `{tensor.name}` of `{self.path}` is {tensor}"
        f64 = tensor.element == "f64" and parameter.value.type.dtype is DType.F32
        hint = "a rename file with the line `cast f64` rounds them" if f64 else None
        labels = layer.labels("this layer's weights")
        self.problems.append(Diagnostic(codes.WEIGHT_ELEMENTS, message, labels, hint=hint))

    def _missing(self, layer: Layer, stored: StoredLayer, parameter: Parameter) -> None:
        message = f"`{parameter.name}` is missing: `{stored.name}` of `{self.path}` has {_listed(stored)}"
        self.problems.append(Diagnostic(codes.WEIGHT_MISSING, message, layer.labels(f"this {layer.op} needs it")))

    def _surplus(self, layer: Layer, stored: StoredLayer) -> Iterator[Diagnostic]:
        for slot, tensor in stored.tensors.items():
            if slot not in layer.parameters and slot != "count":
                message = f"`{layer.path}` has no `{slot}` for `{tensor.name}` of `{self.path}`, {tensor}"
                yield Diagnostic(codes.WEIGHT_SURPLUS, message, layer.labels(f"this {layer.op} does not use it"))

    def _epsilon(self, layer: Layer, stored: StoredLayer) -> Iterator[Diagnostic]:
        theirs = self.rename.epsilon.value if self.rename.epsilon else stored.epsilon
        if theirs is None or layer.epsilon is None or stored.kind == "normalization":
            return
        if np.float32(theirs) != np.float32(layer.epsilon):
            message = f"`{layer.path}` has epsilon {layer.epsilon:g}, `{stored.name}` of `{self.path}` has {theirs:g}"
            hint = f"write `epsilon={theirs:g}` in the program"
            yield Diagnostic(codes.WEIGHT_EPSILON, message, layer.labels("this layer's epsilon"), hint=hint)


def _weight_kind(layer: Layer, stored: StoredLayer, tensor: Stored) -> str:
    if layer.op == "transposed_conv2d":
        return "transposed"
    if len(tensor.shape) == 2:
        return "dense"
    return "depthwise" if "depthwise" in (stored.kind, layer.op.partition("_")[0]) else "conv"


def _listed(stored: StoredLayer) -> str:
    return ", ".join(f"`{slot}`" for slot in stored.tensors) or "nothing"


def _as_type(array: Array, dtype: DType) -> Array:
    return array.astype(numpy_dtype(dtype))
