"""The statements that annotate: those around one statement, and those over path patterns."""

from __future__ import annotations

from typing import Any

from ...dsl import tree
from .annotations import evaluated, standing
from .run import NOTHING, Frame, execute, executes
from .standing import Patterned
from .statements import poison, say_nothing


@executes(tree.Annotated, poison)
def _annotated(frame: Frame, node: tree.Annotated) -> Any:
    builder = frame.run.builder
    with standing(builder, builder.standing.around(evaluated(frame, node.annotations))):
        return execute(frame, (node.statement,))


@executes(tree.AnnotatedPaths, say_nothing)
def _annotated_paths(frame: Frame, node: tree.AnnotatedPaths) -> Any:
    """Patterns speak of layers that are made later, too: they are kept until all are."""
    annotations = evaluated(frame, node.annotations)
    for pattern in node.patterns:
        frame.run.builder.patterns.append(Patterned(frame.place, str(pattern.value), annotations, pattern.span))
    return NOTHING
