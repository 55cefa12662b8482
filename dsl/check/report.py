"""Where findings are gathered, and the suggestions that go with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict, Unpack

from ..diagnostics import Code, Diagnostic, Edit, Fix, Label, error
from ..source import Span
from ..suggest import closest
from ..tree import Division
from ..types import ANY, Type

SUGGESTION_CELLS = 2_000_000
"""Letters compared with letters in search of likely names, in all: enough for any program but a hostile one."""


class Remarks(TypedDict, total=False):
    """What a diagnostic says beside its message."""

    others: tuple[Label, ...]
    notes: tuple[str, ...]
    hint: str | None
    fix: Fix | None


class Report:
    """The diagnostics of one run, in the order of their finding.

    `importable` are names that the file at hand could import from modules it knows, with the module;
    `divisions` its comments that read like divisors, by line.
    """

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.importable: Mapping[str, str] = {}
        self.divisions: Mapping[int, Division] = {}
        self._cells = SUGGESTION_CELLS

    def error(
        self,
        code: Code,
        message: str,
        span: Span,
        label: str = "",
        **remarks: Unpack[Remarks],
    ) -> Type:
        """Record an error and give `any`, the type of what is in error."""
        self.found.append(error(code, message, span, label, **remarks))
        return ANY

    def suggest(self, name: str, candidates: Iterable[str]) -> str | None:
        """The likeliest of the candidates, if one is like the name at all."""
        if self._cells < 0:
            return None
        among = set(candidates)
        self._cells -= len(among) * len(name) ** 2
        return closest(name, among)

    def rewind(self, mark: int) -> None:
        """Forget what was found since `found` had `mark` items: it will be looked at again."""
        del self.found[mark:]


def replacement(span: Span, name: str | None) -> Fix | None:
    """The fix that writes a likely name at `span`, if there is one."""
    return Fix(f"write `{name}`", (Edit(span, name),)) if name else None
