"""Annotations of nodes: which counts where several are given, what each is worth, and what is wrong with one.

Of one key (a kind; of initialisers, a kind and a role) the one given last counts. From weak to strong, a layer is
given those of the path patterns of its model, then for each block on the way to it those of the block, those of the
statement that made its instance, and those of the statements around its call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..dsl.annotations import ANNOTATIONS, KIND_TAKES
from ..dsl.dtypes import DType
from .ir import Annotation, AttributeValue

EXECUTION = frozenset({"precision", "sparsity", "placement"})
"""The kinds that say how a layer is to run. A pass must not lose one by making two layers one."""

IN_FRONT = frozenset({"freeze", "initializer"})
"""The kinds that are about parameters. They are honoured before any backend sees the graph."""

_ORDER = {name: place for place, name in enumerate(ANNOTATIONS)}


def merged(*groups: tuple[Annotation, ...]) -> tuple[Annotation, ...]:
    """One of each key, the last of those given, in the order in which the kinds are declared."""
    last = {annotation.key: annotation for group in groups for annotation in group}
    return tuple(sorted(last.values(), key=lambda a: (_ORDER.get(a.kind, len(_ORDER)), str(a.key))))


def with_defaults(kind: str, given: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    """All arguments of an annotation that have a value, in the order in which they are declared."""
    defaults: dict[str, Any] = {p.name: p.default for p in ANNOTATIONS[kind].parameters if not p.required}
    values = {**defaults, **given}
    return {p.name: values[p.name] for p in ANNOTATIONS[kind].parameters if values.get(p.name) is not None}


class Problem(NamedTuple):
    """What is wrong with an annotation, and with which of its arguments, if that is there."""

    message: str
    argument: str | None = None


def problem(kind: str, values: Mapping[str, Any]) -> Problem | None:
    """What is wrong with the arguments of an annotation beyond their types."""
    rule = _RULES.get(kind)
    return next(rule(values), None) if rule else None


def _sparsity(values: Mapping[str, Any]) -> Iterator[Problem]:
    if not 0 <= values["ratio"] <= 1:
        yield Problem(f"a sparsity is the part that is zero, from 0 to 1, found {values['ratio']}", "ratio")
    if min(values["block"]) < 1:
        yield Problem(f"a block has at least 1 weight each way, found {values['block']}", "block")


def _initializer(values: Mapping[str, Any]) -> Iterator[Problem]:
    kind, role = values["kind"], values["weight"]
    number = KIND_TAKES.get(kind)
    yield from _numbers(kind, number, values)
    if kind.startswith(("he_", "glorot_")) and role != "weight":
        yield Problem(f'"{kind}" goes by the inputs of a weight, a {role} has none', "weight")
    if role == "variance" and number in ("stddev", "limit"):
        yield Problem(f'"{kind}" draws numbers below zero, a variance is never negative', "kind")


def _numbers(kind: str, number: str | None, values: Mapping[str, Any]) -> Iterator[Problem]:
    """The law's own number is given, no other is, and it is one."""
    if number is not None and number not in values:
        yield Problem(f'"{kind}" needs `{number}`')
        return
    for other in dict.fromkeys(KIND_TAKES.values()):
        if other in values and other != number:
            yield Problem(f'"{kind}" takes no `{other}`' + (f", it takes `{number}`" if number else ""), other)
    if number is not None and not DType.F32.holds(values[number]):
        yield Problem(f"`{number}` must be in the range of f32, found {values[number]}", number)
    elif number is not None and values[number] < 0 and (number != "value" or values["weight"] == "variance"):
        yield Problem(f"`{number}` can't be negative here, found {values[number]}", number)


_RULES = {"sparsity": _sparsity, "initializer": _initializer}
