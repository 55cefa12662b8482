"""Annotations as a program writes them, with the values of their arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ...dsl import tree
from ...dsl.annotations import ANNOTATIONS
from ..annotations import problem, with_defaults
from ..codes import ANNOTATION_VALUE
from ..ir import Annotation
from .arguments import Arguments, Given, bind, values_of
from .builder import Builder
from .errors import EvaluationError
from .run import Frame, evaluate, visit
from .standing import Annotations, Standing


@contextmanager
def standing(builder: Builder, now: Standing) -> Iterator[None]:
    """What is made inside has these annotations."""
    before, builder.standing = builder.standing, now
    try:
        yield
    finally:
        builder.standing = before


def evaluated(frame: Frame, written: Sequence[tree.Annotation]) -> Annotations:
    """The annotations with the values of their arguments; one that depends on what has failed is left out."""
    found = [visit(frame, annotation, _evaluated) for annotation in written]
    return tuple(annotation for annotation in found if annotation is not None)


def _evaluated(frame: Frame, node: tree.Annotation) -> Annotation | None:
    kind = node.name.name
    arguments = _arguments(frame, node.arguments)
    if arguments.poisoned:
        return None
    values = with_defaults(kind, values_of(bind(ANNOTATIONS[kind], arguments)))
    wrong = problem(kind, values)
    if wrong:
        raise EvaluationError(ANNOTATION_VALUE, f"`@{kind}`: {wrong}", label="this can't be")
    return Annotation(kind, values, node.span)


def _arguments(frame: Frame, written: Sequence[tree.Argument]) -> Arguments:
    given = [(argument.name, Given(evaluate(frame, argument.value), argument.span)) for argument in written]
    return Arguments(
        positional=[value for name, value in given if name is None],
        keywords=[(name.name, value) for name, value in given if name is not None],
    )
