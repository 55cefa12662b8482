"""In which order the definitions of a file are checked: what they use comes first. Circles are reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import codes
from ..diagnostics import Label
from ..source import Span
from ..tree import Choice, Function, Identifier, Input, Item, Name, ParameterDeclaration, Pattern, Repeat
from .report import Report
from .walk import nodes

MAX_LINKS = 10
"""Links of a circle that are shown."""

Uses = Mapping[int, Span]
"""The items that an item uses, by index, with the first place of use."""


def ordered(items: Sequence[Item], report: Report) -> list[Item]:
    """The items, each after those it uses; a circle of uses is reported."""
    index: dict[str, int] = {}
    for position, item in enumerate(items):
        index.setdefault(item.name.name, position)
    return [items[position] for position in _visit(items, [_uses(item, index) for item in items], report)]


def _visit(items: Sequence[Item], uses: Sequence[Uses], report: Report) -> Iterator[int]:
    """Depth first, used before user, without recursion: a chain of uses may be long."""
    finished: set[int] = set()
    reported: set[int] = set()
    for start in range(len(items)):
        path = {} if start in finished else {start: iter(uses[start])}
        while path:
            current = next(reversed(path))
            used = next(path[current], None)
            if used is None:
                path.popitem()
                finished.add(current)
                yield current
            elif used in path and reported.isdisjoint((used, current)):
                circle = [*path][[*path].index(used) :]
                reported.update(circle)
                _report_circle(items, uses, circle, report)
            elif used not in finished and used not in path:
                path[used] = iter(uses[used])


def _report_circle(items: Sequence[Item], uses: Sequence[Uses], circle: list[int], report: Report) -> None:
    names = [f"`{items[position].name.name}`" for position in circle]
    links = list(zip(circle, circle[1:] + circle[:1], strict=True))[:MAX_LINKS]
    message = f"{names[0]} is defined in terms of itself"
    if len(circle) > 1:
        chain = ", which uses ".join([*names[1:MAX_LINKS], "..."] if len(names) > MAX_LINKS else [*names[1:], names[0]])
        message += f": it uses {chain}"
    report.error(
        codes.RECURSION,
        message,
        items[circle[0]].name.span,
        "defined here",
        others=tuple(
            Label(uses[user][used], f"`{items[user].name.name}` uses `{items[used].name.name}`") for user, used in links
        ),
        hint="there is no recursion; a loop over a list repeats things",
    )


def _uses(item: Item, index: Mapping[str, int]) -> Uses:
    """What the item uses by name, and does not bind itself."""
    uses: dict[str, Span] = {}
    bound: set[str] = set()
    for node in nodes(item):
        if isinstance(node, Name):
            if node.name in index:
                uses.setdefault(node.name, node.span)
        elif node is not item:
            bound.update(_binds(node))
    return {index[name]: span for name, span in uses.items() if name not in bound}


def _binds(node: Any) -> Iterator[str]:
    match node:
        case Pattern(names):
            yield from (name.name for name in names if isinstance(name, Identifier))
        case ParameterDeclaration(name) | Input(name) | Function(name) | Choice(name):
            yield name.name
        case Repeat():
            yield from ("index", "first")
