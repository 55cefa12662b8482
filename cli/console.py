"""What commands share in talking to people and to programs.

Results go to stdout, everything else to stderr. With `--format json` a command prints one JSON object
with a `schema_version`, whatever happens.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, ParamSpec, TextIO

import click

from ..backends.codes import CANNOT_WRITE
from ..compiler.codes import OUT_OF_MEMORY
from ..dsl.diagnostics import Diagnostic, DiagnosticError, error
from ..dsl.source import Sources

SCHEMA_VERSION = 1
FINDINGS = 1
WRONG_INPUT = 2
LONG_FILE = 128 << 20
"""Bytes that take seconds to write."""

P = ParamSpec("P")


@dataclass
class Console:
    """Where a command reports. `sources` fills up as files are read, so that their lines can be shown."""

    format: str = "text"
    sources: Sources = field(default_factory=Sources)

    @property
    def json(self) -> bool:
        """Whether a program reads the result."""
        return self.format == "json"

    def result(self, text: str, values: Callable[[], Mapping[str, Any]]) -> None:
        """Prints the command's result: the text for people, or for programs the values, which are made only then."""
        if self.json:
            text = json.dumps({"schema_version": SCHEMA_VERSION, **values()}, indent=2)
        if text:
            self._print(text)

    def _print(self, text: str) -> None:
        """Prints to stdout. A reader that has seen enough (`| head`) is no error, and click's own to end quietly."""
        try:
            click.echo(text)
        except BrokenPipeError:
            raise
        except OSError as failure:
            self.diagnostics([error(CANNOT_WRITE, f"can't write the result: {str(failure.strerror).lower()}")])
            sys.exit(WRONG_INPUT)

    def notice(self, text: str) -> None:
        """Says something on the side."""
        click.echo(text, err=True)

    def diagnostics(self, found: Iterable[Diagnostic]) -> None:
        """Shows diagnostics to people."""
        from ..dsl.render import render  # noqa: PLC0415  # most runs have nothing to show

        click.echo(render(found, self.sources, colour=coloured(sys.stderr)), err=True, nl=False)

    @contextlib.contextmanager
    def progress(self, title: str, total: int, long: int = LONG_FILE) -> Iterator[Callable[[int], object]]:
        """A bar on stderr for work on `total` things, where somebody looks and these are `long` enough to be seen."""
        if total < long or not sys.stderr.isatty():
            yield lambda done: None
            return
        with click.progressbar(length=total, label=title, file=sys.stderr) as bar:
            yield bar.update

    def fail(self, found: Iterable[Diagnostic], code: int = WRONG_INPUT) -> NoReturn:
        """Shows what was found, in the chosen format, and ends with `code`."""
        from ..dsl.render import to_json  # noqa: PLC0415  # as above

        listed = tuple(found)
        if self.json:
            self.result("", lambda: to_json(listed))
        else:
            self.diagnostics(listed)
        sys.exit(code)


def coloured(stream: TextIO) -> bool:
    """Whether what is printed there may have colours: on a terminal, unless its user wants none (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def reporting(command: Callable[P, None]) -> Callable[P, None]:
    """Gives the command a `console`, and turns diagnostics that it raises into its output and exit code 2."""
    return reporting_as("text", "json")(command)


def reporting_as(*formats: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """The same for a command with formats of its own, the first of them the one that is not asked for."""
    option = click.option(
        "--format", "format_", type=click.Choice(formats), default=formats[0], help="How results are printed."
    )

    def decorate(command: Callable[P, None]) -> Callable[P, None]:
        @option
        @functools.wraps(command)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
            console = Console(str(kwargs.pop("format_")))
            kwargs["console"] = console
            try:
                command(*args, **kwargs)
            except DiagnosticError as failure:
                console.fail(failure.diagnostics)
            except MemoryError:
                console.fail([error(OUT_OF_MEMORY, "there is not enough memory for what this model needs")])

        return wrapped

    return decorate
