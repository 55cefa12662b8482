"""When all layers are made: which of them the path patterns reach, and what annotations do to their parameters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from ...dsl.annotations import KIND_TAKES
from ...dsl.diagnostics import Diagnostic, Label, Severity, error
from ...dsl.source import Span
from ..annotations import merged
from ..codes import IDLE_ANNOTATION, INITIALIZER_CONFLICT, LIMIT, PATTERN_UNMATCHED
from ..initializers import Initialized, Law
from ..ir import Annotation, Graph, Node, Parameter, Role
from ..limits import Limits
from ..pathpatterns import covers, likely_pattern
from .standing import Patterned

SHOWN = 3
"""Paths that are shown where no pattern is likely."""

LONGEST = 60
"""Characters of a pattern that a message shows."""

Found = list[Diagnostic]


def annotate(graph: Graph, patterns: Sequence[Patterned], limits: Limits, has_choices: bool) -> tuple[Graph, Found]:
    """The graph with the annotations of path patterns, and its parameters frozen and initialised as they say.

    A pattern that reaches no layer is an error, and an annotation that reaches no parameters gives a warning, but not
    in a search space: some points have no such layers. Each comparison of a pattern with a path is a step.
    """
    found: Found = []
    if patterns:
        paths = _Paths(graph)
        if excess := _excess(patterns, paths, limits.steps):
            return graph, [excess]
        graph = replace(graph, nodes=_reached(graph.nodes, patterns, paths))
        found += [] if has_choices else islice(_unmatched(patterns, paths), limits.errors)
    if not any(node.annotations for node in graph.nodes):
        return graph, found
    parameters = _Parameters(graph)
    found += parameters.conflicts
    warnings = () if has_choices else tuple(_idle(graph))
    return replace(graph, parameters=parameters.settled, warnings=warnings), found


class _Paths:
    """The paths of all nodes, sorted, so that those under a place are together."""

    def __init__(self, graph: Graph) -> None:
        self._sorted = sorted(f"{node.path}." for node in graph.nodes)

    def under(self, patterned: Patterned) -> list[str]:
        """The paths as they are seen from the place of a pattern."""
        prefix = patterned.place.prefix
        if prefix is None:
            return []
        start = f"{prefix}." if prefix else ""
        first = bisect_left(self._sorted, start)
        last = bisect_left(self._sorted, f"{prefix}/") if prefix else len(self._sorted)  # `/` comes after `.`
        return [path[len(start) : -1] for path in self._sorted[first:last]]


def _excess(patterns: Sequence[Patterned], paths: _Paths, limit: int) -> Diagnostic | None:
    comparisons = 0
    for patterned in patterns:
        comparisons += len(paths.under(patterned)) + 1
        if comparisons > limit:
            message = f"path patterns are compared with more than {limit:,} paths of layers, which is the limit"
            return error(LIMIT, message, patterned.span, "limit `steps`")
    return None


def _reached(nodes: Sequence[Node], patterns: Sequence[Patterned], paths: _Paths) -> tuple[Node, ...]:
    """The nodes with what patterns say: the later ones count, and before them those of a place inside."""
    given: dict[str, list[Annotation]] = {}
    for patterned in sorted(patterns, key=lambda patterned: len(patterned.place.prefix or "")):
        fits, prefix = covers(patterned.pattern), patterned.place.prefix
        for path in filter(fits, paths.under(patterned)):
            given.setdefault(f"{prefix}.{path}" if prefix else path, []).extend(patterned.annotations)
    return tuple(
        replace(node, annotations=merged(tuple(given[node.path]), node.annotations)) if node.path in given else node
        for node in nodes
    )


def _unmatched(patterns: Iterable[Patterned], paths: _Paths) -> Iterator[Diagnostic]:
    """The patterns that reach nothing. One of a block may reach nothing at some of its calls."""
    in_vain: dict[Span, Patterned | None] = {}
    for patterned in patterns:
        fits = any(map(covers(patterned.pattern), paths.under(patterned)))
        in_vain[patterned.span] = None if fits else in_vain.get(patterned.span, patterned)
    yield from (_lost(patterned, paths.under(patterned)) for patterned in in_vain.values() if patterned)


def _lost(patterned: Patterned, paths: Sequence[str]) -> Diagnostic:
    likely = likely_pattern(patterned.pattern, paths)
    hint = f"did you mean `{likely}`?" if likely else _there_is(paths)
    message = f"`{_excerpt(patterned.pattern)}` is the path of no layer"
    return error(PATTERN_UNMATCHED, message, patterned.span, "no layer has such a path", hint=hint)


def _excerpt(pattern: str) -> str:
    return pattern if len(pattern) <= LONGEST else pattern[: LONGEST - 3] + "..."


def _there_is(paths: Sequence[str]) -> str:
    if not paths:
        return "no layers are made here"
    shown = ", ".join(f"`{path}`" for path in paths[:SHOWN])
    return f"layers here are {shown}{', ...' if len(paths) > SHOWN else ''}"


class _Parameters:
    """The parameters of a graph as the annotations of their layers have them."""

    def __init__(self, graph: Graph) -> None:
        self.settled = dict(graph.parameters)
        self.conflicts: Found = []
        self._deciders: dict[str, Annotation] = {}
        for node in graph.nodes:
            for annotation in node.annotations:
                for name in _objects(annotation, node, graph.parameters):
                    _EFFECTS.get(annotation.kind, _Parameters._leave)(self, name, annotation)

    def _leave(self, name: str, annotation: Annotation) -> None:
        """What is about running changes no parameter."""

    def _freeze(self, name: str, _annotation: Annotation) -> None:
        self.settled[name] = replace(self.settled[name], frozen=True)

    def _initialize(self, name: str, annotation: Annotation) -> None:
        first = self._deciders.setdefault(name, annotation)
        if first.values != annotation.values:
            self.conflicts.append(_conflict(name, first, annotation))
            return
        parameter = self.settled[name]
        if isinstance(parameter.data, Initialized):
            self.settled[name] = replace(parameter, data=replace(parameter.data, law=law_of(annotation.values)))


_EFFECTS = {"freeze": _Parameters._freeze, "initializer": _Parameters._initialize}


def law_of(values: Mapping[str, Any]) -> Law:
    """The law that an initialiser chooses."""
    kind = values["kind"]
    return Law(kind, values[KIND_TAKES[kind]] if kind in KIND_TAKES else None)


def _objects(annotation: Annotation, node: Node, parameters: Mapping[str, Parameter]) -> Iterator[str]:
    """The parameters of a layer that an annotation speaks of."""
    roles = _roles(annotation)
    for value in node.operands:
        if value.name in parameters and parameters[value.name].role in roles:
            yield value.name


def _roles(annotation: Annotation) -> frozenset[Role]:
    match annotation.kind:
        case "freeze":
            return frozenset(Role) - {Role.CONSTANT}
        case "initializer":
            return frozenset({Role(annotation.values["weight"])})
        case "sparsity":
            return frozenset({Role.WEIGHT})
        case _:
            return frozenset()


def _conflict(name: str, first: Annotation, second: Annotation) -> Diagnostic:
    message = f"`{name}` is shared by layers whose initialisers differ"
    others = (Label(first.span, "the other initialiser"),) if first.span else ()
    hint = "annotate the statement that makes the instance"
    return error(INITIALIZER_CONFLICT, message, second.span, "one initialiser", others=others, hint=hint)


def _idle(graph: Graph) -> Iterator[Diagnostic]:
    """Warnings about annotations of parameters that no layer in their reach has."""
    busy: dict[tuple[Any, ...], tuple[Annotation, bool]] = {}
    for node in graph.nodes:
        for annotation in filter(_roles, node.annotations):
            key = (annotation.key, annotation.span)
            acts = any(True for _ in _objects(annotation, node, graph.parameters))
            busy[key] = annotation, acts or (key in busy and busy[key][1])
    for annotation, acts in busy.values():
        if not acts:
            what = annotation.values["weight"] if annotation.kind == "initializer" else "weights"
            message = f"`@{annotation.kind}` has nothing to act on: its layers have no {what}"
            yield replace(error(IDLE_ANNOTATION, message, annotation.span, "has no effect"), severity=Severity.WARNING)
