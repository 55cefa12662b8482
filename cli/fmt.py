"""`mnet fmt`: programs in their canonical layout."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from ..backends.files import write_atomically
from ..dsl.diagnostics import Diagnostic, DiagnosticError
from ..dsl.format import format_source
from ..dsl.format.around import format_around_errors
from ..dsl.limits import DEFAULT
from ..dsl.parser import parse
from ..dsl.reading import decode
from ..dsl.render import to_json
from ..dsl.source import Source
from . import programs
from .console import FINDINGS, WRONG_INPUT, Console, reporting
from .programs import STDIN


@dataclass(frozen=True)
class Formatted:
    """A program as it was found, and as it is laid out."""

    name: str
    before: bytes
    after: bytes
    errors: tuple[Diagnostic, ...]
    """Of the text that is in the file now."""

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def diff(self) -> str:
        """What changes, as `diff -u` shows it; empty where nothing does."""
        return programs.difference(self.name, *(text.decode("utf-8-sig") for text in (self.before, self.after)))


@click.command(name="fmt")
@programs.argument
@click.option("--check", is_flag=True, help="Writes nothing; exit code 1 if a file would change.")
@click.option("--diff", is_flag=True, help="The same, and shows what would change.")
@reporting
def command(console: Console, paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Lay out programs in the one canonical way, and print the names of those that change.

    A directory stands for all *.mnet files under it, but for hidden ones; `-` reads stdin and writes to stdout.
    White space, last commas and needless parentheses change, but no word and no comment.

    Syntax errors are reported, and the exit code is 2. What does not parse is left as it is, and the rest is formatted.
    """
    done: list[Formatted] = []
    failed: list[Diagnostic] = []
    for path in programs.files(paths):
        try:
            done.append(_format(console, path, write=not check and not diff))
            failed.extend(done[-1].errors)
        except DiagnosticError as failure:
            failed.extend(failure.diagnostics)
    shown = _shown(done, diff=diff, whole=STDIN in paths and not check)
    console.result(shown.removesuffix("\n"), lambda: _values(done, failed, whole=STDIN in paths))
    _finish(console, failed, findings=(check or diff) and any(program.changed for program in done))


def _format(console: Console, path: Path, *, write: bool) -> Formatted:
    name, data = programs.read(path)
    source = decode(data, name, DEFAULT.source_bytes, console.sources)
    text, errors = _laid_out(source)
    program = Formatted(name, data, text.encode(), errors)
    if not write or path == STDIN:
        return program
    write_atomically(path, lambda file: file.write(program.after))
    if not errors:
        return program
    return replace(program, errors=parse(console.sources.add(Source(name, text))).diagnostics)


def _laid_out(source: Source) -> tuple[str, tuple[Diagnostic, ...]]:
    try:
        return format_source(source), ()
    except DiagnosticError as refused:
        return format_around_errors(source), refused.diagnostics


def _shown(done: list[Formatted], *, diff: bool, whole: bool) -> str:
    if diff:
        return "".join(program.diff for program in done)
    if whole:
        return "".join(program.after.decode() for program in done)
    return "".join(f"{program.name}\n" for program in done if program.changed)


def _values(done: list[Formatted], failed: list[Diagnostic], *, whole: bool) -> dict[str, Any]:
    return {
        "files": [{"path": program.name, "changed": program.changed, "diff": program.diff} for program in done],
        "text": done[0].after.decode() if whole and done else None,
        "diagnostics": to_json(failed)["diagnostics"],
    }


def _finish(console: Console, failed: list[Diagnostic], *, findings: bool) -> None:
    if failed and not console.json:
        console.diagnostics(failed)
    sys.exit(WRONG_INPUT if failed else FINDINGS if findings else 0)
