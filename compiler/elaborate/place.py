"""Where layers are being made: the paths of their nodes and of their weights.

A path is made of labels, loop turns and callee names, never of a global counter. Nodes and weights
have the same path but for an instance: its nodes live where it is called, its weights where it
was made. So that both stay unique, each place keeps the names taken in it, apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ...dsl.diagnostics import Label
from ...dsl.source import Span
from ..codes import LABEL_TWICE, LOOP_NEEDS_LABEL
from .errors import EvaluationError

Taken = dict[str, Span]
Paths = tuple[str, str]
"""The path of nodes and the path of weights."""

_SPACES = {
    "layer": ("node", "weight"),
    "use": ("node",),
    "instance": ("weight",),
    "loop": ("loop",),
    "decision": ("decision",),
}
"""Among which names that of a thing must be the only one."""


class Place:
    """A scope of paths: the body of a model, a block or a loop turn, a labelled expression.

    `find` gives its own paths. It is asked when the first layer is made here: a place without layers takes no name.
    """

    def __init__(self, find: Callable[[], Paths]) -> None:
        self._find = find
        self._taken: dict[str, Taken] = {"node": {}, "weight": {}, "loop": {}, "decision": {}}
        self._repetitions: dict[tuple[str, str], int] = {}

    def fork(self, loops: Mapping[int, Loop]) -> Place:
        """A copy that takes names of its own. A turn of one of `loops`, by the `id` of what they copy, is led there."""
        find: Callable[[], Paths] = self._find
        if isinstance(find, Turn) and id(find.loop) in loops:
            find = Turn(loops[id(find.loop)], find.number)
        copy = Place(find)
        copy._taken = {kind: dict(taken) for kind, taken in self._taken.items()}
        copy._repetitions = dict(self._repetitions)
        if "paths" in vars(self):
            copy.paths = self.paths
        return copy

    def key(self) -> object:
        """Equal for places that give equal names from now on."""
        return tuple([frozenset(taken) for taken in self._taken.values()])

    @cached_property
    def paths(self) -> Paths:
        return self._find()

    @property
    def prefix(self) -> str | None:
        """The path of its nodes; None where no layer has been made here."""
        return self.paths[0] if "paths" in vars(self) else None

    def layer(self, segment: str, span: Span, labelled: bool) -> Paths:
        """The paths of a layer that is made and used here."""
        name = self._take("layer", segment, span, labelled)
        nodes, weights = self.paths
        path = join(nodes, name)
        return path, path if nodes == weights else join(weights, name)

    def use(self, segment: str, span: Span, labelled: bool) -> str:
        """The path of the nodes of an instance that is called here."""
        return join(self.paths[0], self._take("use", segment, span, labelled))

    def instance(self, segment: str, span: Span, labelled: bool) -> str:
        """The path of the weights of an instance that is made here."""
        return join(self.paths[1], self._take("instance", segment, span, labelled))

    def decision(self, name: str, span: Span) -> str:
        """The path of a choice that is made here: it decides on the layers that have their weights here."""
        return join(self.paths[1], self._take("decision", name, span, labelled=True))

    def loop(self, label: str, span: Span, labelled: bool) -> str:
        """The label of a loop that makes layers here."""
        return self._take("loop", label, span, labelled)

    def _take(self, kind: str, segment: str, span: Span, labelled: bool) -> str:
        spaces = [self._taken[space] for space in _SPACES[kind]]
        name = segment if labelled else self._free(kind, segment)
        for taken in spaces:
            if name in taken:
                raise _label_twice(name, span, taken[name])
            taken[name] = span
        return name

    def _free(self, kind: str, segment: str) -> str:
        """The segment, or with the first suffix that is free: `_2`, `_3`, ..."""
        spaces = [self._taken[space] for space in _SPACES[kind]]
        count = self._repetitions.get((kind, segment), 0)
        while True:
            count += 1
            name = segment if count == 1 else f"{segment}_{count}"
            if all(name not in taken for taken in spaces):
                self._repetitions[kind, segment] = count
                return name


class Loop:
    """A loop in a place. It takes a label when its first layer is made: loops over values need none."""

    def __init__(self, place: Place, label: str | None, span: Span, labelled: bool) -> None:
        self._place = place
        self._label = label
        self._span = span
        self._labelled = labelled

    def fork(self, place: Place) -> Loop:
        """The same loop in a copy of its place."""
        copy = Loop(place, self._label, self._span, self._labelled)
        if "_prefix" in vars(self):
            copy._prefix = self._prefix
        return copy

    def turn(self, index: int) -> Place:
        return Place(Turn(self, index))

    @cached_property
    def _prefix(self) -> str:
        if self._label is None:
            raise EvaluationError(
                LOOP_NEEDS_LABEL,
                "a loop that takes its items apart and makes layers needs a label for their paths",
                label="layers are made in here",
                hint="write `as stage` before its body",
                span=self._span,
            )
        label = self._place.loop(self._label, self._span, self._labelled)
        # `s` at turn 20 and `s2` at turn 0 must not meet.
        return label + "_" if label[-1].isdigit() else label

    def paths(self, index: int) -> Paths:
        """The paths of a turn."""
        return self._place.layer(f"{self._prefix}{index}", self._span, labelled=True)


@dataclass(frozen=True)
class Turn:
    """Finds the paths of one turn of a loop."""

    loop: Loop
    number: int

    def __call__(self) -> Paths:
        return self.loop.paths(self.number)


def join(path: str, segment: str) -> str:
    """`path.segment`; the outermost path is empty."""
    return f"{path}.{segment}" if path else segment


def _label_twice(name: str, span: Span, first: Span) -> EvaluationError:
    return EvaluationError(
        LABEL_TWICE,
        f"`{name}` already names a layer of this scope",
        label="named again here",
        hint="give each layer of a scope a label of its own",
        span=span,
        others=(Label(first, "first named here"),),
    )
