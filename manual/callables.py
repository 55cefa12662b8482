"""Pages of what the compiler brings along to be called: operators, builtins and annotations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..compiler.ops import OPERATORS
from ..compiler.ops import pages as operators
from ..compiler.ops.base import Operator
from ..dsl.annotations import ANNOTATIONS
from ..dsl.builtins import BUILTINS
from ..dsl.types import Signature
from .page import Page, first_sentence


def pages() -> Iterator[Page]:
    """A page for each, kind by kind, by name."""
    for _, operator in sorted(OPERATORS.items()):
        yield Page(operator.name, "operator", first_sentence(operator.doc), partial(_operator, operator))
    for _, builtin in sorted(BUILTINS.items()):
        takes = f" Takes {builtin.expects}." if builtin.expects else ""
        yield _of_signature("builtin", builtin.signature, takes)
    for _, signature in sorted(ANNOTATIONS.items()):
        yield _of_signature("annotation", signature, sign="@")


def _operator(operator: Operator) -> str:
    return "\n".join(operators.about(operator))


def _of_signature(kind: str, signature: Signature, more: str = "", sign: str = "") -> Page:
    return Page(signature.name, kind, first_sentence(signature.doc), partial(_of_call, signature, more, sign))


def _of_call(signature: Signature, more: str, sign: str) -> str:
    lines = (f"- `{parameter.name}`: {parameter.doc}" for parameter in signature.parameters if parameter.doc)
    return "\n".join([signature.doc + more, "", "```", sign + operators.call(signature), "```", "", *lines])
