"""`mnet fmt`: programs in their canonical layout."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..backends.files import write_atomically
from ..dsl.diagnostics import Diagnostic, DiagnosticError
from ..dsl.format import format_source
from ..dsl.limits import DEFAULT
from ..dsl.reading import decode, read_bytes
from ..dsl.render import to_json
from .console import FINDINGS, WRONG_INPUT, Console, reporting

_STDIN = Path("-")


@dataclass(frozen=True)
class Formatted:
    """A program as it was found, and as it is laid out."""

    name: str
    before: bytes
    after: bytes

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def diff(self) -> str:
        """What changes, as `diff -u` shows it; empty where nothing does."""
        before, after = (text.decode("utf-8-sig").splitlines(keepends=True) for text in (self.before, self.after))
        lines = difflib.unified_diff(before, after, self.name, self.name)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@click.command(name="fmt")
@click.argument("paths", metavar="FILE...|-", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Writes nothing; exit code 1 if a file would change.")
@click.option("--diff", is_flag=True, help="The same, and shows what would change.")
@reporting
def command(console: Console, paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Lay out programs in the one canonical way, and print the names of those that change.

    A directory stands for all *.mnet files under it, but for hidden ones; `-` reads stdin and writes to stdout.
    White space, last commas and needless parentheses change, but no word and no comment.

    A file with a syntax error is reported and left as it is; the others are formatted. Exit code 2 then.
    """
    if _STDIN in paths and len(paths) > 1:
        raise click.UsageError("`-` stands alone")
    done: list[Formatted] = []
    failed: list[Diagnostic] = []
    for path in _files(paths):
        try:
            done.append(_format(console, path, write=not check and not diff))
        except DiagnosticError as failure:
            failed.extend(failure.diagnostics)
    shown = _shown(done, diff=diff, whole=_STDIN in paths and not check)
    console.result(shown.removesuffix("\n"), lambda: _values(done, failed, whole=_STDIN in paths))
    _finish(console, failed, findings=(check or diff) and any(program.changed for program in done))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, each once."""
    listed = (_within(path) if path.is_dir() else [path] for path in paths)
    yield from dict.fromkeys(path for group in listed for path in group)


def _within(directory: Path) -> list[Path]:
    found = (path for path in directory.rglob("*.mnet") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(directory).parts))


def _format(console: Console, path: Path, *, write: bool) -> Formatted:
    limit = DEFAULT.source_bytes
    if path == _STDIN:
        name, data = "<stdin>", sys.stdin.buffer.read(limit + 1) if sys.stdin else b""
    else:
        name, data = str(path), read_bytes(path, str(path), limit)
    program = Formatted(name, data, format_source(decode(data, name, limit, console.sources)).encode())
    if write and path != _STDIN:
        write_atomically(path, lambda file: file.write(program.after))
    return program


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
