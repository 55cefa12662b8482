"""L104: a variable that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Fix
from ..context import Context
from ..edits import removal
from ..names import Declaration, Kind
from ..rule import Finding, Rule, safe, unsafe
from ..values import is_value


def _check(context: Context) -> Iterator[Finding]:
    for found in context.names.of_kind(Kind.VARIABLE, Kind.LOOP):
        if not found.uses and not found.name.name.startswith("_") and _meant_to_be_read(found):
            yield _finding(context, found)


def _meant_to_be_read(found: Declaration) -> bool:
    """A loop may be there for its turns only, and a comprehension for one column of a table."""
    return found.kind is Kind.VARIABLE or (isinstance(found.node, tree.For) and found.node.pattern.takes_apart)


def _finding(context: Context, found: Declaration) -> Finding:
    name = found.name.name
    message = f"the {found.kind.value} `{name}` is never read"
    if len(found.bound) > 1 or found.node.pattern.takes_apart:
        return Finding(found.span, message, "gets a value for nothing", hint=f"call it `_{name}` if it has to be there")
    return Finding(found.span, message, "gets a value for nothing", fix=_fix(context, found.node))


def _fix(context: Context, node: tree.Assign) -> Fix | None:
    edit = removal(context, node.span)
    if edit is None:
        return None
    promise = safe if is_value(context, node.value) else unsafe
    return promise("remove the assignment", edit)


RULE = Rule(
    code=Code("L104", "variable that nothing reads"),
    name="unused-variable",
    what="Finds variables that get a value and are never read. Of what a loop or an assignment takes apart each name "
    "counts, but not in a comprehension; names that begin with `_` are left alone.",
    why="Often another name was meant: the layer that should have been piped into the next one is lost, and the "
    "network is trained without it. Its weights are still counted, and demanded of a checkpoint.",
    fails="""\
/// Two layers, of which one was to follow the other.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16)
  y = x |> relu
  output features = x |> conv2d(32)
}
""",
    passes="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16)
  y = x |> relu
  output features = y |> conv2d(32)
}
""",
    check=_check,
)
