"""L505: published numbers without their publication."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...dsl import tree
from ...dsl.check.walk import nodes
from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule

_SOURCE = re.compile(r"\b(?:19|20)\d\d\b|\barxiv\b|\bdoi\b|https?://", re.IGNORECASE)


def _check(context: Context) -> Iterator[Finding]:
    for model in context.all(tree.Model):
        expect = next((node for node in nodes(model) if isinstance(node, tree.Expect)), None)
        if expect and not _SOURCE.search(f"{context.module.doc}\n{model.doc}"):
            yield Finding(
                expect.expectations[0].span,
                f"nothing says who published these numbers of `{model.name.name}`",
                hint="name the paper and its year, in the file's `//!` or the model's `///`",
            )


RULE = Rule(
    code=Code("L505", "published numbers without a source"),
    name="uncited-numbers",
    what="Finds models with `expect` where neither the file's documentation nor the model's has a year, an arXiv "
    "number, a DOI or an address.",
    why="`expect` holds a model to what was published. Where the two differ, a reader has to look at the publication.",
    fails="""\
/// A convolution.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
  expect params = 448
}
""",
    passes="""\
/// A convolution (nobody, 2024, table 2).
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16)
  expect params = 448
}
""",
    check=_check,
)
