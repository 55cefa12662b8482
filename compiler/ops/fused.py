"""The activation that a layer may apply to its own result."""

from __future__ import annotations

from collections.abc import Callable

from ...dsl import types as t
from ..data import Array
from ..ir import Attributes, Node
from ..numpy_later import np
from .base import Attribute, Trait

FUSED = Attribute("activation", t.Words(("none", "relu", "relu6")), "applied to the result", "none")

_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "none": lambda x: x,
    "relu": lambda x: np.maximum(x, x.dtype.type(0)),
    "relu6": lambda x: np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(6)),
}


def fused(x: Array, attributes: Attributes) -> Array:
    """`x` after the activation that the layer's attributes name."""
    return _FUNCTIONS[str(attributes["activation"])](x)


def fused_steps(attributes: Attributes) -> int:
    """Operations that the fused activation adds to each result element."""
    return int(attributes.get("activation", "none") != "none")


def is_never_negative(node: Node | None) -> bool:
    """Whether no element that the node gives is below zero: its operator says so, or the activation that it applies."""
    return node is not None and (node.op.has(Trait.NONNEGATIVE) or fused_steps(node.attributes) > 0)
