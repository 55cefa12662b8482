"""What was bound to what, and why: for people and for tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ...dsl.diagnostics import Diagnostic, DiagnosticError
from ...dsl.record import record
from .align import Match


@record
class Filled:
    """A layer's match and the tensors that it brought: parameter name to the file's name and type."""

    match: Match
    tensors: Mapping[str, str]


@record
class Report:
    """The outcome of a binding, in the order of the program's layers.

    `without` are layers of the program and `unused` layers of the file that found no partner, described: none
    where the binding succeeded. `notes` are worth a look and no mistakes.
    """

    path: str
    filled: tuple[Filled, ...]
    passed_over: tuple[str, ...]
    without: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def explain(self) -> str:
        """One line a layer: its path, the stored layer, the reason."""
        widths = [max((len(text) for text in column), default=0) for column in self._columns()]
        lines = [self._summary()]
        for one in self.filled:
            match = one.match
            lines.append(f"  {match.path:<{widths[0]}} <- {match.stored:<{widths[1]}}  {match.how.value}: {match.why}")
        lines += [f"  passed over: {name}" for name in self.passed_over]
        lines += [f"  without weights: {layer}" for layer in self.without]
        lines += [f"  not used: {layer}" for layer in self.unused]
        return "\n".join(lines) + "\n"

    def _columns(self) -> tuple[list[str], list[str]]:
        return [one.match.path for one in self.filled], [one.match.stored for one in self.filled]

    def _summary(self) -> str:
        tensors = sum(len(one.tensors) for one in self.filled)
        ways = Counter(one.match.how.value for one in self.filled)
        by = ", ".join(f"{count} by {how}" for how, count in sorted(ways.items()))
        return f"{self.path}: {tensors} tensors of {len(self.filled)} layers ({by})"

    def as_json(self) -> dict[str, Any]:
        """The same for `json.dumps`."""
        layers = [
            {
                "layer": one.match.path,
                "stored": one.match.stored,
                "how": one.match.how.value,
                "why": one.match.why,
                "tensors": dict(one.tensors),
            }
            for one in self.filled
        ]
        passed_over, notes = list(self.passed_over), list(self.notes)
        return {"weights": self.path, "layers": layers, "passed_over": passed_over, "notes": notes}


class MisfitError(DiagnosticError):
    """Weights that do not fit, with what was paired all the same."""

    def __init__(self, diagnostics: Iterable[Diagnostic], report: Report) -> None:
        super().__init__(diagnostics)
        self.report = report
