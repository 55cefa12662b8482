"""What rules look at: a program and all that can be known of it, each part made when the first rule asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..dsl import tree
from ..dsl.check.walk import nodes
from ..dsl.lexer import Scanned, scan
from ..dsl.modules import Program
from ..dsl.source import Source, Span
from .names import Names
from .networks import Network, networks
from .spaces import Searched, spaces
from .suppressions import Suppressions, read_suppressions

N = TypeVar("N")


@dataclass
class Context:
    """The main module of a checked program. `target` is the backend it is meant for, if one is named; `running` are
    the codes of the rules of this run."""

    program: Program
    running: frozenset[str]
    target: str | None = None

    @property
    def module(self) -> tree.Module:
        return self.program.main

    @property
    def file(self) -> str:
        """What spans call the file."""
        return self.module.span.file

    @property
    def source(self) -> Source:
        return self.program.sources.by_name[self.file]

    @cached_property
    def scanned(self) -> Scanned:
        """The tokens and comments of the file."""
        return scan(self.source)

    @cached_property
    def suppressions(self) -> Suppressions:
        """The comments that silence rules."""
        return read_suppressions(self.scanned)

    @cached_property
    def names(self) -> Names:
        """Every declaration of the file with its uses."""
        return Names(self.module)

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """The models of the file that can be elaborated as they stand: no parameter is missing, no choice is open."""
        return networks(self.program)

    @cached_property
    def comment_lines(self) -> frozenset[int]:
        """The lines that have a comment."""
        return frozenset(comment.span.line for comment in self.module.comments)

    @cached_property
    def annotated(self) -> frozenset[Span]:
        """The statements that annotations stand before; without them, these would be about the next."""
        return frozenset(node.statement.span for node in self.all(tree.Annotated))

    @cached_property
    def has_models(self) -> bool:
        """Whether the file is there for its models; one without is a library, whose items are for others."""
        return next(self.all(tree.Model), None) is not None

    @property
    def complete(self) -> bool:
        """Whether all models of the file are among the networks."""
        return sum(1 for _ in self.all(tree.Model)) == len(self.networks)

    @cached_property
    def calls(self) -> dict[Span, tree.Call]:
        """The calls by where they stand, which is what the layers that they make have as their span."""
        return {call.span: call for call in self.all(tree.Call)}

    @cached_property
    def spaces(self) -> tuple[Searched, ...]:
        """The models of the file that write choices and can be searched as they stand: no parameter is missing."""
        return spaces(self.program)

    @cached_property
    def _nodes(self) -> dict[type, list[object]]:
        found: dict[type, list[object]] = {}
        for node in nodes(self.module):
            found.setdefault(type(node), []).append(node)
        return found

    def all(self, kind: type[N]) -> Iterator[N]:
        """Every node of the tree of one kind, in the order of the text."""
        for node in self._nodes.get(kind, ()):
            assert isinstance(node, kind)
            yield node
