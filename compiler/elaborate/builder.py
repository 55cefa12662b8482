"""The graph while it grows."""

from __future__ import annotations

from collections.abc import Sequence

from ...dsl.diagnostics import Label
from ...dsl.dtypes import DType
from ...dsl.source import Span
from ..claims import Expectation, Requirement
from ..codes import LABEL_TWICE, SHARED_WEIGHTS, WRONG_VALUE
from ..data import TensorData
from ..initializers import Initialized, Written
from ..ir import Attributes, Graph, Node, Output, Parameter, Role, Value, result_names
from ..ops.base import Operator, Weight
from ..types import TensorType
from .errors import EvaluationError
from .meter import Meter
from .place import join
from .standing import Patterned, Standing
from .values import describe

Operands = Sequence[Value | None]


class Builder:
    """Collects nodes and parameters."""

    opaque: Value | None = None
    """What every operator gives, where no layers are wanted."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._nodes: list[Node] = []
        self._parameters: dict[str, Parameter] = {}
        self._names: set[str] = set()
        self.inputs: list[Value] = []
        self.outputs: list[Output] = []
        self.standing = Standing()
        self.patterns: list[Patterned] = []
        self.requirements: list[Requirement] = []
        self.expectations: list[Expectation] = []

    def graph(self, name: str, doc: str) -> Graph:
        return Graph(
            name,
            tuple(self.inputs),
            tuple(self.outputs),
            tuple(self._nodes),
            self._parameters,
            doc,
            tuple(self.requirements),
            tuple(self.expectations),
        )

    def input(self, name: str, type_: TensorType) -> Value:
        self._meter.need_tensor("an input", type_)
        self._take(name)
        value = Value(name, type_)
        self.inputs.append(value)
        return value

    def node(
        self, operator: Operator, operands: Operands, attributes: Attributes, path: str, span: Span
    ) -> tuple[Value, ...]:
        """The results of an operator, named by the path. Raises OperatorError where it can't take the operands."""
        self._meter.spend_node()
        types = operator.infer([None if value is None else value.type for value in operands], attributes)
        self._meter.spend_edges(len(operands) + len(types))
        for type_ in types:
            self._meter.need_tensor("the result", type_)
        self._take(path)
        results = tuple(map(Value, result_names(path, len(types)), types))
        self._nodes.append(Node(operator, tuple(operands), results, attributes, path, span, self.standing.all))
        return results

    def weight(self, weight: Weight, owner: str, span: Span) -> Value:
        """A weight of the layer at path `owner`: a new one, or at another call of an instance, the one it has."""
        name = join(owner, weight.operand)
        known = self._parameters.get(name)
        if known is None:
            shape = weight.type.static_shape
            return self._parameter(
                name, weight.type, weight.role, Initialized(name, weight.role, weight.type.dtype, shape), span
            )
        if known.value.type != weight.type:
            raise _shared_misfit(known, weight)
        return known.value

    def constant(self, name: str, data: Written, span: Span) -> Value:
        """A tensor that is written in the program. Every element must be one of its type."""
        for element in data.elements:
            _need_element(data.dtype, element)
        return self._parameter(name, TensorType(data.dtype, data.shape), Role.CONSTANT, data, span)

    def _parameter(self, name: str, type_: TensorType, role: Role, data: TensorData, span: Span) -> Value:
        self._meter.need_tensor("a weight", type_)
        self._take(name)
        value = Value(name, type_)
        self._parameters[name] = Parameter(value, data, role, span)
        return value

    def _take(self, name: str) -> None:
        """Places keep paths apart; what is left is a label that spells the weight of an instance: `head.weight`."""
        if name in self._names:
            raise EvaluationError(
                LABEL_TWICE, f"`{name}` already names a value of the graph", hint="choose another label"
            )
        self._names.add(name)


def _need_element(dtype: DType, element: float) -> None:
    if not dtype.holds(element):
        raise EvaluationError(WRONG_VALUE, f"{describe(element)} is no element of a tensor of {dtype}")


def _shared_misfit(known: Parameter, weight: Weight) -> EvaluationError:
    others = () if known.span is None else (Label(known.span, "made here"),)
    return EvaluationError(
        SHARED_WEIGHTS,
        f"`{known.name}` is shared: it was made as {known.value.type}, this call needs {weight.type}",
        label="called here with other shapes",
        hint="give each shape an instance of its own",
        others=others,
    )
