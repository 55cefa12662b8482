"""Options that several commands share, each declared once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from .. import driver
from ..driver import Network
from ..dsl.record import record
from .console import Console

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _pairs(_: click.Context, __: click.Parameter, words: Sequence[str]) -> dict[str, str]:
    """`("width=0.75",)` -> `{"width": "0.75"}`; the elaborator reads the values by the parameters' types."""
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"`{word}` is not of the form NAME=VALUE")
        pairs[name] = value
    return pairs


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

_SOURCE = (program, model, parameters, roots)
_CHECKPOINT = (weights, rename, seed)


@record
class Selection:
    """The model that a command is about, as the shared options name it."""

    program: Path
    model: str | None
    parameters: dict[str, str]
    roots: tuple[Path, ...]
    weights: Path | None = None
    rename: Path | None = None
    seed: int = 0

    def load(self, console: Console) -> Network:
        """The network, with its weights. Raises DiagnosticError."""
        return driver.load(
            self.program,
            self.model,
            set=self.parameters,
            roots=self.roots,
            seed=self.seed,
            sources=console.sources,
            weights=self.weights,
            rename=self.rename,
        )


def source(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a model of a program, given to the command as one `selection`."""
    return _selecting(command, _SOURCE)


def network(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same with those that say where its weights come from."""
    return _selecting(command, _SOURCE + _CHECKPOINT)


def _selecting(command: Callable[..., Any], group: Sequence[Decorator]) -> Callable[..., Any]:
    @functools.wraps(command)
    def selected(**given: Any) -> None:
        names = [field.name for field in fields(Selection) if field.name in given]
        command(selection=Selection(**{name: given.pop(name) for name in names}), **given)

    wrapped: Callable[..., Any] = selected
    for option in reversed(group):
        wrapped = option(wrapped)
    return wrapped
