"""In what a point and the space of its model part: the point may be of an earlier version, or a slip.

What is said holds for every point that agrees with the rest: a decision is called open or closed only where no other
fault of the point could change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from ...dsl.diagnostics import Diagnostic, Label, error
from ...dsl.suggest import hint
from ..choices import Continuous, Decision
from ..codes import EXCLUDED, POINT_OPEN, POINT_OPTION, POINT_STALE
from .follow import Places
from .openness import Openness, openness
from .options import advice, index_of, is_number, listed, shown
from .space import Space

NAMED = 5
"""Paths named in one message."""

NEAR = 200
"""Paths that a suggestion is sought among."""

MOST = 10
"""Diagnostics about one point."""


def misfits(
    space: Space, choices: Mapping[str, object], carried: Mapping[str, object], places: Places
) -> tuple[Diagnostic, ...]:
    """Everything that makes these choices no point of the space: one diagnostic or more, as many as can be read."""
    found = [*_Misfits(space, choices, carried, places).all()]
    rest = len(found) - MOST
    more = [error(found[-1].code, f"and {rest} more misfits of the point are not shown")] if rest > 0 else []
    return (*found[:MOST], *more)


class _Misfits:
    def __init__(
        self, space: Space, choices: Mapping[str, object], carried: Mapping[str, object], places: Places
    ) -> None:
        self._decisions = {decision.path: decision for decision in space.decisions}
        self._continuous = {continuous.path: continuous for continuous in space.continuous}
        self._choices, self._carried, self._places = choices, carried, places
        self._open = openness(space, choices)

    def all(self) -> Iterator[Diagnostic]:
        found = self._open or self._as_if_open()
        faults = [*self._left_open(found), *self._refused(found), *self._out_of_range(found), *self._stale(found)]
        if not faults:
            faults.append(error(EXCLUDED, "the choices of the point exclude each other"))
        yield from faults

    def _as_if_open(self) -> Openness:
        """Where no point agrees at all: what can be said of each choice by itself."""
        told = [one for path, one in self._decisions.items() if path in self._choices]
        refused = [one for one in told if index_of(one.options, self._choices[one.path]) is None]
        return Openness(frozenset(), frozenset((*self._decisions, *self._continuous)), tuple(refused))

    def _left_open(self, found: Openness) -> Iterator[Diagnostic]:
        """Decisions that the point does not make, one diagnostic for each choice of the text."""
        open_: list[Decision | Continuous] = []
        open_ += [one for path, one in self._decisions.items() if path in found.always and path not in self._choices]
        open_ += [one for path, one in self._continuous.items() if path in found.always and path not in self._carried]
        for _, group in groupby(sorted(open_, key=_place), key=lambda one: one.span):
            met = list(group)
            message = f"the point does not decide {_named([one.path for one in met])}"
            yield error(POINT_OPEN, message, met[0].span, _offer(met[0]), hint=self._misplaced(met[0]))

    def _misplaced(self, met: Decision | Continuous) -> str | None:
        """The hint about an option under `carried`, or a hyper-parameter under `choices`."""
        right, wrong = ("carried", self._choices) if isinstance(met, Continuous) else ("choices", self._carried)
        return f"it stands in the point, and is to stand under `{right}`" if met.path in wrong else None

    def _refused(self, found: Openness) -> Iterator[Diagnostic]:
        """Options that are not there."""
        for decision in found.refused:
            wanted = self._choices[decision.path]
            message = f"`{decision.path}` has no option `{shown(wanted)}`"
            yield self._refusal(decision, message, advice(wanted, decision.options))

    def _out_of_range(self, found: Openness) -> Iterator[Diagnostic]:
        for path in sorted(found.ever & self._continuous.keys() & self._carried.keys()):
            continuous, wanted = self._continuous[path], self._carried[path]
            if not is_number(wanted) or not continuous.holds(wanted):
                yield self._refusal(continuous, f"`{path}` can't be `{shown(wanted)}`")

    def _refusal(self, met: Decision | Continuous, message: str, help_: str | None = None) -> Diagnostic:
        place = self._places(met.path)
        others = (Label(place, "chosen here"),) if place else ()
        return error(POINT_OPTION, message, met.span, _offer(met), others=others, hint=help_)

    def _stale(self, found: Openness) -> Iterator[Diagnostic]:
        """What the point decides, and nobody asks for."""
        for path in {**self._choices, **self._carried}:
            known = self._decisions.get(path) or self._continuous.get(path)
            if known is None:
                meant = hint(path, _near(path, (*self._decisions, *self._continuous)))
                yield error(POINT_STALE, f"there is no decision `{shown(path)}`", self._places(path), hint=meant)
            elif path not in found.ever:
                yield self._closed(known)

    def _closed(self, known: Decision | Continuous) -> Diagnostic:
        place = self._places(known.path)
        choice = Label(known.span, "this choice is not reached")
        labels = (Label(place), choice) if place else (choice,)
        message = f"`{known.path}` is not open at this point"
        return Diagnostic(POINT_STALE, message, labels, hint="leave it out")


def _place(met: Decision | Continuous) -> tuple[str, int, int]:
    return met.span.file, met.span.line, met.span.column


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
    return list(islice(near, NEAR))
