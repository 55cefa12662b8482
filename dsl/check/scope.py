"""Names and what they stand for.

Scopes nest: the prelude (operators, builtins, dtypes), the file, the body of a block or model, and in it the
bodies of loops and branches. A name may hide one of the prelude, so that new operators break no program,
and no other.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..source import Span
from ..types import ANY, Type

PRELUDE = 0
FILE = 1


class Kind(enum.Enum):
    """What a name stands for; the value is how messages say it."""

    VARIABLE = "variable"
    PARAMETER = "parameter"
    LOOP = "loop variable"
    TURN = "turn variable"
    CHOICE = "choice"
    INPUT = "input"
    CONSTANT = "constant"
    FUNCTION = "function"
    BLOCK = "block"
    MODEL = "model"
    OPERATOR = "operator"
    BUILTIN = "builtin function"
    DTYPE = "element type"


@dataclass(slots=True)
class Symbol:
    """`fixed`: the type was declared, or others rely on it, so that it may not become more exact."""

    name: str
    kind: Kind
    type: Type
    span: Span | None
    depth: int
    fixed: bool = False

    def imported_at(self, span: Span) -> Symbol:
        return replace(self, span=span)


@dataclass(slots=True)
class Scope:
    depth: int
    outer: Scope | None = None
    symbols: dict[str, Symbol] = field(default_factory=dict)

    def inner(self) -> Scope:
        return Scope(self.depth + 1, self)

    def chain(self) -> Iterator[Scope]:
        """This scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def prelude(self) -> Scope:
        *_, outermost = self.chain()
        return outermost

    def find(self, name: str) -> Symbol | None:
        scope: Scope | None = self
        while scope is not None:
            symbol = scope.symbols.get(name)
            if symbol is not None:
                return symbol
            scope = scope.outer
        return None

    def add(self, name: str, kind: Kind, type_: Type, span: Span | None, fixed: bool = False) -> Symbol:
        symbol = Symbol(name, kind, type_, span, self.depth, fixed)
        self.symbols[name] = symbol
        return symbol

    def poison(self, name: str) -> None:
        """Let a name that is already reported as unknown pass from here on."""
        self.add(name, Kind.VARIABLE, ANY, None)

    def visible(self) -> Iterator[str]:
        """Every name that can be used here."""
        for scope in self.chain():
            yield from scope.symbols


class Taken:
    """Names that may be taken once for each purpose. Of the branches of an `if` each may take its own."""

    def __init__(self, outer: Taken | None = None) -> None:
        self._outer = outer
        self._spans: dict[tuple[str, str], Span] = {}

    def take(self, purpose: str, name: str, span: Span) -> Span | None:
        """Take the name, or say where it was taken before."""
        taken: Taken | None = self
        while taken is not None:
            if (purpose, name) in taken._spans:
                return taken._spans[purpose, name]
            taken = taken._outer
        self._spans[purpose, name] = span
        return None

    def branch(self) -> Taken:
        return Taken(self)

    def absorb(self, branch: Taken) -> None:
        """The branch is over; what it took is taken."""
        self._spans.update(branch._spans)
