"""Names and their values while a program is elaborated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from ...dsl.suggest import hint
from ..codes import UNBOUND
from .errors import EvaluationError

_MISSING = object()


class Lazy:
    """What a module declares, made where it is first used: most runs need little of it, some before it is declared.

    A constant may have failed, and be poison since.
    """

    def __init__(self, evaluate: Callable[[], Any]) -> None:
        self._evaluate = evaluate

    @cached_property
    def value(self) -> Any:
        return self._evaluate()


class Scope:
    """One `{ }` in a chain. `outermost` marks the body of a block, model or function: an assignment
    rebinds a name of the enclosing scopes up to there and never beyond."""

    __slots__ = ("names", "outermost", "parent")

    def __init__(self, parent: Scope | None, outermost: bool = False) -> None:
        self.names: dict[str, Any] = {}
        self.parent = parent
        self.outermost = outermost

    def find(self, name: str) -> Any:
        """The value of a name. Raises EvaluationError where it has none."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name, _MISSING)
            if value is not _MISSING:
                return value.value if type(value) is Lazy else value
            scope = scope.parent
        raise EvaluationError(UNBOUND, f"`{name}` has no value here", hint=hint(name, self._visible()))

    def has(self, name: str) -> bool:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return True
            scope = scope.parent
        return False

    def declare(self, name: str, value: Any) -> None:
        self.names[name] = value

    def assign(self, name: str, value: Any) -> None:
        """Rebind a name of an enclosing scope of the same body, else make it here."""
        scope = self
        while name not in scope.names:
            if scope.outermost or scope.parent is None:
                self.names[name] = value
                return
            scope = scope.parent
        scope.names[name] = value

    def _visible(self) -> Iterator[str]:
        scope: Scope | None = self
        while scope is not None:
            yield from scope.names
            scope = scope.parent
