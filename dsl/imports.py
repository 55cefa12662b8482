"""What can be wrong between modules that are read: names that are not there, and circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from . import codes
from .diagnostics import Diagnostic, Label, error
from .suggest import hint
from .tree import Import, Module

Modules = Mapping[str, Module]


def unknown_names(modules: Modules) -> Iterator[Diagnostic]:
    """Every imported name that its module does not declare."""
    # The main module stands under two names where it is imported itself.
    for module in {id(module): module for module in modules.values()}.values():
        for wanted in module.imports:
            if wanted.dotted in modules:
                yield from _unknown_of(wanted, modules[wanted.dotted])


def _unknown_of(wanted: Import, module: Module) -> Iterator[Diagnostic]:
    declared = {item.name.name for item in module.items}
    for name in wanted.names:
        if name.name.name not in declared:
            yield error(
                codes.UNKNOWN_IMPORT,
                f"`{wanted.dotted}` declares no `{name.name.name}`",
                name.name.span,
                hint=_elsewhere(name.name.name, module) or hint(name.name.name, declared),
            )


def _elsewhere(name: str, module: Module) -> str | None:
    """Where a name comes from that a module imports itself."""
    homes = [wanted.dotted for wanted in module.imports for found in wanted.names if found.local.name == name]
    return f"it is imported there; import it from `{homes[0]}` yourself" if homes else None


def cycles(modules: Modules) -> Iterator[Diagnostic]:
    """Every circle of imports, once, with its whole chain. Walks without recursion: a chain may be long."""
    finished: set[str] = set()
    for start in modules:
        if start not in finished:
            yield from _cycles_from(start, modules, finished)


def _cycles_from(start: str, modules: Modules, finished: set[str]) -> Iterator[Diagnostic]:
    chain: list[Import] = []
    open_modules = {start: 0}
    pending = [iter(modules[start].imports)]
    while pending:
        wanted = next(pending[-1], None)
        if wanted is None:
            pending.pop()
            finished.add(list(open_modules)[-1])
            open_modules.popitem()
            if chain:
                chain.pop()
        elif wanted.dotted in open_modules:
            yield _cycle([*chain[open_modules[wanted.dotted] :], wanted])
        elif wanted.dotted in modules and wanted.dotted not in finished:
            chain.append(wanted)
            open_modules[wanted.dotted] = len(chain)
            pending.append(iter(modules[wanted.dotted].imports))


def _cycle(chain: list[Import]) -> Diagnostic:
    *others, last = chain
    links = ", which imports ".join(f"`{link.dotted}`" for link in chain)
    return error(
        codes.IMPORT_CYCLE,
        f"`{last.dotted}` imports {links}",
        last.module_span,
        "this closes the circle",
        others=tuple(Label(link.module_span, "after this import") for link in others),
        hint="move what both need into a module of its own",
    )
