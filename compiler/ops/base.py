"""What an operator is: one frozen declaration with everything that is free of any target.

The language's calls, the IR's verifier, the cost tables, the evaluator and the documentation all
read these declarations; a backend adds one table from operator to lowering rule.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...dsl import types as t
from ...dsl.record import record
from ..data import Array
from ..ir import Attributes, AttributeValue, Role
from ..types import TensorType

MaybeType = TensorType | None
"""The type of an operand; None where an optional one is absent."""

Types = Sequence[MaybeType]
"""What a rule is given of a node's operands, in their order."""

Values = Mapping[str, Any]
"""Attributes or a call's values as a rule reads them: it has declared their types itself."""


class OperatorError(Exception):
    """Operands or attributes that the operator can't take. The elaborator adds the place and the chain of calls."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class Trait(enum.Enum):
    """What passes ask instead of testing names."""

    LINEAR = "linear"  # operands (x, weight, bias?); the weight's last axis is the output channel
    FUSES_ACTIVATION = "fuses-activation"  # has an `activation` attribute, applied to the result
    ELEMENTWISE = "elementwise"  # each result element depends on the operands' elements at its place
    ACTIVATION = "activation"  # element-wise, one operand, no weights but a slope: usable as `act=`
    COMMUTATIVE = "commutative"
    NONNEGATIVE = "nonnegative"  # no element of the result is below zero, whatever the operands
    RESHAPES = "reshapes"  # moves or relabels elements, computes nothing


@record
class Operand:
    """A tensor that the operator reads. A variadic operand is the only one of its operator."""

    name: str
    doc: str
    optional: bool = False
    variadic: bool = False


@record
class Attribute:
    """A compile-time property of a node in the IR, fully resolved: paddings are numbers, axes are not negative."""

    name: str
    type: t.Type
    doc: str
    default: AttributeValue | t.Required = t.REQUIRED


@record
class Weight:
    """A parameter that a layer owns. `operand` is the name of the operand it becomes, and the last part of its path."""

    operand: str
    type: TensorType
    role: Role


@record
class Application:
    """What a call in the language becomes: a node's attributes, and the parameters that its layer owns."""

    attributes: Attributes
    weights: tuple[Weight, ...] = ()


@record
class Surface:
    """How the language calls an operator: `apply` turns the call's values into an `Application`.

    `tensors` counts the leading operands that a call passes as tensors; the rest are weights.
    """

    parameters: tuple[t.Parameter, ...]
    apply: Callable[[Sequence[TensorType], Values], Application]
    tensors: int = 1


Count = Callable[[Types, Sequence[TensorType], Attributes], int]


def none_counted(_types: Types, _results: Sequence[TensorType], _attributes: Attributes) -> int:
    """The count of an operator that computes nothing."""
    return 0


@record
class Operator:
    """One operator of the IR, and of the language where it has a `surface`.

    `infer(types, attributes)` gives the result types or raises OperatorError.
    `evaluate(arrays, attributes)` is the reference semantics; absent operands are None.
    `macs(types, results, attributes)` counts multiply-accumulates (1 MAC = 2 FLOPs) at batch 1.
    `flops` counts further element operations that are no MACs (an activation, an addition).
    `source` is where the operator was introduced; `many_results` is set where `infer` may give several.
    """

    name: str
    doc: str
    operands: tuple[Operand, ...]
    attributes: tuple[Attribute, ...]
    infer: Callable[[Types, Attributes], tuple[TensorType, ...]]
    evaluate: Callable[[Sequence[Any], Attributes], tuple[Array, ...]]
    macs: Count = none_counted
    flops: Count = none_counted
    traits: frozenset[Trait] = frozenset()
    surface: Surface | None = None
    source: str = ""
    many_results: bool = False

    def __repr__(self) -> str:
        return f"<operator {self.name}>"

    def has(self, trait: Trait) -> bool:
        return trait in self.traits

    @property
    def signature(self) -> t.Signature:
        """The call in the language. Raises ValueError where the operator has no surface."""
        if self.surface is None:
            raise ValueError(f"{self.name} can't be called from a program")
        operands = self.operands[: self.surface.tensors]
        tensors = tuple(
            t.Parameter(o.name, t.ListOf(t.TENSOR) if o.variadic else t.TENSOR, doc=o.doc) for o in operands
        )
        returns = t.ListOf(t.TENSOR) if self.many_results else t.TENSOR
        return t.Signature(self.name, tensors, self.surface.parameters, returns, self.doc)
