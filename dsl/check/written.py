"""Types as they are written, made into types."""

from __future__ import annotations

from .. import codes
from ..assignable import size_of, unite
from ..dtypes import DType
from ..source import Span
from ..suggest import did_you_mean
from ..tree import ListType, NamedType, TupleType, TypeExpr, UnionType, WordType
from ..types import ANY, PRIMITIVES, ListOf, TupleOf, Type, Words
from .report import Report, replacement

MAX_PARTS = 1_000
MAX_DEPTH = 32
_DTYPES = frozenset(str(dtype) for dtype in DType)


def written_type(expr: TypeExpr, report: Report) -> Type:
    """The type that is written; `any` where it is in error."""
    match expr:
        case NamedType(name):
            return PRIMITIVES.get(name) or _unknown(expr, report)
        case ListType(element):
            type_: Type = ListOf(written_type(element, report))
        case TupleType(elements):
            type_ = TupleOf(tuple(written_type(element, report) for element in elements))
        case UnionType(members):
            type_ = unite(written_type(member, report) for member in members)
        case WordType(word):
            type_ = Words((word,))
    return bounded(type_, expr.span, report)


def bounded(type_: Type, span: Span, report: Report) -> Type:
    """The type, unless it is so large that comparing it takes long: tuples of tuples of tuples grow fast."""
    parts, depth = size_of(type_)
    if parts <= MAX_PARTS and depth <= MAX_DEPTH:
        return type_
    measured = f"{parts} parts, the limit is {MAX_PARTS}"
    if depth > MAX_DEPTH:
        measured = f"{depth} levels, the limit is {MAX_DEPTH}"
    return report.error(codes.TYPE_TOO_LARGE, f"the type of this value has {measured}", span, "too large a type")


def _unknown(expr: NamedType, report: Report) -> Type:
    likely = report.suggest(expr.name, [*PRIMITIVES, "list"])
    hint = did_you_mean(likely)
    if expr.name == "list":
        likely, hint = None, "say of what: `list[int]`, `list[tensor]`, ..."
    elif expr.name in _DTYPES:
        likely, hint = None, "a tensor is a `tensor` whatever its elements; an element type as a value is a `dtype`"
    report.error(
        codes.UNKNOWN_TYPE,
        f"unknown type `{expr.name}`",
        expr.span,
        "no such type",
        notes=(f"the types are {', '.join(PRIMITIVES)}, list[...], (..., ...), unions with `|`, and words",),
        hint=hint,
        fix=replacement(expr.span, likely),
    )
    return ANY
