"""The programs that explain a diagnostic, and what the compiler says of them."""

from __future__ import annotations

from .. import driver
from ..compiler.elaborate import elaborate
from ..compiler.survey import survey_all
from ..dsl.diagnostics import Diagnostic, DiagnosticError
from ..dsl.render import render
from ..dsl.source import Sources

_FILE = "net.mnet"


def rendered(program: str) -> str:
    """What is said of a program, as people see it."""
    sources = Sources()
    return render(diagnosed(program, sources), sources)


def diagnosed(program: str, sources: Sources) -> tuple[Diagnostic, ...]:
    """What `mnet check` finds in a program, and which values a model lacks."""
    try:
        checked = driver.read_source(program, _FILE, sources)
        report = survey_all(checked, {}, {})
        for name in report.unchecked:
            elaborate(checked, name)
    except DiagnosticError as refused:
        return refused.diagnostics
    return report.diagnostics
