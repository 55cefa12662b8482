"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..dsl.diagnostics import Applicability, Code, Edit, Fix, Label
from ..dsl.record import record
from ..dsl.source import Span

if TYPE_CHECKING:
    from .context import Context


@record
class Finding:
    """Something at `span` that a rule speaks of: a diagnostic that gets its code from the rule."""

    span: Span
    message: str
    label: str = ""
    others: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    hint: str | None = None
    fix: Fix | None = None


@record
class Rule:
    """One rule, declared in a file of its own. The texts are Markdown, and make the rule's page.

    `fails` and `passes` are whole programs: a test demands that the rule finds exactly one thing in the first and
    nothing in the second. `sources` are the papers and pages that the rule rests on. `target` is what the samples
    are linted for; a rule about targets finds nothing where none is named.
    """

    code: Code
    name: str
    what: str
    why: str
    fails: str
    passes: str
    check: Callable[[Context], Iterator[Finding]]
    sources: tuple[str, ...] = ()
    target: str | None = None


def safe(message: str, *edits: Edit) -> Fix:
    """A fix that leaves the network as it is: `--fix` applies it."""
    return Fix(message, edits, Applicability.SAFE)


def unsafe(message: str, *edits: Edit) -> Fix:
    """A fix that changes the network, or may not be what was meant: `--unsafe-fixes` applies it."""
    return Fix(message, edits, Applicability.UNSAFE)
