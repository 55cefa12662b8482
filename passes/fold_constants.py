"""fold-constants: what depends on parameters alone is computed by the compiler.

    op(p, q, ...) = c

where every operand is a parameter. The result becomes a constant of the node's name. It is computed by the operator's
reference semantics when the artefact is written, and not before. A result that is larger than its operands together,
a broadcast or a resize, is folded only up to `limit` bytes: a small graph is worth more than no nodes at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ..compiler.data import Array, Derived
from ..compiler.ir import Attributes, Graph, Node, Parameter, Role
from ..compiler.ops.base import Operator
from ..dsl.record import record
from .base import PassResult
from .rewrite import Rewriter


@record
class FoldConstants:
    """`limit` is the largest size in bytes of a result that exceeds its operands."""

    name: ClassVar[str] = "fold-constants"
    limit: int = 1 << 20

    def run(self, graph: Graph) -> PassResult:
        return Rewriter(graph).exhaust(self._fold)

    def _fold(self, rewriter: Rewriter, node: Node) -> None:
        parameters = [parameter for parameter in map(rewriter.parameter, node.operands) if parameter is not None]
        if len(parameters) < len(list(node.operands)):
            return
        if any(map(rewriter.is_output, node.outputs)):
            rewriter.missed(node, "not folded: it is an output of the graph")
            return
        size, given = sum(value.type.nbytes() for value in node.outputs), sum(p.data.nbytes for p in parameters)
        if size > max(self.limit, given):
            rewriter.missed(node, f"not folded: the result has {size} bytes, more than its operands and {self.limit}")
            return
        rewriter.make_constant(node, _constants(node, parameters))
        rewriter.changed(node, "computed by the compiler")


def _constants(node: Node, parameters: Sequence[Parameter]) -> tuple[Parameter, ...]:
    present = tuple(value is not None for value in node.inputs)
    sources = tuple(parameter.data for parameter in parameters)
    results = []
    for i, value in enumerate(node.outputs):
        compute = partial(_evaluate, node.op, node.attributes, present, i)
        data = Derived(sources, compute, value.type.dtype, value.type.static_shape)
        results.append(Parameter(value, data, Role.CONSTANT, node.span))
    return tuple(results)


def _evaluate(op: Operator, attributes: Attributes, present: tuple[bool, ...], result: int, *arrays: Any) -> Array:
    remaining = iter(arrays)
    operands = [next(remaining) if there else None for there in present]
    with np.errstate(all="ignore"):  # infinities and NaN are results like any other
        return op.evaluate(operands, attributes)[result]
