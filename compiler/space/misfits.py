"""In what a point and the space of its model part: the point may be of an earlier version, or a slip.

What is said holds for every point that agrees with the rest: a decision is called open or closed only where no other
fault of the point could change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from ...dsl.diagnostics import Diagnostic, DiagnosticError, Label, error
from ...dsl.suggest import hint
from ..choices import Continuous, Decision
from ..codes import EXCLUDED, POINT_OPEN, POINT_OPTION, POINT_STALE
from .follow import Follower, Places
from .openness import Openness, openness
from .options import advice, index_of, is_number, listed, shown
from .space import Space

NAMED = 5
"""Paths named in one message."""

NEAR = 200
"""Paths that a suggestion is sought among."""

MOST = 10
"""Diagnostics about one point."""


def misfits(space: Space, follower: Follower, places: Places) -> tuple[Diagnostic, ...]:
    """Everything that makes a point none of the space: one diagnostic or more, as many as can be read.

    Of a space that can't be told as a whole, it is what the follower has met.
    """
    choices, carried = follower.told
    try:
        known: list[Decision | Continuous] = [*space.decisions, *space.continuous]
        found = openness(space, choices) or _as_if_open(known, choices)
    except DiagnosticError:
        known, found = follower.met, _as_met(follower)
    faults = [*_Misfits(known, found, choices, carried, places).all()]
    rest = len(faults) - MOST
    more = [error(faults[-1].code, f"and {rest} more misfits of the point are not shown")] if rest > 0 else []
    return (*faults[:MOST], *more)


def _as_if_open(known: Sequence[Decision | Continuous], choices: Mapping[str, object]) -> Openness:
    """Where no point agrees at all: what can be said of each choice by itself."""
    return Openness(frozenset(), frozenset(one.path for one in known), _refused_of(known, choices))


def _as_met(follower: Follower) -> Openness:
    """What is known from one elaboration. Had it come to its end, what it did not meet would not be open."""
    choices, carried = follower.told
    met = frozenset(one.path for one in follower.met)
    ever = met if follower.at_end else met.union(choices, carried)
    return Openness(met, ever, _refused_of(follower.met, choices))


def _refused_of(known: Sequence[Decision | Continuous], choices: Mapping[str, object]) -> tuple[Decision, ...]:
    told = [one for one in known if isinstance(one, Decision) and one.path in choices]
    return tuple(one for one in told if index_of(one.options, choices[one.path]) is None)


class _Misfits:
    """All the ways to differ, of what is known."""

    def __init__(
        self,
        known: Sequence[Decision | Continuous],
        found: Openness,
        choices: Mapping[str, object],
        carried: Mapping[str, object],
        places: Places,
    ) -> None:
        self._known = {one.path: one for one in known}
        self._open = found
        self._choices, self._carried, self._places = choices, carried, places

    def all(self) -> Iterator[Diagnostic]:
        faults = [*self._left_open(), *self._refused(), *self._out_of_range(), *self._stale()]
        yield from faults or [error(EXCLUDED, "the choices of the point exclude each other")]

    def _left_open(self) -> Iterator[Diagnostic]:
        """Decisions that the point does not make, one diagnostic for each choice of the text."""
        needed = [one for path, one in self._known.items() if path in self._open.always]
        missing = [one for one in needed if one.path not in self._told(one)]
        for _, group in groupby(sorted(missing, key=_place), key=lambda one: one.span):
            met = list(group)
            message = f"the point does not decide {_named([one.path for one in met])}"
            yield error(POINT_OPEN, message, met[0].span, _offer(met[0]), hint=self._misplaced(met[0]))

    def _told(self, met: Decision | Continuous) -> Mapping[str, object]:
        return self._carried if isinstance(met, Continuous) else self._choices

    def _misplaced(self, met: Decision | Continuous) -> str | None:
        """The hint about an option under `carried`, or a hyper-parameter under `choices`."""
        right, wrong = ("carried", self._choices) if isinstance(met, Continuous) else ("choices", self._carried)
        return f"it stands in the point, and is to stand under `{right}`" if met.path in wrong else None

    def _refused(self) -> Iterator[Diagnostic]:
        """Options that are not there."""
        for decision in self._open.refused:
            wanted = self._choices[decision.path]
            message = f"`{decision.path}` has no option `{shown(wanted)}`"
            yield self._refusal(decision, message, advice(wanted, decision.options))

    def _out_of_range(self) -> Iterator[Diagnostic]:
        for path, wanted in self._carried.items():
            known = self._known.get(path) if path in self._open.ever else None
            if isinstance(known, Continuous) and not (is_number(wanted) and known.holds(wanted)):
                yield self._refusal(known, f"`{path}` can't be `{shown(wanted)}`")

    def _refusal(self, met: Decision | Continuous, message: str, help_: str | None = None) -> Diagnostic:
        place = self._places(met.path)
        others = (Label(place, "chosen here"),) if place else ()
        return error(POINT_OPTION, message, met.span, _offer(met), others=others, hint=help_)

    def _stale(self) -> Iterator[Diagnostic]:
        """What the point decides, and nobody asks for."""
        for path in {**self._choices, **self._carried}:
            known = self._known.get(path)
            if path in self._open.ever:
                continue
            if known:
                yield self._closed(known)
            else:
                meant = hint(path, _near(path, self._known))
                yield error(POINT_STALE, f"there is no decision `{shown(path)}`", self._places(path), hint=meant)

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
