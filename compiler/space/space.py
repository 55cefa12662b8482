"""The search space of a model: what it leaves open, how many points that makes, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property, partial

from ...dsl import tree
from ...dsl.check.walk import nodes
from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.modules import Program
from .. import limits as default
from ..choices import Continuous, Decision, OptionName
from ..codes import EMPTY_SPACE, LIMIT
from ..cost import NOTHING, Counts, cost, total
from ..covering import Covering
from ..elaborate import elaborate
from ..elaborate.choices import key_of
from ..elaborate.elaborate import model_of
from ..ir import Graph
from ..limits import Limits
from .bodies import Bodies
from .diagram import Diagram, Edge, Node, TooLargeError
from .explore import Explorer
from .extremes import Extreme, Progress, extreme
from .follow import follow
from .order import paths_in_order
from .outline import Outlines
from .point import Point
from .tally import NotAnOutlineError
from .walk import Way, find_way, ways

OPTIONS = 50_000
"""Options that the diagram of the decisions may have, each counted once wherever ways have met before it: some ten
seconds' work, and 6 KB each."""

COSTED = 50_000
"""Options whose layers are kept for further points, some 300 MB."""


class Space:
    """The points of a model with choices; a model without any has one.

    Two diagrams are drawn of it, where somebody looks: `diagram` has the decisions, `costs` also the layers behind each
    option. Raises DiagnosticError where the program has no such model.
    """

    def __init__(
        self,
        program: Program,
        model: str | None = None,
        arguments: Mapping[str, object] | None = None,
        limits: Limits = default.DEFAULT,
    ) -> None:
        self._program = program
        self._arguments = arguments or {}
        self._limits = limits
        self._model: tree.Model = model_of(program.main, model)
        self.model = self._model.name.name
        self._bodies = Bodies(program)
        self._freezes = _freezes(program)

    # The decisions --------------------------------------------------------------------------

    @cached_property
    def diagram(self) -> Diagram:
        """The whole diagram of the decisions. Raises DiagnosticError of a wrong model and of too large a space."""
        try:
            return self._whole
        except TooLargeError:
            self._need_first_point()
            message = f"the decisions of `{self.model}` depend on each other in more than {OPTIONS:,} ways, the limit"
            hint = "make each choice where it is used, and read few of them in a `where`"
            raise DiagnosticError(error(LIMIT, message, self._model.name.span, hint=hint)) from None

    @cached_property
    def _whole(self) -> Diagram:
        try:
            outlined = self._drawn(Outlines(self._bodies, self._model))
            outlined.draw(OPTIONS)
        except (NotAnOutlineError, DiagnosticError):  # what is decided depends on layers, or something is wrong
            self._need_first_point()
            self.costs.draw(OPTIONS)
            return self.costs
        return outlined

    def _need_first_point(self) -> None:
        """Raises DiagnosticError with what is wrong there: that is soonest told, and likely wrong everywhere."""
        first = next(
            Covering(partial(elaborate, self._program, self.model, self._arguments, self._limits)).points(), None
        )
        if first is not None and first.diagnostics:
            raise DiagnosticError(first.diagnostics)

    @cached_property
    def costs(self) -> Diagram:
        """The diagram of the layers. Raises DiagnosticError where the model is wrong before its first choice."""
        return self._drawn(None)

    def _drawn(self, outlines: Outlines | None) -> Diagram:
        return Diagram(Explorer(self._program, self._model, self._arguments, self._limits, self._bodies, outlines))

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision that a point may have, in the order of the text, with all options that it may offer."""
        offered: dict[str, dict[object, OptionName]] = {}
        first: dict[str, Decision] = {}
        for node in self.diagram.in_order():
            if node.decision is not None:
                first.setdefault(node.decision.path, node.decision)
                known = offered.setdefault(node.decision.path, {})
                known |= {key_of(option): option for option in node.decision.options if key_of(option) not in known}
        order = paths_in_order(self.diagram)
        return tuple([Decision(path, tuple(offered[path].values()), first[path].span) for path in order])

    def decisions_at(self, path: str) -> Iterator[Decision]:
        """The decision of that path, if the space has one."""
        return (decision for decision in self.decisions if decision.path == path)

    @cached_property
    def continuous(self) -> tuple[Continuous, ...]:
        """Every hyper-parameter that a point may carry, in the order of the text."""
        met: dict[str, Continuous] = {}
        for edge in self._edges():
            met |= {continuous.path: continuous for continuous in edge.carried if continuous.path not in met}
        return tuple(sorted(met.values(), key=lambda one: (one.span.file, one.span.line, one.span.column, one.path)))

    def _edges(self) -> Iterator[Edge]:
        if self.diagram.root is not None:
            yield self.diagram.root
        for node in self.diagram.topological():
            yield from filter(None, node.edges)

    @cached_property
    def counts(self) -> Mapping[Node, int]:
        """For each node of the diagram the number of ways from there to the end."""
        return self.diagram.fold(1, lambda _, edges: sum(count for _, count in filter(None, edges)))

    def count(self) -> int:
        """The number of points: distinct architectures, where a decision counts only where it is open."""
        root = self.diagram.root
        return 0 if root is None else self.counts[root.node]

    def raw_count(self) -> int:
        """The number of index vectors: the product of the numbers of options, open or not, allowed or not."""
        return math.prod(len(decision.options) for decision in self.decisions)

    def need_points(self) -> None:
        """Raises DiagnosticError where the space is empty."""
        if self.count() == 0:
            message = f"model `{self.model}` has no point: its conditions exclude every choice"
            raise DiagnosticError(error(EMPTY_SPACE, message, self._model.name.span))

    # Points ---------------------------------------------------------------------------------

    def points(self) -> Iterator[Point]:
        """Every point, in the order of the options; hyper-parameters have their lowest values.

        Made as they are asked for, also of a space that is too large to be counted.
        """
        try:
            diagram = self._whole
        except TooLargeError:
            diagram = self.costs
        return map(self.point_of, ways(diagram))

    def complete(self, point: Point) -> Point | None:
        """The point with every decision that it leaves open at the first option that can be completed; what is not
        open there is dropped. None where there is no such point."""

        def prefer(decision: Decision) -> range:
            keys = [key_of(option) for option in decision.options]
            told = key_of(point.choices[decision.path]) if decision.path in point.choices else None
            return range(keys.index(told), keys.index(told) + 1) if told in keys else range(len(keys))

        way = find_way(self.diagram, prefer)
        return None if way is None else self.point_of(way, point.carried)

    def point_of(self, way: Way, carried: Mapping[str, float] | None = None) -> Point:
        """The point at the end of a way, with these hyper-parameters, or their lowest values."""
        values = carried or {}
        return Point(self.model, way.choices, {met.path: values.get(met.path, met.low) for met in way.carried})

    def check(self, point: Point) -> None:
        """Raises DiagnosticError with everything in which the point is none of this space."""
        if not self._has(point):
            self.elaborate(point)

    def _has(self, point: Point) -> bool:
        decided = carried = 0
        edge = self.diagram.root if point.model == self.model else None
        while edge is not None and all(_carries(point, met) for met in edge.carried):
            carried += len(edge.carried)
            if edge.node.decision is None:
                return decided == len(point.choices) and carried == len(point.carried)
            index = edge.node.index_of(point.choices)
            decided += 1
            edge = None if index is None else self.diagram.edge(edge.node, index)
        return False

    def elaborate(self, point: Point) -> Graph:
        """The graph at a point. Raises DiagnosticError where the point is none of this space, or does not elaborate."""
        return follow(self._program, point, self.model, self._arguments, space=self)[0]

    # Costs ----------------------------------------------------------------------------------

    def cost(self, point: Point) -> Counts:
        """What the point costs, equal to the cost of its graph; layers that earlier points had are not counted anew.

        Where something is frozen, which layers that reaches is known of whole graphs only: one is made of each point.
        Raises DiagnosticError where the point is none of this space, or does not elaborate.
        """
        if self._freezes:
            return cost(self.elaborate(point)).total
        if self.costs.drawn > COSTED:
            del self.costs  # and start anew
        layers = []
        choices = point.choices
        edge = self.costs.root
        while edge is not None:
            counts, _, node = edge
            if counts is not NOTHING:
                layers.append(counts)
            if node.decision is None:
                return total(layers)
            index = node.index_of(choices)
            edge = None if index is None else node.edges[index] or self.costs.edge(node, index)
        _, followed = follow(self._program, point, self.model, self._arguments, space=self)
        return self.cost(followed)  # it had another word for an option

    def minimum(self, metric: str, progress: Progress = lambda _: None) -> Extreme:
        """The point of the least `params` or `macs`. Raises DiagnosticError where the space is empty,
        ValueError for another metric.

        `progress` is told of options as their layers are counted, `extremes.LAYERS` of them at most.
        """
        self.need_points()
        return extreme(self, metric, least=True, progress=progress)

    def maximum(self, metric: str, progress: Progress = lambda _: None) -> Extreme:
        """The point of the most `params` or `macs`; all else as for `minimum`."""
        self.need_points()
        return extreme(self, metric, least=False, progress=progress)


def _freezes(program: Program) -> bool:
    """Whether an annotation of the program freezes layers."""
    items = tuple([module.items for module in program.modules.values()])
    return any(isinstance(node, tree.Annotation) and node.name.name == "freeze" for node in nodes(items))


def _carries(point: Point, met: Continuous) -> bool:
    return met.path in point.carried and met.holds(point.carried[met.path])
