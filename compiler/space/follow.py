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
from .. import limits as default
from ..choices import Continuous, Decision, OptionName
from ..codes import POINT_OPEN, POINT_OPTION, POINT_STALE
from ..elaborate import elaborate
from ..ir import Graph
from ..limits import Limits
from .options import did_you_mean, index_of, listed, shown
from .point import Point

Places = Callable[[str], Span | None]
"""Where a path stands in the file that the point was read from."""

NAMED = 5
"""Paths named in one message."""

NEAR = 200
"""Paths that a suggestion is sought among."""


def follow(
    program: Program,
    point: Point,
    arguments: Mapping[str, object] | None = None,
    limits: Limits = default.DEFAULT,
    places: Places = lambda path: None,
) -> tuple[Graph, Point]:
    """The graph at a point of its model, and the point with its options written as the program has them.

    Raises DiagnosticError with everything that the point leaves open or decides in vain, and otherwise with
    what is wrong with the model at this point.
    """
    follower = Follower(point, places)
    try:
        graph = elaborate(program, point.model, arguments, limits, follower)
    except DiagnosticError as failure:
        raise DiagnosticError(tuple(follower.faults()) or failure.diagnostics) from None
    if faults := (*follower.faults(), *follower.stale()):
        raise DiagnosticError(_some(faults, limits.errors))
    return graph, follower.met


class Follower:
    """Decides as a point says; remembers where it says nothing, or what can't be."""

    def __init__(self, point: Point, places: Places = lambda path: None) -> None:
        self._point = point
        self._places = places
        self._choices: dict[str, OptionName] = {}
        self._carried: dict[str, float] = {}
        self._open: list[Decision | Continuous] = []
        self._refused: list[Diagnostic] = []

    @property
    def met(self) -> Point:
        """The point as it was followed."""
        return Point(self._point.model, self._choices, self._carried)

    def decide(self, decision: Decision) -> int:
        """The index of the point's option, of the first where it has none."""
        index = None
        if decision.path not in self._point.choices:
            self._open.append(decision)
        else:
            wanted = self._point.choices[decision.path]
            index = index_of(decision.options, wanted)
            if index is None:
                self._refused.append(self._no_option(decision, wanted))
        self._choices[decision.path] = decision.options[index or 0]
        return index or 0

    def carry(self, continuous: Continuous) -> float:
        """The point's value, the lowest where it has none."""
        value = self._point.carried.get(continuous.path)
        if value is None:
            self._open.append(continuous)
        elif not continuous.low <= value <= continuous.high:
            self._refused.append(self._out_of_range(continuous, value))
        self._carried[continuous.path] = continuous.low if value is None else value
        return self._carried[continuous.path]

    def faults(self) -> Iterator[Diagnostic]:
        """What the point leaves open, one diagnostic for each choice of the text, and options that are not there."""
        by_choice = sorted(self._open, key=lambda met: (met.span.file, met.span.line, met.span.column))
        for span, group in groupby(by_choice, key=lambda met: met.span):
            yield self._left_open(span, list(group))
        yield from self._refused

    def stale(self) -> Iterator[Diagnostic]:
        """What the point decides, and the model did not ask for."""
        left = [path for path in self._point.choices if path not in self._choices]
        left += [path for path in self._point.carried if path not in self._carried]
        for path in left:
            message = f"the point decides `{path}`, which is not open there"
            yield error(POINT_STALE, message, self._places(path), hint=self._likely(path))

    def _left_open(self, span: Span, met: Sequence[Decision | Continuous]) -> Diagnostic:
        paths = [decision.path for decision in met]
        message = f"the point does not decide {_named(paths)}"
        left = [path for path in (*self._point.choices, *self._point.carried) if path not in self._choices]
        meant = hint(paths[0], _near(paths[0], left))
        return error(
            POINT_OPEN, message, span, _offer(met[0]), hint=meant and f"it decides a path that is not open; {meant}"
        )

    def _no_option(self, decision: Decision, wanted: object) -> Diagnostic:
        message = f"`{decision.path}` has no option `{shown(wanted)}`"
        return self._refusal(decision, message, did_you_mean(wanted, decision.options))

    def _out_of_range(self, continuous: Continuous, value: float) -> Diagnostic:
        message = f"`{continuous.path}` can't be {value}: it lies between {continuous.low} and {continuous.high}"
        return self._refusal(continuous, message)

    def _refusal(self, met: Decision | Continuous, message: str, help_: str | None = None) -> Diagnostic:
        place = self._places(met.path)
        others = (Label(place, "chosen here"),) if place else ()
        return error(POINT_OPTION, message, met.span, _offer(met), others=others, hint=help_)

    def _likely(self, path: str) -> str | None:
        return hint(path, _near(path, (*self._choices, *self._carried)))


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


def _some(faults: Sequence[Diagnostic], most: int) -> Iterator[Diagnostic]:
    yield from faults[:most]
    if len(faults) > most:
        yield error(POINT_STALE, f"{len(faults) - most} more paths of the point are not decided as the model asks")
