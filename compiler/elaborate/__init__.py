"""From the checked tree to the graph: an interpreter of the language's compile-time values that, as it
applies blocks and operators to tensors, adds nodes to a graph."""

from .elaborate import elaborate

__all__ = ["elaborate"]
