"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

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

_SHARED = (program, model, parameters, roots)


def source(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a model of a program: MODEL.mnet, --model, --set, --root."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def checkpoint(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where weights come from: --weights, --rename, --seed."""
    for option in reversed((weights, rename, seed)):
        command = option(command)
    return command
