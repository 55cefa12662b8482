"""fold-constants: what depends on parameters alone is computed by the compiler.

    op(p, q, ...) = c

where every operand is a parameter. The result becomes a constant of the node's name. It is computed by the operator's
reference semantics: a small one at once, if its operands are constants of the program that are in memory, any other
when the artefact is written, and not before. A result that is larger than its operands together, a broadcast or a
resize, is folded only up to `limit` bytes: a small graph is worth more than no nodes at all. Where large constants are
combined more than `depth` levels deep, the rest is left to be computed when the model runs: each of them might be
needed, and each would be computed from the first on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ..compiler.data import Array, ArrayData, Derived, depth_of
from ..compiler.ir import Attributes, Graph, Node, Parameter, Role
from ..compiler.ops.base import Operator
from ..dsl.record import record
from .base import PassResult
from .constants import known_elements
from .rewrite import Rewriter

_SMALL = 4096
"""Bytes of a constant that is computed at once."""


@record
class FoldConstants:
    """`limit` is the largest size in bytes of a result that exceeds its operands, `depth` that of large constants."""

    name: ClassVar[str] = "fold-constants"
    limit: int = 1 << 20
    depth: int = 256

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
        if 1 + max((depth_of(p.data) for p in parameters), default=0) > self.depth:
            rewriter.missed(node, f"not folded: constants are combined more than {self.depth} levels deep")
            return
        rewriter.make_constant(node, _constants(node, parameters, at_once=size <= _SMALL))
        rewriter.changed(node, "computed by the compiler")


def _constants(node: Node, parameters: Sequence[Parameter], at_once: bool) -> tuple[Parameter, ...]:
    present = tuple(value is not None for value in node.inputs)
    sources = tuple(parameter.data for parameter in parameters)
    known = at_once and all(known_elements(parameter) is not None for parameter in parameters)
    results = []
    for i, value in enumerate(node.outputs):
        compute = partial(_evaluate, node.op, node.attributes, present, i)
        data = Derived(sources, compute, value.type.dtype, value.type.static_shape)
        held = ArrayData(data.read()) if known else data
        results.append(Parameter(value, held, Role.CONSTANT, node.span))
    return tuple(results)


def _evaluate(op: Operator, attributes: Attributes, present: tuple[bool, ...], result: int, *arrays: Any) -> Array:
    remaining = iter(arrays)
    operands = [next(remaining) if there else None for there in present]
    with np.errstate(all="ignore"):  # infinities and NaN are results like any other
        return op.evaluate(operands, attributes)[result]
