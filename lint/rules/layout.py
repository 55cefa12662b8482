"""L701: a file that `mnet fmt` would change."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from ...dsl.diagnostics import Code, Edit
from ...dsl.format import format_module
from ...dsl.source import Span
from ..context import Context
from ..rule import Finding, Rule, safe


def _check(context: Context) -> Iterator[Finding]:
    source = context.source
    formatted = format_module(source, context.module, context.scanned)
    if formatted == source.text:
        return
    pairs = zip_longest(source.lines, formatted.split("\n"))
    number, line = next((number, line) for number, (line, other) in enumerate(pairs, 1) if line != other)
    span = Span(source.name, number, 1, number, len(line or "") + 1)
    fix = safe("`mnet fmt` lays it out", Edit(source.whole, formatted))
    yield Finding(span, "this file is not in the canonical layout", "the first line that differs", fix=fix)


RULE = Rule(
    code=Code("L701", "layout that `mnet fmt` would change"),
    name="layout",
    what="Finds files that `mnet fmt` would change, and names the first line.",
    why="With one layout for everybody, a change shows what was changed.",
    fails="""\
/// One layer.
model Net() {
    input image: f32[N, 32, 32, 3]
    output features = image |> conv2d(16)
}
""",
    passes="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
}
""",
    check=_check,
)
