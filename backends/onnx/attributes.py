"""What rules ask of an IR node, in the words of ONNX."""

from __future__ import annotations

from typing import Any

from ...compiler.ir import Node


def attributes(node: Node) -> dict[str, Any]:
    """The node's attributes, their types as the operator declares them."""
    return dict(node.attributes)


def pads(node: Node) -> tuple[int, ...]:
    """The padding of an image: every beginning, then every end."""
    (top, bottom), (left, right) = attributes(node)["padding"]
    return top, left, bottom, right
