"""From a target's constraints to the two things people read: diagnostics and a documentation page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..compiler.ir import Graph, Node, Parameter
from ..dsl.diagnostics import Diagnostic, Label, error
from .base import Constraint
from .codes import OUTSIDE_TARGET, TOO_LARGE

Constraints = Mapping[str, tuple[Constraint, ...]]
"""The limits of a target by operator name; an operator without limits has an empty tuple."""

_LARGEST = 5  # tensors named where a model is too large
_LARGEST_BATCH = (1 << 31) - 1  # sizes are 32 bits wide in TFLite, and in the kernels of both runtimes


def batch_refusals(batch: int | None) -> list[Diagnostic]:
    """A batch that no file can hold; None leaves a symbolic one open."""
    if batch is None or 1 <= batch <= _LARGEST_BATCH:
        return []
    return [error(OUTSIDE_TARGET, f"a batch is 1 to {_LARGEST_BATCH:,}, and {batch:,} is not")]


def violations(graph: Graph, target: str, constraints: Constraints) -> Iterator[Diagnostic]:
    """One diagnostic for each limit that a node breaks, in the order of the nodes."""
    for node in graph.nodes:
        for constraint in constraints[node.op.name]:
            measured = constraint.violation(node)
            if measured is not None:
                yield _refusal(node, target, constraint, measured)


def _refusal(node: Node, target: str, constraint: Constraint, measured: str) -> Diagnostic:
    return error(
        OUTSIDE_TARGET,
        f"{target} can't take `{node.path}`: {constraint.sentence}, but {measured}",
        node.span,
        f"this `{node.op.name}`",
        hint=constraint.hint,
    )


def too_large(target: str, limit: int, parameters: Iterable[Parameter]) -> Diagnostic | None:
    """A diagnostic that names the largest parameters, where all of them together exceed `limit` bytes."""
    parameters = tuple(parameters)
    total = sum(parameter.data.nbytes for parameter in parameters)
    if total <= limit:
        return None
    largest = sorted(parameters, key=lambda parameter: (-parameter.data.nbytes, parameter.name))[:_LARGEST]
    return Diagnostic(
        TOO_LARGE,
        f"the weights take {_mib(total)}, and a {target} file holds at most {_mib(limit)} of them",
        labels=tuple(Label(p.span, f"{_mib(p.data.nbytes)} here") for p in largest if p.span is not None),
        notes=tuple(f"`{p.name}`: {p.value.type}, {_mib(p.data.nbytes)}" for p in largest),
    )


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"


def page(title: str, introduction: str, constraints: Constraints) -> str:
    """The documentation of a target's limits, in Markdown, one section for each operator."""
    sections = (_section(operator, limits) for operator, limits in sorted(constraints.items()))
    return "\n\n".join((f"# {title}", introduction.strip(), *sections)) + "\n"


def _section(operator: str, limits: tuple[Constraint, ...]) -> str:
    lines = [f"- {limit.sentence}" + (f" ({limit.hint})" if limit.hint else "") for limit in limits]
    return f"## `{operator}`\n\n" + ("\n".join(lines) if lines else "No limits.")
