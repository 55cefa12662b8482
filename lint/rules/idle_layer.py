"""L208: a layer that gives what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...compiler.ir import Node
from ...compiler.ops import CONCAT, PAD, RESHAPE, RESIZE, SLICE, TRANSPOSE
from ...compiler.ops.base import Operator
from ...dsl.diagnostics import Code
from ..context import Context
from ..layers import own_faults
from ..networks import Network
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for fault in own_faults(context, _idle):
        message = f"`{fault.node.op.name}` gives what it is given: {fault.what}"
        yield Finding(fault.span, message, "changes nothing", notes=fault.notes, hint="remove it")


def _idle(_network: Network, node: Node) -> str | None:
    reason, test = _IDLE.get(node.op, ("", None))
    return reason if test is not None and test(node) else None


def _same_shape(node: Node) -> bool:
    return next(node.operands).type.shape == node.output.type.shape


def _alone(node: Node) -> bool:
    return len(tuple(node.operands)) == 1


def _in_order(node: Node) -> bool:
    permutation: Any = node.attributes["permutation"]
    return tuple(permutation) == tuple(range(len(permutation)))


_IDLE: Mapping[Operator, tuple[str, Callable[[Node], bool]]] = {
    RESHAPE: ("the shape is the same", _same_shape),
    RESIZE: ("the size is the same", _same_shape),
    PAD: ("nothing is added", _same_shape),
    SLICE: ("all of it is taken", _same_shape),
    TRANSPOSE: ("the axes are in order", _in_order),
    CONCAT: ("there is nothing to join it with", _alone),
}


RULE = Rule(
    code=Code("L208", "layer that changes nothing"),
    name="idle-layer",
    what="Finds `reshape` to the same shape, `resize` to the same size, `pad` by nothing, `slice` of everything, "
    "`transpose` into the same order and `concat` of one tensor; in a block, where it is so in every call.",
    why="Backends drop such layers. In the program they say that something happens here, and what was meant to happen "
    "does not: often a list has one item where it should have several.",
    fails="""\
/// One branch.
model Net() {
  input image: f32[N, 32, 32, 3]
  branches = [image |> conv2d(16)]
  output features = branches |> concat()
}
""",
    passes="""\
/// Two branches.
model Net() {
  input image: f32[N, 32, 32, 3]
  branches = [image |> near: conv2d(16, kernel=3), image |> far: conv2d(16, kernel=5)]
  output features = branches |> concat()
}
""",
    check=_check,
)
