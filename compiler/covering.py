"""A few points of a search space that together take every option of every decision: what a check of a space looks at.

The first point takes first options, the second last ones. Each further point takes, wherever it meets them, options
that no point has taken yet, and otherwise those of the point that met the oldest of these. Where `where` excludes what
was chosen, the choice before it is made otherwise; where that does not help, the diagram of the space knows a point.
Nothing is drawn at random: two runs look at the same points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..dsl.diagnostics import Diagnostic, DiagnosticError
from ..dsl.record import record
from .choices import Continuous, Decider, Decision, OptionName
from .codes import EXCLUDED
from .elaborate.choices import key_of
from .ir import Graph

Elaborate = Callable[[Decider], Graph]
Prefer = Callable[[Decision], list[int]]
Find = Callable[[Prefer], Mapping[str, OptionName] | None]
"""The options of a point that is not excluded, each the first preferred one that leads to such a point."""


@record
class Visited:
    """One point: its options in the order they were met, and its graph, or why it has none."""

    options: Mapping[str, OptionName]
    graph: Graph | None
    diagnostics: tuple[Diagnostic, ...] = ()


MOST_ATTEMPTS = 32
"""Ways that are tried around what is excluded, for one point."""

MOST_ELABORATIONS = 128
"""In all: each may take as long as the limits of an elaboration allow."""

Untaken = dict[str, dict[object, Mapping[str, object]]]
"""Options that no point has taken, by the paths of their decisions and by key, with the choices that led there."""


class _DeadEndError(Exception):
    """Every option of a decision is excluded."""


class _Refusals:
    """Which beginnings of a point are excluded. A beginning is known by a number; that of a whole point is 0."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, object], int] = {}
        self._refused: set[int] = set()

    def after(self, beginning: int, key: object) -> int:
        """The beginning with one more option."""
        return self._numbers.setdefault((beginning, key), len(self._numbers) + 1)

    def refuse(self, beginning: int) -> None:
        self._refused.add(beginning)

    def allows(self, beginning: int) -> bool:
        return beginning not in self._refused


@dataclass
class _Walker:
    """Decides: an untaken option before the one of its plan before the first or last. Remembers what it met."""

    refusals: _Refusals
    plan: Mapping[str, object]
    untaken: Untaken
    last: bool = False
    met: dict[str, list[object]] = field(default_factory=dict)
    keys: dict[str, object] = field(default_factory=dict)
    options: dict[str, OptionName] = field(default_factory=dict)
    beginning: int = 0

    def decide(self, decision: Decision) -> int:
        path = decision.path
        self.met[path] = list(map(key_of, decision.options))
        for key in self._preferred(path):
            following = self.refusals.after(self.beginning, key)
            if self.refusals.allows(following):
                self.beginning, self.keys[path] = following, key
                index = self.met[path].index(key)
                self.options[path] = decision.options[index]
                return index
        raise _DeadEndError

    def wishes(self, decision: Decision) -> list[int]:
        """The indices of all options, the best first."""
        keys = self.met[decision.path] = list(map(key_of, decision.options))
        return list(dict.fromkeys(keys.index(key) for key in self._preferred(decision.path)))

    def _preferred(self, path: str) -> Iterator[object]:
        keys = self.met[path]
        yield from (key for key in keys if key in self.untaken.get(path, {}))
        yield from (key for key in keys if key == self.plan.get(path))
        yield from reversed(keys) if self.last else keys

    def carry(self, continuous: Continuous) -> float:
        return continuous.low


class Covering:
    """The points, lazily: whoever iterates says when it is enough. A model without choices has one."""

    def __init__(self, elaborate: Elaborate, find: Find = lambda _: None) -> None:
        self._elaborate = elaborate
        self._find = find
        self._refusals = _Refusals()
        self._untaken: Untaken = {}
        self._taken: set[tuple[str, object]] = set()
        self._left = MOST_ELABORATIONS
        self._attempts = MOST_ATTEMPTS

    @property
    def untaken(self) -> int:
        """How many options are known that no point has taken."""
        return sum(map(len, self._untaken.values()))

    @property
    def known(self) -> int:
        """How many options any point has met."""
        return len(self._taken) + self.untaken

    def at(self, options: Mapping[str, OptionName]) -> Visited | None:
        """The point with these options and otherwise first ones; None where that is excluded."""
        plan = {path: key_of(option) for path, option in options.items()}
        visited = self._visit(_Walker(self._refusals, plan, {}))
        wanted = visited is not None and all(
            visited.options.get(path, option) == option for path, option in options.items()
        )
        return visited if wanted else None

    def points(self) -> Iterator[Visited]:
        yield from self._reach({}, {})
        if self._untaken:
            yield from self._reach({}, {}, last=True)
        while self._untaken and self._left:
            path, options = next(iter(self._untaken.items()))
            key, around = next(iter(options.items()))
            plan = {**around, path: key}
            yield from self._reach(plan, self._untaken)
            if (path, key) not in self._taken:
                yield from self._reach(plan, {})
                self._take(path, key)  # or else it is out of reach

    def _reach(self, plan: Mapping[str, object], untaken: Untaken, *, last: bool = False) -> Iterator[Visited]:
        """The first point on the way that is not excluded, if it takes what no other did."""
        for _ in range(self._attempts):
            walker = _Walker(self._refusals, plan, untaken, last)
            visited = self._visit(walker)
            self._note(walker)
            if visited is not None:
                yield from self._taken_by(walker, visited)
                return
            if not walker.beginning:
                return
        yield from self._known_point(_Walker(self._refusals, plan, untaken, last))

    def _taken_by(self, walker: _Walker, visited: Visited) -> Iterator[Visited]:
        """The point, if it takes what no other did."""
        new = [self._take(path, key) for path, key in walker.keys.items()]
        if any(new) or not new:
            yield visited

    def _known_point(self, wish: _Walker) -> Iterator[Visited]:
        """A point as near to what is wished for as any that is not excluded."""
        options = self._find(wish.wishes)
        if options is None:
            return
        walker = _Walker(self._refusals, {path: key_of(option) for path, option in options.items()}, {})
        visited = self._visit(walker)
        self._note(walker)
        if visited is not None:
            self._attempts = 1  # who has found a way once is asked soon
            yield from self._taken_by(walker, visited)

    def _visit(self, walker: _Walker) -> Visited | None:
        """The point, or None where it is excluded: then its beginning is not gone again."""
        if not self._left:
            return None
        self._left -= 1
        try:
            return Visited(walker.options, self._elaborate(walker))
        except _DeadEndError:
            self._refusals.refuse(walker.beginning)
        except DiagnosticError as failure:
            if not any(diagnostic.code is EXCLUDED for diagnostic in failure.diagnostics):
                return Visited(walker.options, None, failure.diagnostics)
            self._refusals.refuse(walker.beginning)
        return None

    def _note(self, walker: _Walker) -> None:
        """Keep the options that were met and not taken by any point."""
        for path, keys in walker.met.items():
            for key in keys:
                if (path, key) not in self._taken:
                    self._untaken.setdefault(path, {}).setdefault(key, walker.keys)

    def _take(self, path: str, key: object) -> bool:
        """Whether no point had taken the option before."""
        left = self._untaken.get(path, {})
        new = left.pop(key, None) is not None
        if not left:
            self._untaken.pop(path, None)
        self._taken.add((path, key))
        return new
