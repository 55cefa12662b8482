"""Matching the values of a call with the parameters of what is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import codes, foreign
from ..assignable import fits
from ..diagnostics import Label
from ..record import record
from ..source import Span
from ..suggest import did_you_mean
from ..tree import Identifier, Literal, Name
from ..types import ANY, ListOf, Parameter, Signature, Type
from .frame import Frame
from .mismatch import mismatch_hint
from .report import replacement

MAX_LINE = 100
"""A longer description of a call is broken into lines."""


@record
class Given:
    """An argument, or a tensor that comes by a pipe."""

    type: Type
    span: Span
    name: Identifier | None = None
    items: tuple[Given, ...] = ()


@record
class Site:
    """A call: where it stands, how the callee is named there ("" if it isn't), what it is given."""

    span: Span
    name: str
    callee: Span
    arguments: Sequence[Given]
    piped: Sequence[Given] = ()

    @property
    def title(self) -> str:
        """The callee in a message."""
        return f"`{self.name}`" if self.name else "this value"

    @property
    def positional(self) -> list[Given]:
        return [given for given in self.arguments if given.name is None]

    @property
    def keywords(self) -> list[Given]:
        return [given for given in self.arguments if given.name is not None]


def bind_values(frame: Frame, site: Site, signature: Signature, positional: Sequence[Given]) -> None:
    """Check the values of a call: `positional` are those that no tensor parameter took."""
    parameters = signature.parameters
    _refuse_extra(frame, site, signature, positional)
    taken = {p.name: given for p, given in zip(parameters, positional, strict=False)}
    _bind_keywords(frame, site, signature, taken)
    for parameter in parameters:
        if parameter.name in taken:
            need_type(frame, site, parameter, taken[parameter.name])
    need_all(frame, site, signature, [p for p in parameters if p.required and p.name not in taken])


def need_type(frame: Frame, site: Site, parameter: Parameter, given: Given) -> None:
    """Report an argument that does not fit its parameter."""
    if fits(given.type, parameter.type):
        return
    odd, expected = _odd_item(given, parameter.type)
    frame.report.error(
        codes.WRONG_ARGUMENT,
        f"`{parameter.name}` of {site.title} takes `{parameter.type}`, not `{given.type}`",
        odd.span,
        f"this is `{odd.type}`",
        hint=foreign.argument(site.name, parameter.name, str(given.type))
        or mismatch_hint(odd.type, expected, frame.report),
    )


def _odd_item(given: Given, expected: Type) -> tuple[Given, Type]:
    """The first item that does not fit a list, where the list is written out; else the argument itself."""
    if isinstance(expected, ListOf):
        for item in given.items:
            if not fits(item.type, expected.element):
                return item, expected.element
    return given, expected


def need_all(frame: Frame, site: Site, signature: Signature, missing: Sequence[Parameter]) -> None:
    """Report what is missing, all in one."""
    if not missing:
        return
    named = " and ".join(f"`{p.name}: {p.type}`" for p in missing)
    frame.report.error(
        codes.MISSING_ARGUMENT,
        f"{site.title} is not given {named}",
        site.callee,
        "missing " + ", ".join(f"`{p.name}`" for p in missing),
        notes=(described(site.name, signature),),
    )


def described(name: str, signature: Signature) -> str:
    """How something is called; what has a default may be left out. One line if it is not too long."""
    parts = [f"{p.name}: {p.type}{_default(p)}" for p in signature.tensors + signature.parameters]
    line = f"`{name or signature.name}({', '.join(parts)})`"
    if len(line) <= MAX_LINE:
        return line
    return "\n".join([f"`{name or signature.name}` takes", *(f"  {part}" for part in parts)])


def _default(parameter: Parameter) -> str:
    return "" if parameter.required else f" = {_spelled(parameter.default)}"


def _spelled(value: object) -> str:
    """A default as a program would write it, if it is a plain value."""
    match value:
        case Literal(plain):
            return _spelled(plain)
        case Name(name):
            return name
        case int() | float():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return f"({', '.join(map(_spelled, value))})"
        case _:
            return "..."


def _refuse_extra(frame: Frame, site: Site, signature: Signature, positional: Sequence[Given]) -> None:
    limit = len(signature.parameters)
    if len(positional) <= limit:
        return
    values = "no values" if limit == 0 else f"{limit} value{'s' * (limit > 1)}"
    frame.report.error(
        codes.TOO_MANY_ARGUMENTS,
        f"{site.title} takes {values}, {len(positional)} {'is' if len(positional) == 1 else 'are'} given",
        positional[limit].span,
        "one too many" if len(positional) == limit + 1 else "too many from here",
        notes=(described(site.name, signature),),
    )


def _bind_keywords(frame: Frame, site: Site, signature: Signature, taken: dict[str, Given]) -> None:
    known = {p.name for p in signature.parameters}
    tensors = {p.name for p in signature.tensors}
    for given in site.keywords:
        name = given.name
        if name is None:
            continue
        if name.name in taken:
            _refuse_twice(frame, site, name, taken)
        elif name.name in known:
            taken[name.name] = given
        elif name.name in tensors:
            _refuse_tensor_keyword(frame, site, name)
        else:
            _refuse_unknown(frame, site, signature, name, taken)


def _refuse_twice(frame: Frame, site: Site, name: Identifier, taken: Mapping[str, Given]) -> None:
    frame.report.error(
        codes.ARGUMENT_TWICE,
        f"`{name.name}` of {site.title} is given twice",
        name.span,
        "given again",
        others=(Label(taken[name.name].span, "given here first"),),
    )


def _refuse_tensor_keyword(frame: Frame, site: Site, name: Identifier) -> None:
    frame.report.error(
        codes.WRONG_TENSORS,
        f"`{name.name}` of {site.title} is a tensor and can't be given by name",
        name.span,
        "given by name",
        hint="tensors come first, or by `|>`",
    )


def _refuse_unknown(frame: Frame, site: Site, signature: Signature, name: Identifier, taken: dict[str, Given]) -> None:
    """Report a keyword that no parameter has. The one that is meant is not missing."""
    known = [p.name for p in signature.parameters]
    meant = foreign.parameter(name.name)
    likely = foreign.pick(meant, known) if meant else frame.report.suggest(name.name, known)
    hint = did_you_mean(likely) or (meant.advice if meant else None)
    if likely:
        taken.setdefault(likely, Given(ANY, name.span))
    frame.report.error(
        codes.UNKNOWN_ARGUMENT,
        f"{site.title} has no parameter `{name.name}`",
        name.span,
        "no such parameter",
        notes=() if hint else (described(site.name, signature),),
        hint=hint,
        fix=replacement(name.span, likely),
    )
