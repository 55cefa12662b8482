"""The arguments of a call, and which parameter each is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...dsl.source import Span
from ...dsl.suggest import hint
from ...dsl.types import REQUIRED, ListOf, Parameter, Signature
from ..codes import BAD_CALL
from ..ir import Value
from .errors import EvaluationError
from .fit import fit
from .values import POISON


class Given(NamedTuple):
    """A value and where it was written."""

    value: Any
    span: Span


class Arguments(NamedTuple):
    """`piped` come from the left of a pipe."""

    piped: Sequence[Given] = ()
    positional: Sequence[Given] = ()
    keywords: Sequence[tuple[str, Given]] = ()

    @property
    def poisoned(self) -> bool:
        if any(given.value is POISON for given in self.positional):
            return True
        return any(given.value is POISON for _, given in self.keywords)


class Bound(NamedTuple):
    """Arguments and the parameters that they are for; the values by name, not yet fitted."""

    tensors: Sequence[Given]
    values: Mapping[str, tuple[Parameter, Given]]


def bind(signature: Signature, arguments: Arguments) -> Bound:
    """Match arguments with parameters. Raises EvaluationError where they don't go together."""
    tensors, rest = _split(signature, arguments)
    if len(rest) > len(signature.parameters):
        extra = rest[len(signature.parameters)]
        message = f"`{signature.name}` takes {_count(len(signature.parameters), 'value')}, found {len(rest)}"
        raise EvaluationError(BAD_CALL, message, label="one too many", span=extra.span)
    values = {parameter.name: (parameter, given) for parameter, given in zip(signature.parameters, rest, strict=False)}
    if arguments.keywords:
        _bind_keywords(signature, arguments, values)
    for parameter in signature.parameters:
        if parameter.default is REQUIRED and parameter.name not in values:
            missing = f"`{parameter.name}` is missing"
            raise EvaluationError(BAD_CALL, f"`{signature.name}` needs `{parameter.name}`", label=missing)
    return Bound(tensors, values)


def tensors_of(signature: Signature, bound: Bound) -> tuple[Any, ...]:
    """The tensors of an application, each as its parameter has it."""
    given, wanted = bound.tensors, signature.tensors
    if len(given) != len(wanted):
        raise EvaluationError(BAD_CALL, f"`{signature.name}` takes {_count(len(wanted), 'tensor')}, found {len(given)}")
    return tuple([_fitted(parameter, item) for parameter, item in zip(wanted, given, strict=True)])


def values_of(bound: Bound) -> dict[str, Any]:
    """The values given, each as its parameter has it."""
    return {name: _fitted(parameter, given) for name, (parameter, given) in bound.values.items()}


def _fitted(parameter: Parameter, given: Given) -> Any:
    try:
        return fit(given.value, parameter.type, f"`{parameter.name}`")
    except EvaluationError as error:
        error.span = given.span
        raise


def _split(signature: Signature, arguments: Arguments) -> tuple[Sequence[Given], Sequence[Given]]:
    """The tensors, which come by the pipe and first, and the other positional arguments."""
    piped, positional = arguments.piped, arguments.positional
    if not signature.tensors:  # a list of tensors is a value like any other to `len`
        return piped, positional
    count = 0
    while count < len(positional) and _is_tensors(positional[count].value, signature, len(piped) + count):
        count += 1
    return [*piped, *positional[:count]], positional[count:]


def _is_tensors(value: Any, signature: Signature, index: int) -> bool:
    """A tensor, or a list of them; an empty list where a list of tensors is expected."""
    if not isinstance(value, list):
        return isinstance(value, Value)
    if value:
        return _is_tensors(value[0], signature, index)
    return index < len(signature.tensors) and isinstance(signature.tensors[index].type, ListOf)


def _bind_keywords(signature: Signature, arguments: Arguments, values: dict[str, tuple[Parameter, Given]]) -> None:
    parameters = {parameter.name: parameter for parameter in signature.parameters}
    for name, given in arguments.keywords:
        if name in values:
            raise EvaluationError(BAD_CALL, f"`{name}` is given twice", label="given again here", span=given.span)
        if name not in parameters:
            message = f"`{signature.name}` has no parameter `{name}`"
            raise EvaluationError(BAD_CALL, message, hint=hint(name, parameters), span=given.span)
        values[name] = parameters[name], given


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
