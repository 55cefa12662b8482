"""A file and everything it imports -> a `Program`.

`import a.b { c }` reads `a/b.mnet` under the first of the declared roots that has it; `std.*` is the
standard library inside the package. Nothing else is ever read: a name holds no `..`, and a symbolic
link that leaves its root is refused. So a stranger's file is safe to load.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import codes, imports
from .diagnostics import Diagnostic, DiagnosticError, error
from .library import STD, Library, Place
from .limits import DEFAULT, Limits
from .parser import parse
from .reading import read_text
from .source import Source, Sources
from .tree import Import, Module

MAIN = "<main>"
"""The name of the main module among `Program.modules`; no import can spell it."""


@dataclass(frozen=True)
class Program:
    """A main module and all that it imports, by dotted name, free of syntax errors and of import cycles.

    `files` are the files read, the main one first, without those of the standard library.
    """

    modules: Mapping[str, Module]
    sources: Sources
    files: tuple[Path, ...]

    @property
    def main(self) -> Module:
        return self.modules[MAIN]

    @property
    def own_files(self) -> frozenset[str]:
        """What spans call the files that are not the standard library's."""
        own = (module for name, module in self.modules.items() if name.partition(".")[0] != STD)
        return frozenset(module.span.file for module in own)


def load(
    path: Path,
    roots: Sequence[Path] = (),
    *,
    text: str | None = None,
    sources: Sources | None = None,
    limits: Limits = DEFAULT,
) -> Program:
    """The program that starts in a file. Imports are looked for in its directory, then in `roots`.

    `text` stands for what the file holds, where a tool has changed that and not written it yet. Every text read
    is added to `sources`, also where loading fails, so that errors can be shown. Raises `DiagnosticError` with every
    error of every file read.
    """
    loader = _Loader(Library((path.parent, *roots)), limits, Sources() if sources is None else sources, path)
    if text is None:
        return loader.run(loader.read(Place(path, str(path), path)))
    loader.files.append(path)
    return loader.run(loader.sources.add(Source(str(path), text)))


def load_text(
    text: str,
    name: str = "<input>",
    roots: Sequence[Path] = (),
    *,
    sources: Sources | None = None,
    limits: Limits = DEFAULT,
) -> Program:
    """The program of a text that is no file; imports are looked for in `roots`. Raises as `load` does."""
    loader = _Loader(Library(tuple(roots)), limits, Sources() if sources is None else sources, None)
    return loader.run(loader.sources.add(Source(name, text)))


@dataclass
class _Loader:
    """One load. `modules` maps what could not be read to None, so that it is asked for once."""

    library: Library
    limits: Limits
    sources: Sources
    main: Path | None
    modules: dict[str, Module | None] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def run(self, main: Source) -> Program:
        """Read breadth first: a long chain of imports needs no deep stack."""
        self.modules[MAIN] = self.parse(main)
        waiting = deque(_imports(self.modules[MAIN]))
        while waiting:
            wanted = waiting.popleft()
            if wanted.dotted in self.modules:
                continue
            self.modules[wanted.dotted] = self.module(wanted)
            waiting.extend(_imports(self.modules[wanted.dotted]))
        return self.finish()

    def finish(self) -> Program:
        modules = {name: module for name, module in self.modules.items() if module}
        self.diagnostics.extend(imports.unknown_names(modules))
        self.diagnostics.extend(imports.cycles(modules))
        if self.diagnostics:
            raise DiagnosticError(self.diagnostics)
        return Program(modules, self.sources, tuple(self.files))

    def module(self, wanted: Import) -> Module | None:
        """What an import names; None, with a diagnostic, where it can't be read."""
        if len(self.modules) >= self.limits.files:
            message = f"this program reads more than {self.limits.files} files"
            raise DiagnosticError([*self.diagnostics, error(codes.TOO_MANY_FILES, message, wanted.module_span)])
        try:
            place = self.library.locate(wanted)
            # The main file by its own name closes a circle; it is not read a second time.
            return self.modules[MAIN] if place.is_file(self.main) else self.parse(self.read(place, wanted))
        except DiagnosticError as refused:
            self.diagnostics.extend(refused.diagnostics)
            return None

    def read(self, place: Place, wanted: Import | None = None) -> Source:
        if place.path:
            self.files.append(place.path)
        wanted_at = wanted.module_span if wanted else None
        return read_text(place.content, place.name, self.limits.source_bytes, self.sources, wanted_at)

    def parse(self, source: Source) -> Module | None:
        parsed = parse(source, self.limits)
        self.diagnostics.extend(parsed.diagnostics)
        return parsed.module


def _imports(module: Module | None) -> tuple[Import, ...]:
    return module.imports if module else ()
