"""Annotations that a target does not honour yet: they are taken off before any pass, and a warning says so."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from ..compiler.annotations import IN_FRONT
from ..compiler.ir import Annotation, Graph
from ..dsl.diagnostics import Diagnostic, Severity, error
from .codes import NOT_HONOURED


def honoured(graph: Graph, kinds: Set[str]) -> Graph:
    """The graph without the annotations that mean nothing to a target which honours `kinds`.

    So two layers that differ in nothing else fold as if nobody had annotated them, and the file is the same.
    """
    if not any(node.annotations for node in graph.nodes):
        return graph
    nodes = tuple(replace(n, annotations=tuple(a for a in n.annotations if a.kind in kinds)) for n in graph.nodes)
    return replace(graph, nodes=nodes)


def warnings(graph: Graph, target: str, kinds: Set[str]) -> tuple[Diagnostic, ...]:
    """One warning for each kind of annotation that a target does not honour, at the first of them."""
    written: dict[str, dict[object, Annotation]] = {}
    for node in graph.nodes:
        for annotation in node.annotations:
            if annotation.kind not in kinds | IN_FRONT:
                written.setdefault(annotation.kind, {}).setdefault(annotation.span, annotation)
    return tuple(_warning(target, kind, list(places.values())) for kind, places in written.items())


def _warning(target: str, kind: str, written: list[Annotation]) -> Diagnostic:
    message = f"`{target}` does not honour `@{kind}` yet: the network in the file is the same as without it"
    more = len(written) - 1
    notes = (f"it is written at {more} more place{'s' * (more > 1)}",) if more else ()
    found = error(NOT_HONOURED, message, written[0].span, "has no effect", notes=notes)
    return replace(found, severity=Severity.WARNING)
