"""L101: an import that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Edit, Fix
from ..context import Context
from ..edits import has_comment, removal
from ..names import Kind
from ..rule import Finding, Rule, safe


def _check(context: Context) -> Iterator[Finding]:
    unused = {found.span for found in context.names.of_kind(Kind.IMPORT) if not found.uses}
    for wanted in context.module.imports:
        idle = [name for name in wanted.names if name.local.span in unused]
        fix = _without(context, wanted, idle)
        for name in idle:
            message = f"`{name.local.name}` is imported and never used"
            yield Finding(name.local.span, message, "nothing below uses it", hint="remove it", fix=fix)


def _without(context: Context, wanted: tree.Import, idle: list[tree.ImportedName]) -> Fix | None:
    """The import without the names that are idle, or nothing of it; comments in it are for people to move."""
    gone = {name.span for name in idle}
    kept = [name for name in wanted.names if name.span not in gone]
    if not kept:
        edit = removal(context, wanted.span)
        return safe("remove the import", edit) if edit else None
    text = f"import {wanted.dotted} {{ {', '.join(map(_written, kept))} }}"
    return None if has_comment(context, wanted.span) else safe("remove what is not used", Edit(wanted.span, text))


def _written(name: tree.ImportedName) -> str:
    return f"{name.name.name} as {name.alias.name}" if name.alias else name.name.name


RULE = Rule(
    code=Code("L101", "import that nothing uses"),
    name="unused-import",
    what="Finds names that a file imports and does not use.",
    why="A reader looks for what an import is needed for. An imported name can't be imported from here by others, so "
    "one that is not used in the file has no use at all.",
    fails="""\
import std.mobile { conv_bn, squeeze_excite }

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
