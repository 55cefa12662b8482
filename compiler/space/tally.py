"""Builders that keep no graph: one adds up what the layers cost, the other makes nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, cast

from ...dsl.dtypes import DType
from ...dsl.source import Span
from ..cost import NOTHING, counts_of
from ..elaborate.builder import Builder, Operands
from ..elaborate.meter import Meter
from ..ir import Attributes, Node, Parameter, Value
from ..ops.base import Operator
from ..types import TensorType


class Tally(Builder):
    """Counts each layer as it is made. `counted` are parameters that earlier layers have read."""

    def __init__(self, meter: Meter, counted: Mapping[str, Parameter]) -> None:
        super().__init__(meter)
        self.counts = NOTHING
        self._parameters.update(counted)
        self._names.update(counted)
        self.counted = dict(counted)

    def node(
        self, operator: Operator, operands: Operands, attributes: Attributes, path: str, span: Span
    ) -> tuple[Value, ...]:
        """The results of an operator, whose cost is added."""
        results = super().node(operator, operands, attributes, path, span)
        node = self._nodes.pop()
        new = self._uncounted(node)
        self.counts += counts_of(node, new.values())
        self.counted |= new
        return results

    def _uncounted(self, node: Node) -> dict[str, Parameter]:
        names = {value.name for value in node.operands} & self._parameters.keys() - self.counted.keys()
        return {name: self._parameters[name] for name in names}


class NotAnOutlineError(Exception):
    """Something asks for the shape of a tensor where only decisions are followed."""


class _Unmade:
    """In place of the type of a tensor that nobody has made."""

    dtype = DType.F32
    """Asked for where a number stands beside a tensor, and of no consequence."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotAnOutlineError(name)


OPAQUE = Value("a tensor", cast("TensorType", _Unmade()))


class Outline(Builder):
    """Makes no layer: every result is the one opaque tensor."""

    opaque = OPAQUE

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter)
        self.counts = NOTHING
        self.counted: dict[str, Parameter] = {}

    def input(self, name: str, type_: TensorType) -> Value:
        """An input whose type nobody will ask for."""
        return OPAQUE

    def constant(self, name: str, data: object, span: Span) -> Value:
        """A constant whose elements nobody will ask for."""
        return OPAQUE
