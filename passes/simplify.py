"""simplify: what computes nothing goes, and what two nodes do one does.

    identity(x), reshape, slice, pad or resize to what x is, concat(x), split(x) in one     ->  x
    concat(split(x)) in order                                                               ->  x
    reshape(reshape(x, s), t)                                                               ->  reshape(x, t)
    transpose(transpose(x, p), q)                                                           ->  transpose(x, p[q])
    transpose(x, (0, 1, 2, ...)), x * 1, x / 1, x + 0, x - 0                                ->  x
    reshape(mean(x)) that adds or drops the axes of the mean                                ->  mean(x, other keepdims)
    relu(relu(x)), relu(relu6(x)), relu6(relu6(x))                                          ->  the inner one
    relu6(relu(x))                                                                          ->  relu6(x)

Activations count where a layer applies them, too. The sign of a zero may change (-0.0 + 0.0 is 0.0). Constants of the
program that are in memory are looked at, weights never. `annotated.py` says which annotations stand in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from ..compiler.ir import Graph, Node, Parameter, Value
from ..compiler.ops import (
    ADD,
    CONCAT,
    DIV,
    IDENTITY,
    MEAN,
    MUL,
    PAD,
    RELU,
    RELU6,
    RESHAPE,
    RESIZE,
    SLICE,
    SPLIT,
    SUB,
    TRANSPOSE,
    Trait,
)
from ..dsl.record import record
from .annotated import loss
from .base import PassResult
from .constants import known_elements
from .rewrite import Rewriter


@record
class Simplify:
    name: ClassVar[str] = "simplify"

    def run(self, graph: Graph) -> PassResult:
        return Rewriter(graph).exhaust(_simplify)


def _simplify(rewriter: Rewriter, node: Node) -> None:
    """Applies the first rule that fits, and says so."""
    for rule in _RULES.get(node.op.name, ()):
        change = rule(rewriter, node)
        if change is not None:
            rewriter.changed(node, change)
            return


def _drop(rewriter: Rewriter, node: Node, value: Value, why: str) -> str | None:
    if not rewriter.may_replace(node.output, value):
        return None
    rewriter.bypass(node, value)
    return f"removed: {why}"


def _no_change(rewriter: Rewriter, node: Node) -> str | None:
    """These give x wherever the result has its type."""
    if len(node.inputs) != 1 or len(node.outputs) != 1:
        return None
    return _drop(rewriter, node, _x(node), "it changes nothing")


def _loses(rewriter: Rewriter, lost: Node, kept: Node) -> bool:
    """Whether what a node is annotated with forbids to make it one with another; says so."""
    reason = loss(lost, kept)
    if reason:
        rewriter.missed(lost, f"not merged with `{kept.path}`: {reason}")
    return reason is not None


def _concat_of_split(rewriter: Rewriter, node: Node) -> str | None:
    split = rewriter.producer(_x(node))
    if split is None or split.op is not SPLIT or split.outputs != node.inputs:
        return None
    if split.attributes["axis"] != node.attributes["axis"]:
        return None
    return _drop(rewriter, node, _x(split), f"it undoes `{split.path}`")


def _reshape_twice(rewriter: Rewriter, node: Node) -> str | None:
    first = rewriter.producer(_x(node))
    if first is None or first.op is not RESHAPE or _loses(rewriter, first, node):
        return None
    rewriter.swap(replace(node, inputs=first.inputs))
    return f"merged with `{first.path}`"


def _transpose_in_order(rewriter: Rewriter, node: Node) -> str | None:
    permutation = _permutation(node)
    if permutation != tuple(range(len(permutation))):
        return None
    return _drop(rewriter, node, _x(node), "it changes nothing")


def _transpose_twice(rewriter: Rewriter, node: Node) -> str | None:
    first = rewriter.producer(_x(node))
    if first is None or first.op is not TRANSPOSE or _loses(rewriter, first, node):
        return None
    permutation = tuple(_permutation(first)[axis] for axis in _permutation(node))
    rewriter.swap(replace(node, inputs=first.inputs, attributes={"permutation": permutation}))
    return f"merged with `{first.path}`"


def _mean_and_reshape(rewriter: Rewriter, node: Node) -> str | None:
    mean = rewriter.producer(_x(node))
    if mean is None or mean.op is not MEAN or rewriter.sole_reader(mean.output) is None:
        return None
    attributes = {**mean.attributes, "keepdims": not mean.attributes["keepdims"]}
    result = Value(mean.path, node.output.type)
    if mean.op.infer([_x(mean).type], attributes) != (result.type,) or _loses(rewriter, node, mean):
        return None
    rewriter.swap(replace(mean, attributes=attributes, outputs=(result,)))
    rewriter.bypass(node, result)
    return f"merged with `{mean.path}`"


def _neutral(rewriter: Rewriter, node: Node) -> str | None:
    a, b = node.operands
    if node.attributes["activation"] != "none":
        return None
    if _is_all(rewriter.parameter(b), _NEUTRAL[node.op.name]):
        return _drop(rewriter, node, a, "its constant changes nothing")
    if node.op.has(Trait.COMMUTATIVE) and _is_all(rewriter.parameter(a), _NEUTRAL[node.op.name]):
        return _drop(rewriter, node, b, "its constant changes nothing")
    return None


_NEUTRAL = {ADD.name: 0, SUB.name: 0, MUL.name: 1, DIV.name: 1}


def _is_all(parameter: Parameter | None, element: int) -> bool:
    """Whether a parameter is known to hold nothing but this."""
    elements = known_elements(parameter)
    return elements is not None and bool(np.all(elements == element))


def _relu_twice(rewriter: Rewriter, node: Node) -> str | None:
    inner = rewriter.producer(_x(node))
    applied = _applied(inner)
    if inner is None or applied is None:
        return None
    if applied in (node.op.name, RELU6.name):
        return _drop(rewriter, node, inner.output, f"`{inner.path}` applies {applied}")
    if inner.op is not RELU:
        return _sharpen(rewriter, node, inner)
    if _loses(rewriter, inner, node):
        return None
    rewriter.swap(replace(node, inputs=inner.inputs))
    return f"merged with `{inner.path}`"


def _sharpen(rewriter: Rewriter, node: Node, inner: Node) -> str | None:
    """A layer that applies relu applies relu6."""
    if rewriter.sole_reader(inner.output) is None or _loses(rewriter, node, inner):
        return None
    rewriter.swap(replace(inner, attributes={**inner.attributes, "activation": RELU6.name}))
    rewriter.bypass(node, inner.output)
    return f"merged with `{inner.path}`"


def _applied(node: Node | None) -> str | None:
    """The relu that a node's result has gone through, if any."""
    if node is None:
        return None
    if node.op in (RELU, RELU6):
        return node.op.name
    activation = node.attributes.get("activation")
    return activation if activation in (RELU.name, RELU6.name) else None


def _x(node: Node) -> Value:
    return next(node.operands)


def _permutation(node: Node) -> tuple[int, ...]:
    permutation: Any = node.attributes["permutation"]
    return tuple(permutation)


_Rule = Callable[[Rewriter, Node], str | None]
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    **dict.fromkeys((IDENTITY.name, SLICE.name, PAD.name, RESIZE.name, SPLIT.name), (_no_change,)),
    **dict.fromkeys(_NEUTRAL, (_neutral,)),
    CONCAT.name: (_no_change, _concat_of_split),
    RESHAPE.name: (_no_change, _reshape_twice, _mean_and_reshape),
    TRANSPOSE.name: (_transpose_in_order, _transpose_twice),
    RELU.name: (_relu_twice,),
    RELU6.name: (_relu_twice,),
}
