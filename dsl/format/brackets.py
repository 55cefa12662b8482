"""The layout of what stands in brackets: on one line, or one item a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from .document import NOTHING, SPACE, Broken, Doc, Line, concat, group, indent
from .stream import Stream

Item = TypeVar("Item")


def bracketed(s: Stream, items: Sequence[Item], layout: Callable[[Stream, Item], Doc], pad: Line = NOTHING) -> Doc:
    """`(a, b)`; broken, each item stands on a line of its own, with a comma. `pad` goes inside the brackets."""
    opening = s.take()
    parts: list[Doc] = []
    for item in items:
        parts.append(s.gap(SPACE) if parts else s.gap(pad, blank=False))
        parts.append(layout(s, item))
        parts.append(_comma(s, last=len(parts) == 3 * len(items) - 1))
    return concat(opening, _closed(s, parts, pad))


def filled(s: Stream, items: Sequence[Item], layout: Callable[[Stream, Item], Doc]) -> Doc:
    """The same for many short items; broken, a line takes as many as it has room for."""
    opening = s.take()
    parts: list[Doc] = [s.gap(NOTHING, blank=False), layout(s, items[0])]
    for item in items[1:]:
        parts.append(_comma(s, last=False))
        parts.append(group(s.gap(SPACE), layout(s, item)))
    parts.append(_comma(s, last=True))
    return concat(opening, _closed(s, parts, NOTHING))


def enclosed(s: Stream, layout: Callable[[], Doc], pad: Line = NOTHING) -> Doc:
    """`(a)`: one thing that takes no comma."""
    opening = s.take()
    return concat(opening, _closed(s, [s.gap(pad, blank=False), layout()], pad))


def single(s: Stream, layout: Callable[[], Doc]) -> Doc:
    """`(a,)`: a tuple of one, whose comma makes it one."""
    return enclosed(s, lambda: concat(layout(), s.take()))


def _comma(s: Stream, *, last: bool) -> Doc:
    """A comma; the last stands only where the bracket is broken, and does not hide a comment that divides."""
    if not last:
        return s.take()
    return s.skip(",") or Broken("" if s.divided else ",")


def _closed(s: Stream, parts: list[Doc], pad: Line) -> Doc:
    """The items and the closing bracket; nothing is between the brackets if there are none."""
    comments, line = s.closing(pad, blank=None if parts else False)
    return group(indent(*parts, comments), line if parts or comments else "", s.take())
