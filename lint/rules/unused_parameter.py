"""L103: a parameter that its definition does not use."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code
from ..context import Context
from ..names import Declaration, Kind
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    interchangeable = _interchangeable(context)
    for found in context.names.of_kind(Kind.PARAMETER):
        owner = found.owner
        if owner is None or found.uses or found.name.name.startswith("_") or owner.name.span in interchangeable:
            continue
        yield _finding(found, owner)


def _finding(found: Declaration, owner: tree.Function | tree.Block | tree.Model) -> Finding:
    name = found.name.name
    kind = type(owner).__name__.lower()
    message = f"the {kind} `{owner.name.name}` does not use its parameter `{name}`"
    hint = f"remove it, or call it `_{name}` if it has to be there"
    return Finding(found.span, message, "no effect", hint=hint)


def _interchangeable(context: Context) -> set[object]:
    """The blocks that are used as values somewhere: they stand in for each other, so their parameters are not free."""
    called = _callees(context)
    blocks = context.names.of_kind(Kind.BLOCK)
    return {found.span for found in blocks if any(use.span not in called for use in found.uses)}


def _callees(context: Context) -> set[object]:
    """Where names stand that are called."""
    callees: list[tree.Expr] = [call.callee for call in context.all(tree.Call)]
    for pipe in context.all(tree.Pipe):
        right = pipe.right
        callees.append(right.value if isinstance(right, tree.Labelled) else right)
    return {callee.span for callee in callees}


RULE = Rule(
    code=Code("L103", "parameter that nothing uses"),
    name="unused-parameter",
    what="Finds parameters of functions, blocks and models that have no effect. Those whose names begin with `_` are "
    "left alone, and so are those of blocks that are used as values: what stands in for another must take what that "
    "takes.",
    why="Whoever sets such a parameter believes that it does something: a `width` that no layer reads trains a network "
    "of another size than its name says.",
    fails="""\
/// One layer.
model Net(width: float = 1.0) {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
}
""",
    passes="""\
/// One layer, wider or narrower.
model Net(width: float = 1.0) {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(make_divisible(16 * width))
}
""",
    check=_check,
)
