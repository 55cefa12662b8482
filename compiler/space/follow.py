"""An elaboration that follows a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ...dsl import tree
from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.modules import Program
from ...dsl.source import Span
from ...dsl.suggest import hint
from ..choices import Continuous, Decision, OptionName
from ..codes import POINT_MODEL
from ..elaborate import elaborate
from ..ir import Graph
from .options import index_of, is_number
from .point import Point

if TYPE_CHECKING:
    from .space import Space

Places = Callable[[str], Span | None]
"""Where a path stands in the file that a point was read from."""


class MisfitError(Exception):
    """A point and the model that it is followed in part."""


def follow(  # noqa: PLR0913, PLR0917  # what an elaboration needs, and what to say where it fails
    program: Program,
    point: Point | Mapping[str, object],
    model: str | None = None,
    arguments: Mapping[str, object] | None = None,
    places: Places | None = None,
    space: Space | None = None,
) -> tuple[Graph, Point]:
    """The graph at a point of a model, and the point with its options written as the program has them.

    Instead of a point the bare values by their paths will do. `places` says where paths stand in the file that the
    point is from, `space` is the model's if it is known already. Raises DiagnosticError with everything that the point
    leaves open or decides in vain, and otherwise with what is wrong with the model at this point.
    """
    if isinstance(point, Point):
        model = _model(program.main, point, model)
    follower = Follower(point)
    try:
        graph = elaborate(program, model, arguments, decider=follower)
        follower.need_all_met()
    except MisfitError:
        from .misfits import misfits  # noqa: PLC0415  # most points fit
        from .space import Space  # noqa: PLC0415  # as above; a space follows points itself

        found = misfits(space or Space(program, model, arguments), follower, places or (lambda path: None))
        raise DiagnosticError(found) from None
    return graph, Point(graph.name, follower.choices, follower.carried)


def _model(main: tree.Module, point: Point, asked: str | None) -> str:
    models = [item.name.name for item in main.items if isinstance(item, tree.Model)]
    if point.model not in models:
        listed = ", ".join(f"`{name}`" for name in models) or "no model"
        message = f"the point is one of model `{point.model}`, and `{main.span.file}` has {listed}"
        raise DiagnosticError(error(POINT_MODEL, message, hint=hint(point.model, models)))
    if asked not in (None, point.model):
        message = f"the point is one of model `{point.model}`, not of `{asked}`"
        raise DiagnosticError(error(POINT_MODEL, message, hint="leave the model out: the point names it"))
    return point.model


class Follower:
    """Decides as a point says. Raises MisfitError where it says nothing, or what can't be.

    `choices` and `carried` are what was decided, in the order of the text; `told` is what the point says of both, `met`
    what was asked for, and `at_end` whether that is all.
    """

    def __init__(self, point: Point | Mapping[str, object]) -> None:
        self.told: tuple[Mapping[str, object], Mapping[str, object]]
        self.told = (point.choices, point.carried) if isinstance(point, Point) else (point, point)
        self.choices: dict[str, OptionName] = {}
        self.carried: dict[str, float] = {}
        self.met: list[Decision | Continuous] = []
        self.at_end = False

    def decide(self, decision: Decision) -> int:
        """The index of the point's option."""
        self.met.append(decision)
        choices, _ = self.told
        index = index_of(decision.options, choices[decision.path]) if decision.path in choices else None
        if index is None:
            raise MisfitError
        self.choices[decision.path] = decision.options[index]
        return index

    def carry(self, continuous: Continuous) -> float:
        """The point's value."""
        self.met.append(continuous)
        _, carried = self.told
        value = carried.get(continuous.path)
        if not is_number(value) or not continuous.holds(value):
            raise MisfitError
        self.carried[continuous.path] = float(value)
        return self.carried[continuous.path]

    def need_all_met(self) -> None:
        """Raises MisfitError where the point says more than the model asks."""
        self.at_end = True
        choices, carried = self.told
        if {*choices, *carried} != {*self.choices, *self.carried}:
            raise MisfitError
