"""Options that several commands share, each declared once."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import driver
from ..driver import Network
from ..dsl.record import record
from .console import Console

if TYPE_CHECKING:
    from ..compiler.space.point import Point
    from ..compiler.space.space import Space

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def decided(words: Sequence[str]) -> dict[str, object]:
    """`("stage0.kernel=5",)` -> `{"stage0.kernel": 5}`: an option is read as JSON, and as a word where it is none."""
    return {path: _option(text) for path, text in _split(words, "PATH=OPTION").items()}


def _option(text: str) -> object:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text)
    return text


def _split(words: Sequence[str], form: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"`{word}` is not of the form {form}")
        pairs[name] = value
    return pairs


def _pairs(_: click.Context, __: click.Parameter, words: Sequence[str]) -> dict[str, str]:
    """`("width=0.75",)` -> `{"width": "0.75"}`; the elaborator reads the values by the parameters' types."""
    return _split(words, "NAME=VALUE")


def _files(_: click.Context, __: click.Parameter, words: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    return tuple((name, Path(file)) for name, file in _split(words, "NAME=FILE").items())


program = click.argument("program", metavar="MODEL.mnet", type=click.Path(path_type=Path))
model = click.option("--model", metavar="NAME", help="Which model of the file; needed where it has several.")
parameters = click.option(
    "--set",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_pairs,
    help="Gives one of the model's parameters; may be repeated.",
)
roots = click.option(
    "--root",
    "roots",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Where imports are looked for, after the file's own directory; may be repeated.",
)
weights = click.option(
    "--weights",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A checkpoint: .safetensors, .npz, .weights.h5, .keras.",
)
rename = click.option(
    "--rename", metavar="FILE", type=click.Path(path_type=Path), help="How the checkpoint's names become ours."
)
seed = click.option(
    "--seed", type=int, default=0, show_default=True, help="Start of the initialisers, without --weights."
)

choose = click.option(
    "--choose",
    metavar="FILE|PATH=OPTION|max|min",
    multiple=True,
    help="A point of a search space: a point file, single decisions (repeated), or the point of most or fewest MACs.",
)
sample = click.option("--sample", metavar="SEED", type=int, help="Draws the point, as `mnet space sample` does.")

tables = click.option(
    "--table",
    "tables",
    metavar="NAME=FILE",
    multiple=True,
    callback=_files,
    help="A latency table for requirements such as `latency(NAME) <= 80ms`; may be repeated.",
)

_SOURCE = (program, model, parameters, roots)
_POINT = (choose, sample)
_CHECKPOINT = (weights, rename, seed)


@record
class Selection:
    """The model that a command is about, as the shared options name it."""

    program: Path
    model: str | None
    parameters: dict[str, str]
    roots: tuple[Path, ...]
    choose: tuple[str, ...] = ()
    sample: int | None = None
    weights: Path | None = None
    rename: Path | None = None
    seed: int = 0
    tables: tuple[tuple[str, Path], ...] = ()

    def load(self, console: Console) -> Network:
        """The network, with its weights, at the point that is chosen. Raises DiagnosticError."""
        return self._at(console, self.point(console))

    def read_point(self, console: Console, path: Path) -> Point:
        """The point of a file, which fits the model. Raises DiagnosticError."""
        point = self._at(console, path).point
        assert point is not None
        return point

    def _at(self, console: Console, choose: driver.Chosen | None) -> Network:
        return driver.load(
            self.program,
            self.model,
            set=self.parameters,
            choose=choose,
            roots=self.roots,
            seed=self.seed,
            sources=console.sources,
            weights=self.weights,
            rename=self.rename,
            tables=dict(self.tables),
        )

    def space(self, console: Console, model: str | None = None) -> Space:
        """The search space of the model, or of the one of that name. Raises DiagnosticError."""
        return driver.space(
            self.program, model or self.model, set=self.parameters, roots=self.roots, sources=console.sources
        )

    def point(self, console: Console) -> driver.Chosen | None:
        """The point that the options choose, None where they choose none. Raises DiagnosticError."""
        if self.sample is not None and self.choose:
            raise click.UsageError("`--sample` and `--choose` exclude each other")
        if self.sample is not None:
            from ..compiler.space.sampler import Sampler  # noqa: PLC0415  # most runs have no space

            return Sampler(self.space(console), self.sample).draw()
        if self.choose in (("max",), ("min",)):
            return self._extreme(console)
        if len(self.choose) == 1 and "=" not in self.choose[0]:
            return Path(self.choose[0])
        return decided(self.choose) if self.choose else None

    def _extreme(self, console: Console) -> Point:
        space = self.space(console)
        found = space.maximum("macs") if self.choose == ("max",) else space.minimum("macs")
        if not found.exact:
            console.notice("notice: the point of most or fewest MACs is only bounded; this is the best one found")
        return found.point


def space(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a model of a program, given to the command as one `selection`."""
    return _selecting(command, _SOURCE)


def source(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same with those that choose a point of its space."""
    return _selecting(command, _SOURCE + _POINT)


def network(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same with those that say where its weights come from."""
    return _selecting(command, _SOURCE + _POINT + _CHECKPOINT)


def _selecting(command: Callable[..., Any], group: Sequence[Decorator]) -> Callable[..., Any]:
    @functools.wraps(command)
    def selected(**given: Any) -> None:
        names = [field.name for field in fields(Selection) if field.name in given]
        command(selection=Selection(**{name: given.pop(name) for name in names}), **given)

    wrapped: Callable[..., Any] = selected
    for option in reversed(group):
        wrapped = option(wrapped)
    return wrapped
