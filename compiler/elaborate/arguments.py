"""The arguments of a call, and which parameter each is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...dsl.source import Span
from ...dsl.suggest import hint
from ...dsl.types import ListOf, Parameter, Signature
from ..codes import BAD_CALL
from ..ir import Value
from .errors import EvaluationError
from .fit import fit
from .values import POISON


@dataclass(frozen=True, slots=True)
class Given:
    """A value and where it was written."""

    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Arguments:
    """`piped` come from the left of a pipe."""

    piped: Sequence[Given] = ()
    positional: Sequence[Given] = ()
    keywords: Sequence[tuple[str, Given]] = ()

    @property
    def poisoned(self) -> bool:
        if any(given.value is POISON for given in self.positional):
            return True
        return any(given.value is POISON for _, given in self.keywords)


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments by the parameters that they are for, not yet fitted to them."""

    tensors: Sequence[Given]
    values: Mapping[str, Given]


def bind(signature: Signature, arguments: Arguments) -> Bound:
    """Match arguments with parameters. Raises EvaluationError where they don't go together."""
    tensors, rest = _split(signature, arguments)
    if len(rest) > len(signature.parameters):
        extra = rest[len(signature.parameters)]
        message = f"`{signature.name}` takes {_count(len(signature.parameters), 'value')}, found {len(rest)}"
        raise EvaluationError(BAD_CALL, message, label="one too many", span=extra.span)
    values = {parameter.name: given for parameter, given in zip(signature.parameters, rest, strict=False)}
    for name, given in arguments.keywords:
        _need_free(signature, name, given, values)
        values[name] = given
    for parameter in signature.parameters:
        if parameter.required and parameter.name not in values:
            raise EvaluationError(
                BAD_CALL, f"`{signature.name}` needs `{parameter.name}`", label=f"`{parameter.name}` is missing"
            )
    return Bound(tensors, values)


def tensors_of(signature: Signature, bound: Bound) -> tuple[Any, ...]:
    """The tensors of an application, each as its parameter has it."""
    given, wanted = bound.tensors, signature.tensors
    if len(given) != len(wanted):
        raise EvaluationError(BAD_CALL, f"`{signature.name}` takes {_count(len(wanted), 'tensor')}, found {len(given)}")
    return tuple([_fitted(parameter, item) for parameter, item in zip(wanted, given, strict=True)])


def values_of(signature: Signature, bound: Bound) -> dict[str, Any]:
    """The values given, each as its parameter has it."""
    return {p.name: _fitted(p, bound.values[p.name]) for p in signature.parameters if p.name in bound.values}


def _fitted(parameter: Parameter, given: Given) -> Any:
    try:
        return fit(given.value, parameter.type, f"`{parameter.name}`")
    except EvaluationError as problem:
        problem.span = given.span
        raise


def _split(signature: Signature, arguments: Arguments) -> tuple[Sequence[Given], Sequence[Given]]:
    """The tensors, which come by the pipe and first, and the other positional arguments."""
    slots = signature.tensors[len(arguments.piped) :]
    positional = arguments.positional
    count = 0
    while count < len(positional) and _is_tensors(positional[count].value, slots[count:]):
        count += 1
    return [*arguments.piped, *positional[:count]], positional[count:]


def _is_tensors(value: Any, slots: Sequence[Parameter]) -> bool:
    """A tensor, or a list of them; an empty list where a list of tensors is expected."""
    if isinstance(value, list):
        return _is_tensors(value[0], slots) if value else bool(slots) and isinstance(slots[0].type, ListOf)
    return isinstance(value, Value)


def _need_free(signature: Signature, name: str, given: Given, values: Mapping[str, Given]) -> None:
    if name in values:
        raise EvaluationError(BAD_CALL, f"`{name}` is given twice", label="given again here", span=given.span)
    names = [parameter.name for parameter in signature.parameters]
    if name not in names:
        message = f"`{signature.name}` has no parameter `{name}`"
        raise EvaluationError(BAD_CALL, message, hint=hint(name, names), span=given.span)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
