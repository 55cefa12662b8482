"""What the checker knows at one place of a program."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .. import codes
from ..source import Span
from ..tree import Identifier, Statement
from ..types import Type
from .report import Report
from .scope import Scope, Taken


class Place(enum.Enum):
    """Whose code it is; the value is how messages say it."""

    MODEL = "a model"
    BLOCK = "a block"
    FUNCTION = "a function"
    CONSTANT = "a constant"
    DEFAULT = "a default"

    @property
    def makes_layers(self) -> bool:
        return self in (Place.MODEL, Place.BLOCK)


@dataclass(slots=True)
class Body:
    """The facts that gather while one definition is checked.

    `expected` is the declared type of the result; without one `returns` is what the returns so far have in common.
    `refined` remembers, by the place of its first assignment, a variable whose type became more exact later
    (`xs = []`, then `xs = xs + [x]`); `shallowest` is the depth of the outermost one since a loop began.
    `bound`, once somebody asks, is where each name is first bound, and inside what.
    """

    place: Place
    name: str
    depth: int
    statements: tuple[Statement, ...] = ()
    layers: int = 0
    layers_reported: bool = False
    expected: Type | None = None
    returns: Type | None = None
    returned_at: Span | None = None
    batch: Identifier | None = None
    refined: dict[Span, Type] = field(default_factory=dict)
    shallowest: int | None = None
    bound: Mapping[str, tuple[Span, str]] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A place: its scope of names, the labels and outputs taken so far, the definition around it."""

    report: Report
    scope: Scope
    body: Body
    labels: Taken = field(default_factory=Taken)
    outputs: Taken = field(default_factory=Taken)
    in_loop: bool = False

    def turn(self) -> Frame:
        """The body of a loop: names of its own, and labels, since each turn is a scope of paths."""
        return replace(self, scope=self.scope.inner(), labels=Taken(), in_loop=True)

    def labelled(self) -> Frame:
        """What stands under a label: a scope of paths."""
        return replace(self, labels=Taken())

    def branch(self) -> Frame:
        """One of the branches of an `if`."""
        return replace(
            self,
            scope=self.scope.inner(),
            labels=self.labels.branch(),
            outputs=self.outputs.branch(),
        )

    def absorb(self, branch: Frame) -> None:
        self.labels.absorb(branch.labels)
        self.outputs.absorb(branch.outputs)

    def makes_layer(self, span: Span) -> None:
        """Something at `span` adds to the graph: nothing but a model or a block may."""
        self.body.layers += 1
        if self.body.place.makes_layers or self.body.layers_reported:
            return
        self.body.layers_reported = True
        self.report.error(
            codes.LAYERS_OUTSIDE,
            f"{self.body.place.value} can't make layers",
            span,
            "makes a layer",
            hint="put it into a block",
        )
