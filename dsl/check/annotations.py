"""Annotations: their arguments, the patterns of paths that they are about, and whether there is a layer to annotate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import codes, foreign
from ..annotations import ANNOTATIONS, ROLES
from ..diagnostics import Label
from ..source import Span
from ..suggest import did_you_mean
from ..tree import AnnotatedPaths, Annotation, Argument, Literal
from .binding import Site, bind_values, described
from .expressions import arguments_of
from .frame import Frame
from .report import replacement

_STRANGE = re.compile(r"[^A-Za-z0-9_*.]")


def check_annotations(frame: Frame, annotations: Sequence[Annotation]) -> None:
    """Check each of the annotations of one thing, and that none is there twice."""
    first: dict[str, Span] = {}
    for node in annotations:
        _check_annotation(frame, node)
        key = _key(node)
        if key in first:
            _refuse_twice(frame, node, first[key], "")
        first.setdefault(key, node.span)


def check_annotated_paths(frame: Frame, node: AnnotatedPaths) -> bool:
    """Check the annotations, and the patterns: of one scope of paths each has an annotation once."""
    check_annotations(frame, node.annotations)
    annotations = {
        _key(annotation): annotation for annotation in node.annotations if annotation.name.name in ANNOTATIONS
    }
    for pattern in node.patterns:
        if _check_pattern(frame, pattern):
            for key, annotation in annotations.items():
                _take(frame, key, annotation, pattern)
    return False


def refuse_without_layer(frame: Frame, annotations: Sequence[Annotation]) -> None:
    """Report the annotations of a statement that makes no layer."""
    named = ", ".join(f"`@{annotation.name.name}`" for annotation in annotations)
    frame.report.error(
        codes.ANNOTATION_WITHOUT_LAYER,
        f"{named} {'is' if len(annotations) == 1 else 'are'} on a statement that makes no layer",
        annotations[0].span.to(annotations[-1].span),
        "about nothing",
        hint='annotate the statement that makes the layers, or their paths: `@freeze on "backbone.**"`',
    )


# Arguments ----------------------------------------------------------------------------------


def _check_annotation(frame: Frame, node: Annotation) -> None:
    given = arguments_of(frame.values("an annotation"), node.arguments)
    signature = ANNOTATIONS.get(node.name.name)
    if signature is None:
        _refuse_unknown(frame, node)
        return
    site = Site(node.span, f"@{signature.name}", node.name.span, given)
    bind_values(frame, site, signature, site.positional)
    if signature.parameters and not given and not any(parameter.required for parameter in signature.parameters):
        _refuse_empty(frame, node)


def _refuse_unknown(frame: Frame, node: Annotation) -> None:
    name = node.name.name
    meant = foreign.annotation(name)
    likely = foreign.pick(meant, ANNOTATIONS) if meant else frame.report.suggest(name, ANNOTATIONS)
    frame.report.error(
        codes.UNKNOWN_ANNOTATION,
        f"unknown annotation `@{name}`",
        node.name.span,
        "no such annotation",
        notes=(f"the annotations are {', '.join(f'@{known}' for known in ANNOTATIONS)}",),
        hint=did_you_mean(f"@{likely}" if likely else None) or (meant.advice if meant else None),
        fix=replacement(node.name.span, likely),
    )


def _refuse_empty(frame: Frame, node: Annotation) -> None:
    signature = ANNOTATIONS[node.name.name]
    wanted = " nor ".join(f"`{parameter.name}`" for parameter in signature.parameters)
    frame.report.error(
        codes.MISSING_ARGUMENT,
        f"`@{signature.name}` is given neither {wanted}, and says nothing",
        node.span,
        "without arguments",
        notes=(described(f"@{signature.name}", signature),),
    )


# One annotation a thing ---------------------------------------------------------------------


def _key(node: Annotation) -> str:
    """What may be said once: an annotation, and an initialiser of the weights of one role."""
    return node.name.name + "".join(f" {role}" for role in _roles(node.arguments))


def _roles(arguments: Sequence[Argument]) -> Iterator[object]:
    for name, value in ((argument.name, argument.value) for argument in arguments):
        if name is not None and name.name == "weight" and isinstance(value, Literal) and value.value in ROLES.words:
            yield value.value


def _take(frame: Frame, key: str, annotation: Annotation, pattern: Literal) -> None:
    first = frame.paths.take(f"@{key}", str(pattern.value), pattern.span)
    if first is not None:
        _refuse_twice(frame, annotation, first, f' on "{pattern.value}"', pattern.span)


def _refuse_twice(frame: Frame, node: Annotation, first: Span, where: str, span: Span | None = None) -> None:
    others = (Label(first, "given here first"),)
    message = f"`@{node.name.name}` is given twice{where}"
    hint = "only one of them can count"
    frame.report.error(codes.ANNOTATED_TWICE, message, span or node.span, "given again", others=others, hint=hint)


# Patterns -----------------------------------------------------------------------------------


def _check_pattern(frame: Frame, pattern: Literal) -> bool:
    """Whether a pattern is made of segments, each a name with any number of `*`, or `**`."""
    text = str(pattern.value)
    found = _fault(text)
    if found is None:
        return True
    fault, hint = found
    message = f'"{text}" is no pattern of paths: {fault}'
    frame.report.error(codes.PATH_PATTERN, message, pattern.span, "matches nothing", hint=hint)
    return False


def _fault(text: str) -> tuple[str, str] | None:
    """What is wrong with a pattern, and what helps."""
    strange = _STRANGE.search(text)
    if not text:
        return "it is empty", 'all layers are `"**"`'
    if strange is not None:
        return (
            f"no path has a `{strange[0]}`",
            'paths are written `"backbone.stage3.expand"`, a turn of a loop `stage3`',
        )
    segments = text.split(".")
    if not all(segments):
        return "one of its segments is empty", "segments have one `.` between them, and none around them"
    odd = next((segment for segment in segments if "**" in segment and segment != "**"), None)
    if odd is not None:
        return f"`**` stands for whole segments, in `{odd}` it is a part", "a part of a segment is `*`"
    return None
