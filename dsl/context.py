"""What a stopped parser knows about where it stands: read off its stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .lexer import Token

if TYPE_CHECKING:
    from .parser import Machine

OPENERS = {"LPAR": "RPAR", "_CALL": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSERS = frozenset(OPENERS.values())
SOFT_KEYWORDS = frozenset({"BLOCK", "MODEL", "INPUT", "OUTPUT", "CHOICE", "WHERE", "REPEAT", "REQUIRE", "EXPECT", "ON"})
"""Keywords that can be labels."""


class Context:
    """The statement or item that breaks at the machine's token, and the brackets around it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.tokens = machine.tokens
        self.position = machine.position
        self.base = self.boundary(lambda state: self.in_body(state) or self.in_file(state))

    @property
    def broken(self) -> list[Token]:
        """The first token of each part read of the broken statement or item."""
        return self.machine.firsts[self.base :]

    def boundary(self, is_boundary: Callable[[int], bool]) -> int:
        """How many symbols lie below the innermost state of a kind; 0, the start of the file, where there is none."""
        states = self.machine.states
        return next((depth for depth in range(len(states) - 1, 0, -1) if is_boundary(states[depth])), 0)

    def in_body(self, state: int) -> bool:
        """Whether a statement can start in a state, or the body end; after annotations it can't end."""
        return self.shifts(state, "RETURN") and self.shifts(state, "RBRACE")

    def in_file(self, state: int) -> bool:
        """Whether an item can start in a state: both a function and a model can, and nothing else is either."""
        return self.shifts(state, "FN") and self.shifts(state, "MODEL")

    def shifts(self, state: int, kind: str) -> bool:
        return self.machine.tables.actions[state].get(kind, -1) >= 0

    def open_brackets(self) -> list[int]:
        """Where in the stack brackets stand that are still open; those that are closed are parts of something."""
        places: list[int] = []
        for place, (first, last) in enumerate(zip(self.machine.firsts, self.machine.lasts, strict=True)):
            if first is last and first.kind in OPENERS:
                places.append(place)
            elif first is last and first.kind in CLOSERS:
                places.pop()
        return places

    @property
    def opener(self) -> Token | None:
        """The innermost open bracket."""
        places = self.open_brackets()
        return self.machine.firsts[places[-1]] if places else None

    @property
    def bracketed(self) -> list[Token]:
        """The end of `broken` that stands in the innermost open bracket."""
        inside = self.open_brackets()[-1:]
        return self.machine.firsts[max([self.base, *(place + 1 for place in inside)]) :]

    def starts_line(self, position: int) -> bool:
        return position == 0 or self.tokens[position - 1].line < self.tokens[position].line
