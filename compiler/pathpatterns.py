"""Patterns over the paths of layers: `backbone.stage3.*`, `**.project`.

A `*` stands for any part of a segment, `**` for any number of segments, none too. A pattern that fits the path of a
group of layers is about all of them: `**.project` is about `block2.project.conv` and `block2.project.bn`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from ..dsl.suggest import closest

ANY_NUMBER = "**"
_MOST_CANDIDATES = 1000

Covers = Callable[[str], object]
"""Whether a pattern is about the layer of a path."""


def covers(pattern: str) -> Covers:
    """What tells of each path whether the pattern is about it, in time linear in the path."""
    expression = re.compile("".join(_pieces(pattern.split("."))))
    return lambda path: expression.match(path + ".")


def _pieces(segments: Sequence[str]) -> Iterator[str]:
    """The first place that fits a run of segments is the best, so none is left again: the groups are atomic."""
    run: list[str] = []
    floating = False
    for segment in segments:
        if segment == ANY_NUMBER:
            yield _run(run, floating)
            run, floating = [], True
        else:
            run.append(_segment(segment))
    yield _run(run, floating)


def _run(segments: Sequence[str], floating: bool) -> str:
    text = "".join(segments)
    return rf"(?>(?:[^.]+\.)*?{text})" if floating else f"(?>{text})"


def _segment(glob: str) -> str:
    first, *rest = map(re.escape, glob.split("*"))
    middle = "".join(f"(?>[^.]*?{part})" for part in rest[:-1])
    return rf"(?>{first}{middle}{'[^.]*' + rest[-1] if rest else ''}\.)"


def likely_pattern(pattern: str, paths: Sequence[str]) -> str | None:
    """The pattern with its first segment that leads nowhere replaced by the nearest that does, if that helps."""
    segments = pattern.split(".")
    if pattern == ANY_NUMBER or not paths:
        return None
    place = _first_stray(segments, paths)
    near = closest(segments[place], islice(_followers(segments[:place], paths), _MOST_CANDIDATES))
    likely = ".".join([*segments[:place], near, *segments[place + 1 :]]) if near else None
    return likely if likely and any(map(covers(likely), paths)) else None


def _first_stray(segments: Sequence[str], paths: Sequence[str]) -> int:
    """The index of the segment up to which the pattern is about some path, and with which it is about none."""
    low, high = 0, len(segments) - 1
    while low < high:
        middle = (low + high) // 2
        if any(map(covers(".".join(segments[: middle + 1])), paths)):
            low = middle + 1
        else:
            high = middle
    return low


def _followers(before: Sequence[str], paths: Iterable[str]) -> Iterator[str]:
    """The segments, each once, that stand in a path behind what fits `before`."""
    floating = ANY_NUMBER in before
    fits = covers(".".join(before)) if before else lambda _: True
    seen = set()
    for path in filter(fits, paths):
        segments = path.split(".")
        for segment in segments if floating else segments[len(before) : len(before) + 1]:
            if segment not in seen:
                seen.add(segment)
                yield segment
