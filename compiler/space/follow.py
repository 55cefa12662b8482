"""An elaboration that follows a point, and everything in which the point and the model part.

A point may have been made for an earlier version of the model. Where it leaves a decision open or names an option that
is not there, the first option stands in, so that the decisions after it are compared too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from ...dsl.diagnostics import Diagnostic, DiagnosticError, Label, error
from ...dsl.modules import Program
from ...dsl.source import Span
from ...dsl.suggest import hint
from ..choices import Continuous, Decision, OptionName
from ..codes import POINT_MODEL, POINT_OPEN, POINT_OPTION, POINT_STALE
from ..elaborate import elaborate
from ..ir import Graph
from .options import did_you_mean, index_of, is_number, listed, shown
from .point import Point

Places = Callable[[str], Span | None]
"""Where a path stands in the file that the point was read from."""

NAMED = 5
"""Paths named in one message."""

NEAR = 200
"""Paths that a suggestion is sought among."""

MOST = 25
"""Diagnostics about one point."""


def follow(
    program: Program,
    point: Point | Mapping[str, object],
    model: str | None = None,
    arguments: Mapping[str, object] | None = None,
    places: Places | None = None,
) -> tuple[Graph, Point]:
    """The graph at a point of a model, and the point with its options written as the program has them.

    Instead of a point the bare values by their paths will do. `places` says where paths stand in the file that the
    point is from. Raises DiagnosticError with everything that the point leaves open or decides in vain, and otherwise
    with what is wrong with the model at this point.
    """
    if isinstance(point, Point):
        model = _model(point, model)
    follower = Follower(point, places or (lambda path: None))
    try:
        graph = elaborate(program, model, arguments, decider=follower)
    except DiagnosticError as failure:
        raise DiagnosticError(_some([*follower.faults()]) or failure.diagnostics) from None
    if faults := [*follower.faults(), *follower.stale()]:
        raise DiagnosticError(_some(faults))
    return graph, Point(graph.name, follower.choices, follower.carried)


def _model(point: Point, asked: str | None) -> str:
    if asked not in (None, point.model):
        message = f"the point is one of model `{point.model}`, not of `{asked}`"
        raise DiagnosticError(error(POINT_MODEL, message, hint="leave the model out: the point names it"))
    return point.model


class Follower:
    """Decides as a point says; remembers where it says nothing, or what can't be.

    `choices` and `carried` are what was decided in the end.
    """

    def __init__(self, point: Point | Mapping[str, object], places: Places) -> None:
        told = (point.choices, point.carried) if isinstance(point, Point) else (point, point)
        self._choices, self._carried = told
        self._places = places
        self.choices: dict[str, OptionName] = {}
        self.carried: dict[str, float] = {}
        self._open: list[Decision | Continuous] = []
        self._refused: list[Diagnostic] = []

    def decide(self, decision: Decision) -> int:
        """The index of the point's option, of the first where it has none."""
        index = None
        if decision.path not in self._choices:
            self._open.append(decision)
        else:
            wanted = self._choices[decision.path]
            index = index_of(decision.options, wanted)
            if index is None:
                self._refused.append(self._no_option(decision, wanted))
        self.choices[decision.path] = decision.options[index or 0]
        return index or 0

    def carry(self, continuous: Continuous) -> float:
        """The point's value, the lowest where it has none."""
        path, value = continuous.path, continuous.low
        if path not in self._carried:
            self._open.append(continuous)
        elif not is_number(wanted := self._carried[path]) or not continuous.low <= wanted <= continuous.high:
            self._refused.append(self._out_of_range(continuous, wanted))
        else:
            value = float(wanted)
        self.carried[path] = value
        return value

    def faults(self) -> Iterator[Diagnostic]:
        """What the point leaves open, one diagnostic for each choice of the text, and options that are not there."""
        by_choice = sorted(self._open, key=lambda met: (met.span.file, met.span.line, met.span.column))
        for _, group in groupby(by_choice, key=lambda met: met.span):
            yield self._left_open(list(group))
        yield from self._refused

    def stale(self) -> Iterator[Diagnostic]:
        """What the point decides, and the model did not ask for."""
        met = (*self.choices, *self.carried)
        for path in self._unused():
            message = f"the point decides `{path}`, which is not open there"
            yield error(POINT_STALE, message, self._places(path), hint=hint(path, _near(path, met)))

    def _unused(self) -> list[str]:
        met = self.choices.keys() | self.carried.keys()
        return [path for path in {**self._choices, **self._carried} if path not in met]

    def _left_open(self, met: Sequence[Decision | Continuous]) -> Diagnostic:
        paths = [decision.path for decision in met]
        unused = hint(paths[0], _near(paths[0], self._unused()))
        help_ = f"it decides a path that is not open; {unused}" if unused else None
        return error(POINT_OPEN, f"the point does not decide {_named(paths)}", met[0].span, _offer(met[0]), hint=help_)

    def _no_option(self, decision: Decision, wanted: object) -> Diagnostic:
        message = f"`{decision.path}` has no option `{shown(wanted)}`"
        return self._refusal(decision, message, did_you_mean(wanted, decision.options))

    def _out_of_range(self, continuous: Continuous, wanted: object) -> Diagnostic:
        message = f"`{continuous.path}` can't be `{shown(wanted)}`"
        return self._refusal(continuous, message)

    def _refusal(self, met: Decision | Continuous, message: str, help_: str | None = None) -> Diagnostic:
        place = self._places(met.path)
        others = (Label(place, "chosen here"),) if place else ()
        return error(POINT_OPTION, message, met.span, _offer(met), others=others, hint=help_)


def _offer(met: Decision | Continuous) -> str:
    if isinstance(met, Continuous):
        return f"a number from {met.low} to {met.high}"
    return f"options: {listed(met.options)}"


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(f"`{path}`" for path in paths[:NAMED]) + more


def _near(path: str, candidates: Iterable[str]) -> list[str]:
    """Those of the same place or of the same name: comparing with all of a large space takes too long."""
    place, _, name = path.rpartition(".")
    near = (other for other in candidates if other.rpartition(".")[0] == place or other.rpartition(".")[2] == name)
    return [other for _, other in zip(range(NEAR), near, strict=False)]


def _some(faults: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """No more than can be read."""
    if len(faults) <= MOST:
        return tuple(faults)
    rest = error(POINT_STALE, f"{len(faults) - MOST} more decisions of the point are not those of the model")
    return (*faults[:MOST], rest)
