"""Programs as commands take them: files, directories, stdin."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from ..dsl.limits import DEFAULT
from ..dsl.reading import read_bytes

STDIN = Path("-")
STDIN_NAME = "<stdin>"


def _alone(_: click.Context, __: click.Parameter, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    if STDIN in paths and len(paths) > 1:
        raise click.UsageError("`-` stands alone")
    return paths


argument = click.argument(
    "paths", metavar="FILE...|-", nargs=-1, required=True, type=click.Path(path_type=Path), callback=_alone
)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, each once; for a directory all *.mnet files under it, but for hidden ones."""
    listed = (_within(path) if path.is_dir() else [path] for path in paths)
    yield from dict.fromkeys(path for group in listed for path in group)


def _within(directory: Path) -> list[Path]:
    found = (path for path in directory.rglob("*.mnet") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(directory).parts))


def read(path: Path) -> tuple[str, bytes]:
    """The name of a program in messages, and its bytes. Raises DiagnosticError."""
    limit = DEFAULT.source_bytes
    if path == STDIN:
        return STDIN_NAME, sys.stdin.buffer.read(limit + 1) if sys.stdin else b""
    return str(path), read_bytes(path, str(path), limit)


def difference(name: str, before: str, after: str) -> str:
    """What changes, as `diff -u` shows it; empty where nothing does."""
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
