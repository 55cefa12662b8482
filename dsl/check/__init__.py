"""Everything static about a program: which name means what, and the type of every expression.

Nothing is evaluated. All errors of all files are found in one run; an expression in error has the type
`any`, which fits everywhere, so that one mistake is reported once.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from ..builtins import BUILTINS
from ..diagnostics import Diagnostic
from ..dtypes import DType
from ..modules import Program
from ..tree import Module
from ..types import DTYPE, BlockOf, FunctionOf, Signature
from .definitions import Exports, check_module
from .report import Report
from .scope import PRELUDE, Kind, Scope

__all__ = ["check"]


def check(program: Program, operators: Mapping[str, Signature], activations: Container[str]) -> list[Diagnostic]:
    """Every static error of a program, file by file, in the order of the text.

    `operators` are what the compiler can build, by name; those among `activations` are also values of
    type `activation`.
    """
    report = Report()
    prelude = _prelude(operators, activations)
    checked: dict[int, Exports] = {}
    exported: dict[str, Exports] = {}
    for name in _imported_first(program.modules):
        module = program.modules[name]
        # The main module may stand under a second name; it is checked once.
        if id(module) not in checked:
            checked[id(module)] = check_module(module, prelude, exported, report)
        exported[name] = checked[id(module)]
    return _in_order(report.found, list(program.modules.values()))


def _prelude(operators: Mapping[str, Signature], activations: Container[str]) -> Scope:
    scope = Scope(PRELUDE)
    for name, signature in operators.items():
        scope.add(name, Kind.OPERATOR, BlockOf(signature, name in activations), None)
    for name, builtin in BUILTINS.items():
        scope.add(name, Kind.BUILTIN, FunctionOf(builtin.signature), None)
    for dtype in DType:
        scope.add(str(dtype), Kind.DTYPE, DTYPE, None)
    return scope


def _imported_first(modules: Mapping[str, Module]) -> Iterator[str]:
    """The names of the modules, each after those it imports. There are no circles; chains may be long."""
    finished: set[str] = set()
    for start in modules:
        pending = [start]
        while pending:
            name = pending[-1]
            missing = [i.dotted for i in modules[name].imports if i.dotted in modules and i.dotted not in finished]
            if missing and name not in finished:
                pending += missing
                continue
            pending.pop()
            if name not in finished:
                finished.add(name)
                yield name


def _in_order(found: list[Diagnostic], modules: list[Module]) -> list[Diagnostic]:
    """Findings file by file as the program reads them, and by line and column within."""
    rank = {module.span.file: position for position, module in reversed(list(enumerate(modules)))}
    return sorted(found, key=lambda d: (rank[d.labels[0].span.file], d.labels[0].span.line, d.labels[0].span.column))
