"""Everything that can be said of a model without compiling it: errors of its shapes, then whether its claims hold.

An architecture is elaborated once. Of a search space a few points are, which together take every option of every
decision; an error is reported with the options that lead to it, as few as were found.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from ..dsl import tree
from ..dsl.check.walk import nodes
from ..dsl.diagnostics import Diagnostic, DiagnosticError, error
from ..dsl.metrics import METRICS
from ..dsl.modules import Program
from ..dsl.record import record
from ..dsl.source import Span
from .amounts import shown
from .choices import Decider, OptionName
from .claims import Requirement
from .codes import REQUIREMENT_UNMET, SPACE_UNMET
from .covering import Covering, Prefer, Visited
from .elaborate import elaborate
from .elaborate.elaborate import model_of
from .ir import Graph
from .requirements import Tables, holds, missed, unmet

if TYPE_CHECKING:
    from .space.diagram import Diagram

MAX_POINTS = 64
MAX_LAYERS = 2_400
"""Layers of all points that are looked at, shared by the models of a file: a fifth of a second. The first two points of
a space are looked at in any case."""

MAX_REDUCED = 3
"""Errors of a space whose points are searched for the few options that matter."""

MAX_PROVED = 1_000
"""Options of a space of which something is proved: each may cost as much as an elaboration."""

SHOWN = 6
"""Options that are named with an error."""


@record
class Tried:
    """A requirement of a space, and at how many of the points that were looked at it was measured and holds."""

    requirement: Requirement
    met: int
    points: int


@record
class Survey:
    """What was found in a model.

    `points` is 1 for an architecture, and of a space the number that was looked at; `untaken` counts the options that
    none of them took: there are too many. `uncompared` tells that there are expectations, which were not compared.
    """

    model: str
    diagnostics: tuple[Diagnostic, ...]
    points: int = 1
    untaken: int = 0
    tried: tuple[Tried, ...] = ()
    is_space: bool = False
    uncompared: bool = False


@record
class Report:
    """The models of a file that were looked at, and those that could not be: the parameters that have no values."""

    surveys: tuple[Survey, ...]
    unchecked: Mapping[str, tuple[str, ...]]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that was found, each once: models share blocks."""
        return tuple(dict.fromkeys(found for survey in self.surveys for found in survey.diagnostics))


def survey_all(program: Program, arguments: Mapping[str, object], tables: Tables) -> Report:
    """Looks at every model of the main module whose parameters all have values."""
    models = [item for item in program.main.items if isinstance(item, tree.Model)]
    lacking = {model.name.name: tuple(_without_value(model, arguments)) for model in models}
    complete = [name for name, missing in lacking.items() if not missing]
    surveys = [survey(program, name, arguments, tables, MAX_LAYERS // len(complete)) for name in complete]
    return Report(tuple(surveys), {name: missing for name, missing in lacking.items() if missing})


def _without_value(model: tree.Model, given: Container[str]) -> Iterator[str]:
    return (p.name.name for p in model.parameters if p.default is None and p.name.name not in given)


def survey(
    program: Program, model: str, arguments: Mapping[str, object], tables: Tables, layers: int = MAX_LAYERS
) -> Survey:
    """Looks at one model of the program, of a space at points of about so many layers.

    Expectations are compared of an architecture with its defaults: a published number is that of one network.
    Raises DiagnosticError where the program has no such model.
    """
    declared = model_of(program.main, model)
    published = not any(p.default is not None and p.name.name in arguments for p in declared.parameters)

    def build(decider: Decider) -> Graph:
        return elaborate(program, model, arguments, decider=decider)

    covering = Covering(build, _Finder(program, model, arguments).find)
    visited = list(_enough(covering.points(), layers))
    if not visited:
        empty = _without_points(program, model, arguments) if covering.known <= MAX_PROVED else ()
        return Survey(model, empty, points=0, untaken=covering.untaken, is_space=True)
    if not visited[0].options:
        return _architecture(model, visited[0], tables, published)
    measured = [(point.graph, unmet(point.graph, tables)) for point in visited if point.graph]
    tried = tuple(_tried(measured))
    warnings = _common([graph.warnings for graph, _ in measured])
    found = [*_errors(covering, visited), *warnings, *_untold(measured)]
    firm = _firm(declared)
    hopeless = [one.requirement for one in tried if not one.met and one.requirement.span in firm]
    if covering.known <= MAX_PROVED:
        found += _impossible(program, model, arguments, hopeless)
    expects = any(graph.expectations for graph, _ in measured)
    return Survey(model, tuple(found), len(visited), covering.untaken, tried, is_space=True, uncompared=expects)


def _common(warnings: Sequence[Sequence[Diagnostic]]) -> Iterator[Diagnostic]:
    """What every point is warned of; what only some are is their choice."""
    return (found for found in warnings[0] if all(found in others for others in warnings)) if warnings else iter(())


def survey_at(graph: Graph, tables: Tables) -> Survey:
    """Looks at one point of a space. A published number is not that of any point."""
    return Survey(graph.name, (*graph.warnings, *unmet(graph, tables)), uncompared=bool(graph.expectations))


def _without_points(program: Program, model: str, arguments: Mapping[str, object]) -> tuple[Diagnostic, ...]:
    """The error of a space that is empty; nothing, where it only hides its points well."""
    from .space.space import Space  # noqa: PLC0415  # most surveys find a point

    try:
        Space(program, model, arguments).need_points()
    except DiagnosticError as failure:
        return failure.diagnostics
    return ()


def _enough(points: Iterator[Visited], layers: int) -> Iterator[Visited]:
    for count, visited in enumerate(islice(points, MAX_POINTS), 1):
        yield visited
        layers -= len(visited.graph.nodes) if visited.graph else 0
        if count > 1 and layers < 0:
            return


def _architecture(model: str, visited: Visited, tables: Tables, published: bool) -> Survey:
    """Its errors, or else its claims."""
    graph = visited.graph
    if graph is None:
        return Survey(model, visited.diagnostics)
    found = (*graph.warnings, *unmet(graph, tables), *(missed(graph) if published else ()))
    return Survey(model, found, uncompared=bool(graph.expectations) and not published)


# Errors of a space --------------------------------------------------------------------------

Identity = tuple[object, ...]


def _identity(found: Diagnostic) -> Identity:
    return found.code, tuple(label.span for label in found.labels)


class _Finder:
    """Finds points where conditions exclude most; the space is drawn when that is first needed."""

    def __init__(self, program: Program, model: str, arguments: Mapping[str, object]) -> None:
        self._of = program, model, arguments

    @cached_property
    def _diagram(self) -> Diagram | None:
        from .space.space import Space  # noqa: PLC0415  # few spaces need it

        with suppress(DiagnosticError):
            return Space(*self._of).diagram
        return None

    def find(self, prefer: Prefer) -> Mapping[str, OptionName] | None:
        """The options of a point, None where the space is empty or can't be told."""
        from .space.walk import find_way  # noqa: PLC0415  # as above

        way = None if self._diagram is None else find_way(self._diagram, prefer)
        return None if way is None else way.choices


def _errors(covering: Covering, visited: Iterable[Visited]) -> Iterator[Diagnostic]:
    """Each error once, with the options that lead to it."""
    seen: set[Identity] = set()
    for point in visited:
        for found in point.diagnostics:
            if _identity(found) in seen:
                continue
            reduced = _reduced(covering, point.options, found) if len(seen) < MAX_REDUCED else None
            seen.add(_identity(found))
            options, shown_error = reduced or (point.options, found)
            yield replace(shown_error, notes=(*shown_error.notes, _where(options)))


Reduced = tuple[Mapping[str, OptionName], Diagnostic]
"""The options that matter, and the error as it is where all others are first ones."""


def _reduced(covering: Covering, options: Mapping[str, OptionName], found: Diagnostic) -> Reduced | None:
    """Few options that suffice for the error; None where it needs others than first ones beside any few.

    Of the shortest beginning of the options that has the error the last one matters: it is kept, and the rest is
    searched again with it.
    """
    kept: dict[str, OptionName] = {}
    rest = list(options.items())

    def failure(count: int) -> Diagnostic | None:
        point = covering.at({**dict(rest[:count]), **kept})
        same = (other for other in point.diagnostics if _identity(other) == _identity(found)) if point else iter(())
        return next(same, None)

    while rest and failure(0) is None:
        shortest = bisect_left(range(1, len(rest)), True, key=lambda count: failure(count) is not None) + 1
        rest, (path, option) = rest[: shortest - 1], rest[shortest - 1]
        kept[path] = option
    matter = {path: option for path, option in options.items() if path in kept}
    reduced = failure(0)
    return None if reduced is None else (matter, reduced)


def _where(options: Mapping[str, OptionName]) -> str:
    if not options:
        return "it is so where every choice takes its first option"
    settings = [f"`{path}` is `{_spelled(option)}`" for path, option in options.items()]
    listed = ", ".join(settings[:SHOWN]) + (f" and {len(settings) - SHOWN} more are set" if settings[SHOWN:] else "")
    return f"it is so where {listed}, and every other choice takes its first option"


def _spelled(option: OptionName) -> str:
    return option if isinstance(option, str) else json.dumps(option)


# Requirements of a space --------------------------------------------------------------------


Measured = Sequence[tuple[Graph, Sequence[Diagnostic]]]
"""The graph of each point, and the requirements that it breaks or that could not be told."""


def _untold(measured: Measured) -> Iterator[Diagnostic]:
    """Requirements that can't be told, once each: a table is missing, or lacks rows."""
    seen: set[Identity] = set()
    for _, verdicts in measured:
        for verdict in verdicts:
            if verdict.code is not REQUIREMENT_UNMET and _identity(verdict) not in seen:
                seen.add(_identity(verdict))
                yield verdict


def _tried(measured: Measured) -> Iterator[Tried]:
    """The requirements by their places in the program, in its order."""
    first: dict[Span | None, Requirement] = {}
    results: dict[Span | None, list[bool]] = {}
    for graph, verdicts in measured:
        broken = {verdict.span: verdict.code for verdict in verdicts}
        for requirement in graph.requirements:
            if broken.get(requirement.span, REQUIREMENT_UNMET) is REQUIREMENT_UNMET:
                first.setdefault(requirement.span, requirement)
                results.setdefault(requirement.span, []).append(requirement.span not in broken)
    for span, met in results.items():
        yield Tried(first[span], sum(met), len(met))


_SEPARABLE = ("params", "macs")
_BOUNDING = ("<", "<=", ">", ">=")


def _firm(model: tree.Model) -> frozenset[Span]:
    """The requirements that every point has, with one limit: in no branch, and of numbers alone."""
    return frozenset(
        wanted.span
        for statement in model.body
        if isinstance(statement, tree.Require)
        for wanted in statement.requirements
        if isinstance(wanted.bound, tree.Quantity) or _is_constant(wanted.bound)
    )


def _is_constant(bound: tree.Expr) -> bool:
    return not any(isinstance(node, tree.Name) for node in nodes(bound))


def _impossible(
    program: Program, model: str, arguments: Mapping[str, object], hopeless: Iterable[Requirement]
) -> Iterator[Diagnostic]:
    """Those of the requirements that provably no point meets."""
    for requirement in hopeless:
        if requirement.metric not in _SEPARABLE or requirement.operator not in _BOUNDING:
            continue
        from .space.space import Space  # noqa: PLC0415  # most surveys prove nothing

        space = Space(program, model, arguments)
        least = requirement.operator in ("<", "<=")
        best = (space.minimum if least else space.maximum)(requirement.metric)
        if best.exact and not holds(requirement, best.value):
            yield _no_point(requirement, best.value, least)


def _no_point(requirement: Requirement, best: int, least: bool) -> Diagnostic:
    unit = METRICS[requirement.metric].unit
    end = "least" if least else "most"
    return error(
        SPACE_UNMET,
        f"no point of this space meets `{requirement}`",
        requirement.span,
        f"the {end} that any point has is {shown(best, unit)}",
        hint=f"`mnet space {'min' if least else 'max'} --by {requirement.metric}` shows that point",
    )
