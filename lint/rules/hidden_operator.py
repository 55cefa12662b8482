"""L106: a name that hides an operator or a function that is always there."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ops import OPERATORS
from ...dsl.builtins import BUILTINS
from ...dsl.diagnostics import Code
from ..context import Context
from ..names import Declaration, Kind
from ..rule import Finding, Rule

_EVERYWHERE = frozenset({Kind.CONSTANT, Kind.FUNCTION, Kind.BLOCK, Kind.IMPORT})


def _check(context: Context) -> Iterator[Finding]:
    for found in context.names.declarations:
        what = _hidden(found)
        if what is not None:
            name = found.name.name
            message = f"the {found.kind.value} `{name}` hides {what} of that name"
            yield Finding(found.span, message, f"`{name}` means this from here on", hint="give it a name of its own")


def _hidden(found: Declaration) -> str | None:
    """What is hidden. `width: float`, as the papers have it, is no mistake: it hides a function in one body only."""
    name = found.name.name
    if name in OPERATORS and OPERATORS[name].surface:
        return "the operator"
    return "the function" if name in BUILTINS and found.kind in _EVERYWHERE else None


RULE = Rule(
    code=Code("L106", "name that hides an operator"),
    name="hidden-operator",
    what="Finds names that hide an operator (`relu`, `concat`), and names of a whole file that hide a function that is "
    "always there (`max`, `channels`). Parameters and variables may be called like a function: `width` is too good a "
    "name for a width.",
    why="The language allows it, so that new operators break no program. But a reader takes `concat` for what it is "
    "everywhere else.",
    fails="""\
/// Two branches.
model Net() {
  input image: f32[N, 32, 32, 3]
  concat = [image |> near: conv2d(16, kernel=3), image |> far: conv2d(16, kernel=5)]
  output features = concat[0] + concat[1]
}
""",
    passes="""\
/// Two branches.
model Net() {
  input image: f32[N, 32, 32, 3]
  branches = [image |> near: conv2d(16, kernel=3), image |> far: conv2d(16, kernel=5)]
  output features = branches[0] + branches[1]
}
""",
    check=_check,
)
