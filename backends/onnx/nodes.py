"""ONNX nodes and small constants, in the order in which lowering rules ask for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...compiler.arrays import numpy_dtype
from ...compiler.types import Shape
from ...dsl.dtypes import DType
from ...dsl.source import Span
from . import messages
from .messages import Attribute
from .tensors import Tensor


class Nodes:
    """Collects encoded nodes and the constants they read.

    An ONNX node is called like its first result. The one that gives the result of an IR node so has the IR
    node's path; helpers stand below it, `path/Conv`, which no path of the IR can be.
    """

    def __init__(self) -> None:
        self.encoded: list[bytes] = []
        self.tensors: dict[str, Tensor] = {}
        self._helpers: dict[str, int] = {}
        self._path = ""
        self._doc = ""

    def begin(self, path: str, span: Span | None) -> None:
        """What is written from here on belongs to this place of the architecture.

        The source is told by file name and line; folders would make the bytes depend on where the build ran.
        """
        self._path = path
        self._doc = f"{span.file_name}:{span.line}" if span else ""

    def write(self, op_type: str, inputs: tuple[str, ...], outputs: tuple[str, ...], **attributes: Attribute) -> None:
        self.encoded.append(messages.node(op_type, inputs, outputs, attributes, self._doc))

    def helper(self, op_type: str, *inputs: str, **attributes: Attribute) -> str:
        """Writes a node on the way to the result, and gives the name of what it computes."""
        name = self.unused(f"{self._path}/{op_type}")
        self.write(op_type, inputs, (name,), **attributes)
        return name

    def unused(self, name: str) -> str:
        """`name`, or `name/2` and so on where it was given before."""
        count = self._helpers[name] = self._helpers.get(name, 0) + 1
        return name if count == 1 else f"{name}/{count}"

    # Constants, shared by all who ask for the same ------------------------------------------

    def integers(self, numbers: tuple[int, ...]) -> str:
        return self._shared(_spell(numbers), numbers, DType.I64)

    def dims(self, shape: Shape) -> str:
        """A shape as Reshape reads it: 0 keeps the batch as it is."""
        return self.integers(tuple(dim if isinstance(dim, int) else 0 for dim in shape))

    def floats(self, numbers: tuple[float, ...]) -> str:
        return self._shared(_spell(numbers), numbers, DType.F32)

    def scalar(self, number: float, dtype: DType) -> str:
        return self._shared(f"/{dtype}_{number}", number, dtype)

    def filled(self, number: float, count: int, dtype: DType) -> str:
        """A vector of one number."""
        return self._shared(f"/{dtype}_{number}x{count}", (number,) * count, dtype)

    def _shared(self, name: str, value: Any, dtype: DType) -> str:
        if name not in self.tensors:
            self.tensors[name] = Tensor.of(name, np.asarray(value, numpy_dtype(dtype)))
        return name


def _spell(numbers: tuple[float, ...]) -> str:
    """The name of a constant: what it holds. No path of the IR starts with a slash."""
    return "/" + "_".join(map(str, numbers))
