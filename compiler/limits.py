"""How much a program may ask of the compiler: a hostile file meets a diagnostic, not the machine's memory."""

from __future__ import annotations

from ..dsl.record import record


@record
class Limits:
    """Budgets of one elaboration. The largest published mobile architectures stay under a tenth of each."""

    steps: int = 1_000_000
    """Expressions and statements evaluated, and items of lists compared or copied, in all."""

    nodes: int = 20_000
    """Nodes of the graph."""

    edges: int = 200_000
    """Operands and results of all nodes: one list can be the operands of many."""

    calls: int = 50_000
    """Calls of blocks and functions, in all."""

    loop_turns: int = 100_000
    """Turns of loops and comprehensions, in all."""

    list_length: int = 10_000
    string_length: int = 10_000

    int_bits: int = 64
    """Bits of an int, its sign included."""

    nesting: int = 400
    """Calls, statements and expressions that are open at once."""

    tensor_elements: int = 2**31
    """Elements of one tensor, a symbolic batch counted as 1."""

    tensor_axes: int = 32
    """Axes of one tensor: as many as every NumPy computes with, which folds and evaluates."""

    errors: int = 25
    """Errors reported in one run."""


DEFAULT = Limits()
