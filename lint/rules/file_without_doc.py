"""L502: a file of models that does not say where they come from."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    model = next(context.all(tree.Model), None)
    if model and not context.module.doc:
        yield Finding(
            model.name.span,
            "this file has a model and does not say what it is about",
            hint="a first line `//! ...` names the network and who published it",
        )


RULE = Rule(
    code=Code("L502", "file without documentation"),
    name="file-without-doc",
    what="Finds files with a model and without a `//!` comment at the start.",
    why="Networks are known by their papers. The name, the authors and the year in the first line let a reader compare "
    "the file with its source, and `mnet explain FILE.mnet` shows it.",
    fails="""\
/// The one of the second table.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
}
""",
    passes="""\
//! An example (nobody, 2024).

/// The one of the second table.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
}
""",
    check=_check,
)
