"""What the checker knows at one place of a program."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .. import codes
from ..record import record
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
    ANNOTATION = "an annotation"

    @property
    def makes_layers(self) -> bool:
        return self in (Place.MODEL, Place.BLOCK)


@record
class Bound:
    """Where a name of a definition is first bound, and inside what ("" for the definition itself)."""

    span: Span
    inside: str
    is_choice: bool


@dataclass(slots=True)
class Body:
    """The facts that gather while one definition is checked.

    `expected` is the declared type of the result; without one `returns` is what the returns so far have in common.
    `refined` remembers, by the place of its first assignment, a variable whose type became more exact later
    (`xs = []`, then `xs = xs + [x]`); `shallowest` is the depth of the outermost one since a loop began.
    `bound`, once somebody asks, is where each name is first bound.
    """

    place: Place
    name: str
    depth: int
    statements: tuple[Statement, ...] = ()
    layers: int = 0
    instances: int = 0
    layers_reported: bool = False
    expected: Type | None = None
    returns: Type | None = None
    returned_at: Span | None = None
    batch: Identifier | None = None
    refined: dict[Span, Type] = field(default_factory=dict)
    shallowest: int | None = None
    bound: Mapping[str, Bound] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A place: its scope of names, what is taken so far, the definition around it.

    `paths` is taken in the scope of paths (labels, choices, annotated patterns), `results` in the whole model
    (outputs, expected metrics). `valued` is what takes nothing but values here, as messages say it.
    """

    report: Report
    scope: Scope
    body: Body
    paths: Taken = field(default_factory=Taken)
    results: Taken = field(default_factory=Taken)
    in_loop: bool = False
    valued: str = ""

    def turn(self) -> Frame:
        """The body of a loop: names of its own, and labels, since each turn is a scope of paths."""
        return replace(self, scope=self.scope.inner(), paths=Taken(), in_loop=True)

    def labelled(self) -> Frame:
        """What stands under a label: a scope of paths."""
        return replace(self, paths=Taken())

    def values(self, what: str) -> Frame:
        """Inside of `what`, which is worked out before any layer is made."""
        return replace(self, valued=what)

    def branch(self) -> Frame:
        """One of the branches of an `if`."""
        return replace(
            self,
            scope=self.scope.inner(),
            paths=self.paths.branch(),
            results=self.results.branch(),
        )

    def absorb(self, branch: Frame) -> None:
        self.paths.absorb(branch.paths)
        self.results.absorb(branch.results)

    def makes_layer(self, span: Span) -> None:
        """Something at `span` adds to the graph: nothing but a model or a block may."""
        self.body.layers += 1
        if self.valued:
            hint = "make it before, with a name, if the model is to have it"
            message = f"{self.valued} can't make layers"
            self.report.error(codes.LAYERS_OUTSIDE, message, span, "makes a layer", hint=hint)
        elif not self.body.place.makes_layers and not self.body.layers_reported:
            self.body.layers_reported = True
            message = f"{self.body.place.value} can't make layers"
            self.report.error(codes.LAYERS_OUTSIDE, message, span, "makes a layer", hint="put it into a block")

    def makes_instance(self) -> None:
        """A block or operator has its values, and will make layers when it gets its tensors."""
        self.body.instances += 1
