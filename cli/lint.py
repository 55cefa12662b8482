"""`mnet lint`: what is legal in a program and still not what its author wants."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from .. import driver
from ..backends.files import write_atomically
from ..backends.targets import TARGETS
from ..dsl.diagnostics import Diagnostic, DiagnosticError, Severity
from ..dsl.limits import DEFAULT
from ..dsl.modules import Program
from ..dsl.reading import decode
from ..dsl.record import record
from ..dsl.render import render, to_json
from ..dsl.suggest import hint
from ..lint import outputs
from ..lint.engine import lint
from ..lint.fixing import fix
from ..lint.rules import RULES
from ..lint.select import selected, unknown
from . import options, programs
from .console import FINDINGS, WRONG_INPUT, Console, coloured, reporting_as


@record
class Linted:
    """A program, and what was found in it. `after` is its text after fixes, None where none were asked for."""

    path: Path
    before: str
    after: str | None
    found: tuple[Diagnostic, ...]
    fixed: int = 0


@record
class Job:
    """What is to be done with each program."""

    codes: tuple[str, ...]
    target: str | None
    roots: tuple[Path, ...]
    fix: bool
    unsafe: bool


def _codes(_: click.Context, __: click.Parameter, words: Sequence[str]) -> tuple[str, ...]:
    """`("L1,L203",)` -> `("L1", "L203")`, each the beginning of a code."""
    codes = tuple(code.strip() for word in words for code in word.split(","))
    for code in unknown(codes):
        raise click.BadParameter(f"no rule's code begins with `{code}`{_likely(code)}")
    return codes


def _likely(code: str) -> str:
    meant = hint(code.upper(), RULES)
    return f"; {meant}" if meant else ""


@click.command(name="lint")
@programs.argument
@click.option("--select", metavar="CODES", multiple=True, callback=_codes, help="Only rules whose codes begin so.")
@click.option("--ignore", metavar="CODES", multiple=True, callback=_codes, help="Not the rules whose codes begin so.")
@click.option("--fix", "fixing", is_flag=True, help="Mends what can be mended without changing any network.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="The same, also where it changes the network.")
@click.option("--diff", is_flag=True, help="Writes nothing, and shows what --fix would change.")
@click.option("--statistics", is_flag=True, help="Counts the findings of each rule instead of showing them.")
@click.option("--target", type=click.Choice(sorted(TARGETS)), help="Adds the rules of a target.")
@options.roots
@reporting_as("full", "concise", "json", "github", "sarif")
def command(  # noqa: PLR0913, PLR0917  # its options
    console: Console,
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fixing: bool,
    unsafe: bool,
    diff: bool,
    statistics: bool,
    target: str | None,
    roots: tuple[Path, ...],
) -> None:
    """Look for what is legal in programs and still unwanted: unused names, layers that cost and do nothing, style.

    A directory stands for all *.mnet files under it, but for hidden ones; `-` reads stdin, and with --fix writes
    to stdout. `mnet explain CODE` tells about a rule; a comment `// lint: ignore CODE` silences it.

    Exit code 1 where anything was found and not mended, 2 where a file can't be read.
    """
    job = Job(tuple(selected(select, ignore)), target, roots, fixing or unsafe or diff, unsafe)
    done: list[Linted] = []
    unreadable: list[Diagnostic] = []
    for path in programs.files(paths):
        try:
            done.append(_lint(console, path, job, write=not diff))
        except DiagnosticError as failure:
            unreadable.extend(failure.diagnostics)
    if diff:
        _show_difference(console, done, unreadable)
    _show(console, done, unreadable, statistics=statistics)


def _lint(console: Console, path: Path, job: Job, *, write: bool) -> Linted:
    """One program, mended on disk where that is wanted. Raises DiagnosticError where it can't be read or written."""
    name, data = programs.read(path)
    text = decode(data, name, DEFAULT.source_bytes, console.sources).text
    read = partial(_read, console, path, job)
    try:
        program = read(text)
    except DiagnosticError as failure:
        return Linted(path, text, text if job.fix else None, failure.diagnostics)
    if not job.fix:
        return Linted(path, text, None, tuple(lint(program, job.codes, job.target)))
    fixed = fix(program, partial(lint, codes=job.codes, target=job.target), read, unsafe=job.unsafe)
    if write and fixed.applied and path != programs.STDIN:
        write_atomically(path, lambda file: file.write(fixed.text.encode()))
    return Linted(path, text, fixed.text, fixed.left, len(fixed.applied))


def _read(console: Console, path: Path, job: Job, text: str) -> Program:
    if path == programs.STDIN:
        return driver.read_source(text, programs.STDIN_NAME, console.sources)
    return driver.read(path, job.roots, console.sources, text)


# What is shown ------------------------------------------------------------------------------


def _show_difference(console: Console, done: Sequence[Linted], unreadable: Sequence[Diagnostic]) -> None:
    """Only what would change, and why something can't; ends the command."""
    shown = "".join(programs.difference(str(one.path), one.before, one.after or one.before) for one in done)
    broken = [*unreadable, *(found for found in _found(done) if found.severity is Severity.ERROR)]
    console.result(shown.removesuffix("\n"), lambda: {"diff": shown, "diagnostics": to_json(broken)["diagnostics"]})
    if broken and not console.json:
        console.diagnostics(broken)
    sys.exit(WRONG_INPUT if unreadable else FINDINGS if shown or broken else 0)


def _found(done: Iterable[Linted]) -> Iterator[Diagnostic]:
    return (finding for one in done for finding in one.found)


def _show(console: Console, done: Sequence[Linted], unreadable: Sequence[Diagnostic], *, statistics: bool) -> None:
    found = [*unreadable, *_found(done)]
    text = next((one.after for one in done if one.path == programs.STDIN), None)
    names = [str(one.path) for one in done]
    if text is not None and not console.json:
        console.diagnostics(found)
    shown = _text(console, found, statistics=statistics) if text is None else text
    console.result(shown.removesuffix("\n"), lambda: {**outputs.as_json(found, names), "text": text})
    _summarise(console, done, found)
    sys.exit(WRONG_INPUT if unreadable else FINDINGS if found else 0)


def _text(console: Console, found: Sequence[Diagnostic], *, statistics: bool) -> str:
    if statistics:
        return outputs.statistics_text(outputs.statistics(found))
    match console.format:
        case "concise":
            return outputs.concise(found)
        case "github":
            return outputs.github(found)
        case "sarif":
            return _sarif(found)
        case "full":
            return render(found, console.sources, colour=coloured(sys.stdout))
    return ""


def _sarif(found: Sequence[Diagnostic]) -> str:
    from ..lint.sarif import sarif  # noqa: PLC0415  # few runs ask for it

    return json.dumps(sarif(found), indent=2)


def _summarise(console: Console, done: Sequence[Linted], found: Sequence[Diagnostic]) -> None:
    """A last line for people."""
    if console.format not in ("full", "concise"):
        return
    mended = sum(one.fixed for one in done)
    parts = [f"{mended} fixed"] * (mended > 0)
    parts += [_counted(found)] * (len(found) > 0)
    if parts:
        console.notice("; ".join(parts))


def _counted(found: Sequence[Diagnostic]) -> str:
    count = f"{len(found)} finding{'s' * (len(found) != 1)}"
    mendable = sum(map(outputs.fixable, found))
    return f"{count}, {mendable} of them for `--fix`" if mendable else count
