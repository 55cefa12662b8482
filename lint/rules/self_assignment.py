"""L706: `x = x`."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code
from ..context import Context
from ..edits import removal
from ..rule import Finding, Rule, safe


def _check(context: Context) -> Iterator[Finding]:
    for node in context.all(tree.Assign):
        match node:
            case tree.Assign(tree.Pattern((tree.Identifier(name),)), tree.Name(same)) if name == same:
                edit = removal(context, node.span)
                fix = safe("remove the assignment", edit) if edit else None
                yield Finding(node.span, f"`{name}` is assigned to itself", "changes nothing", fix=fix)


RULE = Rule(
    code=Code("L706", "assignment to itself"),
    name="self-assignment",
    what="Finds assignments of a name to itself.",
    why="It does nothing. Mostly another name was meant on one of the sides.",
    fails="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16)
  x = x
  output features = x
}
""",
    passes="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16)
  x = x |> relu
  output features = x
}
""",
    check=_check,
)
