"""Where layers are being made: the paths of their nodes and of their weights.

A path is made of labels, loop turns and callee names, never of a global counter. Nodes and weights
have the same path but for an instance: its nodes live where it is called, its weights where it
was made. So that both stay unique, each place keeps the names taken in it, apart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from ...dsl.diagnostics import Label
from ...dsl.source import Span
from ..codes import LABEL_TWICE, LOOP_NEEDS_LABEL
from .errors import EvaluationError

Taken = dict[str, Span]
Paths = tuple[str, str]
"""The path of nodes and the path of weights."""


class Place:
    """A scope of paths: the body of a model, a block or a loop turn, a labelled expression.

    `find` gives its own paths. It is asked when the first layer is made here: a place without layers takes no name.
    """

    def __init__(self, find: Callable[[], Paths]) -> None:
        self._find = find
        nodes: Taken = {}
        weights: Taken = {}
        self._spaces = {
            "layer": (nodes, weights),
            "use": (nodes,),
            "instance": (weights,),
            "loop": ({},),
            "decision": ({},),
        }
        self._repetitions: dict[tuple[str, str], int] = {}

    @cached_property
    def paths(self) -> Paths:
        return self._find()

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
        spaces = self._spaces[kind]
        name = segment if labelled else self._free(kind, segment)
        for taken in spaces:
            if name in taken:
                raise _label_twice(name, span, taken[name])
            taken[name] = span
        return name

    def _free(self, kind: str, segment: str) -> str:
        """The segment, or with the first suffix that is free: `_2`, `_3`, ..."""
        spaces = self._spaces[kind]
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

    def turn(self, index: int) -> Place:
        return Place(lambda: self._paths(index))

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

    def _paths(self, index: int) -> Paths:
        return self._place.layer(f"{self._prefix}{index}", self._span, labelled=True)


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
