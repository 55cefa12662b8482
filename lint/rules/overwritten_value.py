"""L109: a value that is replaced before anything reads it."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.check.walk import nodes
from ...dsl.diagnostics import Code, Label
from ..context import Context
from ..rule import Finding, Rule

Body = tuple[tree.Statement, ...]


def _check(context: Context) -> Iterator[Finding]:
    for body in _bodies(context):
        yield from _in_body(body)


def _bodies(context: Context) -> Iterator[Body]:
    """Every list of statements that are done one after the other."""
    yield from (owner.body for owner in context.all(tree.Block))
    yield from (owner.body for owner in context.all(tree.Model))
    yield from (owner.body for owner in context.all(tree.For))
    yield from (owner.body for owner in context.all(tree.Repeat))
    for branches in context.all(tree.If):
        yield branches.then
        yield branches.otherwise


def _in_body(body: Body) -> Iterator[Finding]:
    """Follows the names that were assigned and not mentioned since."""
    waiting: dict[str, tree.Identifier] = {}
    for statement in body:
        assigned = _assigned(statement)
        for name in _mentioned(statement):
            waiting.pop(name, None)
        if assigned is None:
            continue
        if assigned.name in waiting:
            yield _finding(waiting[assigned.name], assigned)
        waiting[assigned.name] = assigned


def _finding(first: tree.Identifier, second: tree.Identifier) -> Finding:
    message = f"the value of `{first.name}` is replaced before anything reads it"
    others = (Label(second.span, "replaced here"),)
    return Finding(first.span, message, "in vain", others, hint=f"read `{first.name}` in between, or drop the first")


def _assigned(statement: tree.Statement) -> tree.Identifier | None:
    """The one name that a statement assigns and does nothing else with."""
    if not isinstance(statement, tree.Assign) or statement.pattern.takes_apart:
        return None
    (name,) = statement.pattern.names
    return name if isinstance(name, tree.Identifier) else None


def _mentioned(statement: tree.Statement) -> Iterator[str]:
    """The names that a statement may read, or give a value in some inner body."""
    read: tree.Statement | tree.Expr = statement
    if isinstance(statement, tree.Assign) and not statement.pattern.takes_apart:
        read = statement.value
    return (node.name for node in nodes(read) if isinstance(node, tree.Name | tree.Identifier))


RULE = Rule(
    code=Code("L109", "value that is replaced unread"),
    name="overwritten-value",
    what="Finds assignments to a name that gets another value, in the same body, before anything could read the first.",
    why="Somewhere on the way a name was written for another: often `image |> ...` where the last result, `x |> ...`, "
    "was meant, so that all layers before it are lost.",
    fails="""\
/// The second layer was to follow the first.
block two(x: tensor, filters: int) -> tensor {
  y = x |> first: conv2d(filters)
  y = x |> second: conv2d(filters)
  return y |> relu
}
""",
    passes="""\
/// Two layers.
block two(x: tensor, filters: int) -> tensor {
  y = x |> first: conv2d(filters)
  y = y |> second: conv2d(filters)
  return y |> relu
}
""",
    check=_check,
)
