"""L107: `import m { a as a }`."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Edit
from ..context import Context
from ..edits import has_comment
from ..rule import Finding, Rule, safe


def _check(context: Context) -> Iterator[Finding]:
    for name in context.all(tree.ImportedName):
        if name.alias is not None and name.alias.name == name.name.name:
            fix = None if has_comment(context, name.span) else safe("drop `as`", Edit(name.span, name.name.name))
            yield Finding(name.span, f"`{name.name.name}` is imported under its own name", "says it twice", fix=fix)


RULE = Rule(
    code=Code("L107", "import renamed to its own name"),
    name="needless-alias",
    what="Finds `as` in imports where it gives a name that the thing has anyway.",
    why="It looks as if something was renamed, and nothing is.",
    fails="""\
import std.mobile { conv_bn as conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16)
}
""",
    passes="""\
import std.mobile { conv_bn }

/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv_bn(16)
}
""",
    check=_check,
)
