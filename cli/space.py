"""`mnet space`: the search space of a model, its points, and the ways from one to another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from ..backends.files import write_atomically
from ..compiler.space.options import shown
from ..compiler.space.pointfile import point_values, print_point
from . import options
from .console import Console, reporting
from .table import table

if TYPE_CHECKING:
    from ..compiler.choices import Continuous, Decision
    from ..compiler.space.point import Point
    from ..compiler.space.sampler import Uniform
    from ..compiler.space.space import Space
    from ..dsl.source import Span

_LISTED = 8
"""Options of a decision that a table shows."""


@click.group(name="space")
def command() -> None:
    """Count, sample and vary the points of a search space: of a model with choices.

    A point is a JSON file, which `mnet compile --choose FILE` takes. A command that makes one point prints its file;
    one that makes several prints a line for each, which is such a file too.
    """


point = click.argument("point", metavar="POINT", type=click.Path(path_type=Path))
seed = click.option("--seed", "start", type=int, default=0, show_default=True, help="Start of the random numbers.")
limit = click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Ends after so many points.")
output = click.option(
    "-o", "--output", metavar="OUT", type=click.Path(path_type=Path), help="The file to write, not stdout."
)
one_hot = click.option("--one-hot", is_flag=True, help="A block of zeros with at most a one for each decision.")
by = click.option(
    "--by", type=click.Choice(["params", "macs"]), default="macs", show_default=True, help="What is compared."
)


# The space ----------------------------------------------------------------------------------


@command.command()
@options.space
@reporting
def describe(console: Console, selection: options.Selection) -> None:
    """List the decisions of MODEL.mnet: their options, their lines, and whether every point has them."""
    from ..compiler.space.openness import openness  # noqa: PLC0415  # the others do without

    space = selection.space(console)
    found = openness(space, {})
    always = found.always if found else frozenset[str]()
    console.result("\n".join(_description(space, always)), lambda: _description_values(space, always))


def _description(space: Space, always: frozenset[str]) -> Iterator[str]:
    rows = [("decision", "options", "open", "line", "count")]
    rows += [(one.path, _options(one), *_openness(one, always)) for one in space.decisions]
    rows += [(one.path, _interval(one), "carried", _line(one.span), "") for one in space.continuous]
    yield from table(rows, 4)
    yield ""
    yield from _counted(space)


def _options(decision: Decision) -> str:
    more = ", ..." if len(decision.options) > _LISTED else ""
    return ", ".join(map(shown, decision.options[:_LISTED])) + more


def _openness(decision: Decision, always: frozenset[str]) -> tuple[str, str, str]:
    where = "always" if decision.path in always else "conditional"
    return where, _line(decision.span), str(len(decision.options))


def _line(span: Span) -> str:
    return f"{span.file_name}:{span.line}"


def _interval(carried: Continuous) -> str:
    return f"{carried.low} to {carried.high}{', by its logarithm' if carried.log else ''}"


def _description_values(space: Space, always: frozenset[str]) -> dict[str, Any]:
    decisions = [
        {"path": one.path, "options": list(one.options), "conditional": one.path not in always, "span": str(one.span)}
        for one in space.decisions
    ]
    carried = [
        {"path": one.path, "low": one.low, "high": one.high, "log": one.log, "span": str(one.span)}
        for one in space.continuous
    ]
    return {**_count_values(space), "decisions": decisions, "carried": carried}


@command.command()
@options.space
@reporting
def count(console: Console, selection: options.Selection) -> None:
    """Count the points of MODEL.mnet exactly.

    A decision counts only at the points where it is open, and a point only where all conditions are met. Without both
    there would be as many as index vectors: the product of the numbers of options.
    """
    space = selection.space(console)
    console.result("\n".join(_counted(space)), lambda: _count_values(space))


def _counted(space: Space) -> list[str]:
    return [f"points         {_large(space.count())}", f"index vectors  {_large(space.raw_count())}"]


def _large(number: int) -> str:
    """An exact number, and of a long one its power of ten."""
    return f"{number:,}" + (f" ({Decimal(number):.2e})".replace("e+", "e") if number >= 10**6 else "")


def _count_values(space: Space) -> dict[str, Any]:
    """The counts as text: most readers of JSON round what has more than 53 bits."""
    return {"model": space.model, "points": str(space.count()), "index_vectors": str(space.raw_count())}


# Points of it -------------------------------------------------------------------------------


@command.command()
@options.space
@seed
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True, help="How many are drawn.")
@click.option(
    "--uniform",
    type=click.Choice(["decisions", "architectures"]),
    default="decisions",
    show_default=True,
    help="What is drawn evenly: each decision among its options, or the points themselves.",
)
@output
@reporting
def sample(  # noqa: PLR0913, PLR0917  # a command's parameters are its options
    console: Console, selection: options.Selection, start: int, count: int, uniform: Uniform, output: Path | None
) -> None:
    """Draw points of MODEL.mnet at random, one a line. The same seed draws the same points."""
    from ..compiler.space.sampler import Sampler  # noqa: PLC0415  # the others do without

    sampler = Sampler(selection.space(console), start, uniform)
    _give_all(console, selection, (sampler.draw() for _ in range(count)), output)


@command.command()
@options.space
@limit
@output
@reporting
def enumerate(console: Console, selection: options.Selection, limit: int | None, output: Path | None) -> None:  # noqa: A001  # the command's name
    """List the points of MODEL.mnet, one a line, in the order of the text and of the options."""
    if console.json and limit is None:
        raise click.UsageError("`--format json` makes one object of all points: say `--limit`, or leave it out")
    _give_all(console, selection, islice(selection.space(console).points(), limit), output)


@command.command(name="min")
@options.space
@by
@output
@reporting
def minimum(console: Console, selection: options.Selection, by: str, output: Path | None) -> None:
    """Find the point of MODEL.mnet with the fewest parameters or MACs."""
    _give_extreme(console, selection, "minimum", by, output)


@command.command(name="max")
@options.space
@by
@output
@reporting
def maximum(console: Console, selection: options.Selection, by: str, output: Path | None) -> None:
    """Find the point of MODEL.mnet with the most parameters or MACs."""
    _give_extreme(console, selection, "maximum", by, output)


def _give_extreme(console: Console, selection: options.Selection, which: str, by: str, output: Path | None) -> None:
    from ..compiler.space.extremes import LAYERS  # noqa: PLC0415  # the others do without

    with console.progress("counting layers", LAYERS, long=LAYERS) as progress:
        found = getattr(selection.space(console), which)(by, progress)
    proof = "exact" if found.exact else "bound"
    console.notice(f"notice: {found.value:,} {by} ({proof})")
    _give(console, selection, found.point, output, by=by, value=found.value, proof=proof)


@command.command()
@options.space
@point
@reporting
def cost(console: Console, selection: options.Selection, point: Path) -> None:
    """Show what POINT costs: the totals of `mnet cost MODEL.mnet --choose POINT`."""
    chosen, space = _chosen(console, selection, point)
    counts = space.cost(chosen)
    rows = [(name.replace("_", " "), f"{value:,}") for name, value in asdict(counts).items()]
    console.result("\n".join(table(rows, 1)), lambda: {"model": space.model, "total": asdict(counts)})


# Points as vectors --------------------------------------------------------------------------


@command.command()
@options.space
@point
@one_hot
@reporting
def encode(console: Console, selection: options.Selection, point: Path, one_hot: bool) -> None:
    """Print POINT as a vector: for each decision that `describe` lists the index of its option, -1 where not open."""
    from ..compiler.space import encoding  # noqa: PLC0415  # the others do without

    chosen, space = _chosen(console, selection, point)
    code = (encoding.one_hot if one_hot else encoding.encode)(space, chosen)
    console.result(json.dumps(code), lambda: {"model": space.model, "code": code})


@command.command()
@options.space
@click.argument("code", metavar="CODE", callback=lambda _, __, text: _code(text))
@one_hot
@click.option(
    "--carry",
    metavar="PATH=NUMBER",
    multiple=True,
    callback=lambda _, __, words: _carried(words),
    help="A hyper-parameter that the point carries; may be repeated.",
)
@output
@reporting
def decode(  # noqa: PLR0913, PLR0917  # as above
    console: Console,
    selection: options.Selection,
    code: list[int],
    one_hot: bool,
    carry: dict[str, float],
    output: Path | None,
) -> None:
    """Print the point that CODE stands for, such as "[0, 2, -1]"."""
    from ..compiler.space import encoding  # noqa: PLC0415  # the others do without

    decoder = encoding.from_one_hot if one_hot else encoding.decode
    _give(console, selection, decoder(selection.space(console), code, carry), output)


def _code(text: str) -> list[int]:
    try:
        code = json.loads(text)
    except (ValueError, RecursionError):
        code = None
    if not isinstance(code, list):
        raise click.BadParameter("a code is a list of numbers in brackets")
    return code


def _carried(words: Iterable[str]) -> dict[str, float]:
    try:
        return {path: float(number) for path, _, number in (word.partition("=") for word in words)}
    except ValueError:
        raise click.BadParameter("a hyper-parameter is given as PATH=NUMBER") from None


# From point to point ------------------------------------------------------------------------


@command.command()
@options.space
@point
@limit
@output
@reporting
def neighbours(
    console: Console, selection: options.Selection, point: Path, limit: int | None, output: Path | None
) -> None:
    """List the points that differ from POINT in one decision, one a line."""
    from ..compiler.space import variation  # noqa: PLC0415  # the others do without

    chosen, space = _chosen(console, selection, point)
    _give_all(console, selection, islice(variation.neighbours(space, chosen), limit), output)


@command.command()
@options.space
@point
@seed
@output
@reporting
def mutate(console: Console, selection: options.Selection, point: Path, start: int, output: Path | None) -> None:
    """Print a point that differs from POINT in one decision, drawn at random."""
    from ..compiler.space import variation  # noqa: PLC0415  # the others do without

    chosen, space = _chosen(console, selection, point)
    _give(console, selection, variation.mutate(space, chosen, Random(start)), output)  # noqa: S311  # a search keeps no secrets


@command.command()
@options.space
@point
@click.argument("other", metavar="POINT", type=click.Path(path_type=Path))
@seed
@output
@reporting
def crossover(  # noqa: PLR0913, PLR0917  # as above
    console: Console, selection: options.Selection, point: Path, other: Path, start: int, output: Path | None
) -> None:
    """Print a child of two points, which has each option from one of them, drawn at random."""
    from ..compiler.space import variation  # noqa: PLC0415  # the others do without

    first, space = _chosen(console, selection, point)
    second = selection.read_point(console, other)
    _give(console, selection, variation.crossover(space, first, second, Random(start)), output)  # noqa: S311  # a search keeps no secrets


# What goes in and out -----------------------------------------------------------------------


def _chosen(console: Console, selection: options.Selection, path: Path) -> tuple[Point, Space]:
    """The point of a file, and the space that it is of."""
    point = selection.read_point(console, path)
    return point, selection.space(console, point.model)


def _give(console: Console, selection: options.Selection, point: Point, output: Path | None, **more: object) -> None:
    """Prints or writes a point file."""
    if output:
        write_atomically(output, lambda file: file.write(print_point(point).encode()), [selection.program])
    text = "" if output else print_point(point).rstrip()
    console.result(text, lambda: {"point": point_values(point), **more})


def _give_all(console: Console, selection: options.Selection, points: Iterable[Point], output: Path | None) -> None:
    """Prints or writes points as they come, one a line; for programs all at once."""
    values = map(point_values, points)
    lines = map(json.dumps, values)
    if output:
        write_atomically(
            output, lambda file: file.writelines(f"{line}\n".encode() for line in lines), [selection.program]
        )
        console.result("", lambda: {"output": str(output)})
    elif console.json:
        console.result("", lambda: {"points": list(values)})
    else:
        for line in lines:
            console.result(line, dict)
