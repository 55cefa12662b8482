"""L504: documentation that speaks of a parameter by a name that it does not have."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from ...compiler.ops import OPERATORS
from ...dsl import tree
from ...dsl.builtins import BUILTINS
from ...dsl.diagnostics import Code
from ...dsl.source import Span
from ...dsl.suggest import closest
from ...dsl.tables import load
from ..context import Context
from ..rule import Finding, Rule

_QUOTED = re.compile(r"`([a-z_]\w*)`")


def _check(context: Context) -> Iterator[Finding]:
    declared = {found.name.name for found in context.names.declarations}
    known = declared | OPERATORS.keys() | BUILTINS.keys() | set(load().words)
    ends = [item.span.end_line for item in context.module.items]
    for comment in context.module.comments:
        below = bisect_left(ends, comment.span.line) if comment.text.startswith("///") else len(ends)
        owner = context.module.items[below] if below < len(ends) else None  # the item that it stands above, or in
        for quoted in _QUOTED.finditer(comment.text) if owner else ():
            meant = closest(quoted[1], _parameters(owner)) if quoted[1] not in known else None
            if meant:
                yield Finding(
                    _span(comment, quoted.start(1), quoted.end(1)),
                    f"`{quoted[1]}` is no parameter, and nothing else of this file",
                    hint=f"did you mean `{meant}`?",
                )


def _parameters(item: tree.Item | None) -> list[str]:
    if item is None or isinstance(item, tree.Constant):
        return []
    return [parameter.name.name for parameter in item.parameters]


def _span(comment: tree.Comment, start: int, end: int) -> Span:
    at = comment.span
    return Span(at.file, at.line, at.column + start, at.line, at.column + end)


RULE = Rule(
    code=Code("L504", "documentation of a parameter that is not there"),
    name="stale-doc-name",
    what="Finds names in backticks in a `///` comment that are nothing in the file and look like a parameter of what "
    "the comment is about.",
    why="The parameter was renamed and its documentation was not, or the name is mistyped. A reader looks in vain.",
    fails="""\
/// A convolution to `filter` channels.
block narrow(x: tensor, filters: int) -> tensor {
  return x |> conv2d(filters, kernel=1)
}
""",
    passes="""\
/// A convolution to `filters` channels.
block narrow(x: tensor, filters: int) -> tensor {
  return x |> conv2d(filters, kernel=1)
}
""",
    check=_check,
)
