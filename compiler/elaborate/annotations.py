"""Annotations as a program writes them, with the values of their arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ...dsl import tree
from ...dsl.annotations import ANNOTATIONS
from ..annotations import Problem, problem, with_defaults
from ..codes import ANNOTATION_VALUE
from ..ir import Annotation
from .arguments import Arguments, Bound, Given, bind, values_of
from .builder import Builder
from .errors import EvaluationError
from .run import Frame, evaluate, visit
from .standing import Annotations, Standing
from .values import describe


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
    bound = bind(ANNOTATIONS[kind], arguments)
    values = with_defaults(kind, values_of(bound))
    if wrong := problem(kind, values):
        raise _refused(kind, wrong, bound)
    return Annotation(kind, values, node.span)


def _refused(kind: str, wrong: Problem, bound: Bound) -> EvaluationError:
    message = f"`@{kind}`: {wrong.message}"
    if wrong.argument is None or wrong.argument not in bound.values:
        return EvaluationError(ANNOTATION_VALUE, message, "this is not enough")
    _, given = bound.values[wrong.argument]
    return EvaluationError(ANNOTATION_VALUE, message, f"this is {describe(given.value)}", span=given.span)


def _arguments(frame: Frame, written: Sequence[tree.Argument]) -> Arguments:
    given = [(argument.name, Given(evaluate(frame, argument.value), argument.span)) for argument in written]
    return Arguments(
        positional=[value for name, value in given if name is None],
        keywords=[(name.name, value) for name, value in given if name is not None],
    )
