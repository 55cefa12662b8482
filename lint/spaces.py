"""The search spaces of a file, for rules that ask which points there are and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..compiler.choices import Decision
from ..compiler.elaborate.choices import key_of
from ..dsl import tree
from ..dsl.check.walk import nodes
from ..dsl.diagnostics import DiagnosticError
from ..dsl.modules import Program
from ..dsl.record import record
from ..dsl.source import Span

if TYPE_CHECKING:
    from ..compiler.space import Space
    from ..compiler.space.diagram import Diagram, Edge, Node

Taken = tuple[str, object]
"""A decision's path, and the option that is taken there as the compiler compares them."""


@record
class Option:
    """One option of a choice, with every decision that may take it.

    It stands at `span`: of options that are computed, at the choice's name. `name` is how a point calls it, if it does
    so everywhere.
    """

    choice: tree.Choice
    name: str
    taken: tuple[Taken, ...]
    span: Span


@dataclass(frozen=True)
class Searched:
    """A model that writes choices, and its space."""

    model: tree.Model
    space: Space

    @property
    def is_empty(self) -> bool:
        """Whether the conditions leave no point."""
        return self.space.count() == 0

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The options of the choices in the model, but for a choice that offers more of them at some places."""
        return tuple(option for choice in choices(self.model) for option in self._options(choice))

    def _options(self, choice: tree.Choice) -> Iterator[Option]:
        made = [decision for decision in self.space.decisions if decision.span == choice.name.span]
        counts = {len(decision.options) for decision in made}
        written = choice.options.items if isinstance(choice.options, tree.OptionSet) else ()
        for index in range(max(counts)) if len(counts) == 1 else ():
            taken = tuple((decision.path, key_of(decision.options[index])) for decision in made)
            span = written[index].span if len(written) in counts else choice.name.span
            yield Option(choice, _name(made, index), taken, span)

    @cached_property
    def possible(self) -> frozenset[Taken]:
        """The options that some point takes."""
        counts = self.space.counts
        return frozenset(taken for _, taken, edge in options_of(self.space.diagram) if counts[edge.node])


def _name(made: list[Decision], index: int) -> str:
    names = {str(decision.options[index]) for decision in made}
    return f"the option `{names.pop()}`" if len(names) == 1 else f"option {index + 1}"


def choices(root: tree.Model) -> Iterator[tree.Choice]:
    """The choices that a model itself writes, in the order of the text."""
    return (node for node in nodes(root) if isinstance(node, tree.Choice))


def spaces(program: Program) -> tuple[Searched, ...]:
    """The models of the main module that write choices, and whose spaces can be drawn as they stand."""
    return tuple(_searched(program))


def _searched(program: Program) -> Iterator[Searched]:
    for item in program.main.items:
        if isinstance(item, tree.Model) and next(choices(item), None):
            from ..compiler.space import Space  # noqa: PLC0415  # most files leave nothing open

            with suppress(DiagnosticError):
                space = Space(program, item.name.name)
                space.count()  # draws it, and raises where the model is wrong
                yield Searched(item, space)


def options_of(diagram: Diagram) -> Iterator[tuple[Node, Taken, Edge]]:
    """Every option of the diagram that those before it allow, of each node before the nodes that it leads to."""
    for node in reversed(list(diagram.topological())):
        options = node.decision.options if node.decision else ()
        for option, edge in zip(options, node.edges, strict=True):
            if node.decision and edge:
                yield node, (node.decision.path, key_of(option)), edge
