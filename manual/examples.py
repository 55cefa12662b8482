"""The programs that explain a diagnostic, and what the compiler says of them."""

from __future__ import annotations

from .. import driver
from ..compiler.elaborate import elaborate
from ..dsl.diagnostics import Diagnostic, DiagnosticError
from ..dsl.render import render
from ..dsl.source import Sources
from ..dsl.tree import Model

_FILE = "net.mnet"


def rendered(program: str) -> str:
    """What is said of a program, as people see it."""
    sources = Sources()
    return render(diagnosed(program, sources), sources)


def diagnosed(program: str, sources: Sources) -> tuple[Diagnostic, ...]:
    """What is wrong with a program that is read, checked and, where it has models, elaborated."""
    try:
        checked = driver.read_source(program, _FILE, sources)
        for item in checked.main.items:
            if isinstance(item, Model):
                elaborate(checked, item.name.name)
    except DiagnosticError as refused:
        return refused.diagnostics
    return ()
