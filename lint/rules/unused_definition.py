"""L102: a constant, function or block that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ..context import Context
from ..edits import removal
from ..names import Declaration, Kind
from ..rule import Finding, Rule, safe, unsafe


def _check(context: Context) -> Iterator[Finding]:
    for found in context.names.of_kind(Kind.CONSTANT, Kind.FUNCTION, Kind.BLOCK):
        exported = found.owner is None and not context.has_models
        if not found.uses and not exported:
            yield _finding(context, found)


def _finding(context: Context, found: Declaration) -> Finding:
    """Other files may import what stands at the top of one, so only a local function is gone for sure."""
    edit = removal(context, found.node.span, found.node.doc)
    promise = safe if found.owner else unsafe
    message = f"the {found.kind.value} `{found.name.name}` is never used"
    fix = promise(f"remove `{found.name.name}`", edit) if edit else None
    return Finding(found.span, message, "declared here only", fix=fix)


RULE = Rule(
    code=Code("L102", "definition that nothing uses"),
    name="unused-definition",
    what="Finds constants, functions and blocks that a file with models declares and does not use, and functions "
    "inside of blocks and models that these do not use. A file without models is a library: what it declares is for "
    "others.",
    why="What is not used is not tested either, and its reader looks for the place that needs it. Blocks that several "
    "files need stand better in a file of their own.",
    fails="""\
least = 8

/// One layer of as many channels as are asked for.
model Net(channels: int = 16) {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(channels)
}
""",
    passes="""\
least = 8

/// One layer of as many channels as are asked for, but not too few.
model Net(channels: int = 16) {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(max(least, channels))
}
""",
    check=_check,
)
