"""L501: a model or block that says nothing of itself."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for item in context.module.items:
        if isinstance(item, tree.Block | tree.Model) and not item.doc and not item.name.name.startswith("_"):
            kind = "block" if isinstance(item, tree.Block) else "model"
            yield Finding(
                item.name.span,
                f"the {kind} `{item.name.name}` has no documentation",
                hint=f"a line `/// ...` above it is what `mnet explain FILE:{item.name.name}` shows",
            )


RULE = Rule(
    code=Code("L501", "model or block without documentation"),
    name="undocumented",
    what="Finds models and blocks without a `///` comment above them. A name that starts with `_` is nobody else's "
    "concern and needs none.",
    why="Other files may import it, and `mnet explain` shows what it is by this comment: a line on what it computes, "
    "and where it was published.",
    fails="""\
//! Layers.

block narrow(x: tensor) -> tensor {
  return x |> conv2d(16, kernel=1)
}
""",
    passes="""\
//! Layers.

/// A convolution to 16 channels.
block narrow(x: tensor) -> tensor {
  return x |> conv2d(16, kernel=1)
}
""",
    check=_check,
)
