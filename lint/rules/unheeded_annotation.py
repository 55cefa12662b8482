"""L604: an annotation that the target does not honour."""

from __future__ import annotations

from collections.abc import Iterator

from ...backends.honour import warnings
from ...backends.targets import backend
from ...dsl.diagnostics import Code
from ..context import Context
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    target = context.target
    if target is None:
        return
    for network in context.networks:
        for warning in warnings(network.graph, target, backend(target).honours):
            span = warning.span
            own = span if span and span.file == context.file else network.model.name.span
            hint = "leave it out for this target, or choose one that honours it"
            yield Finding(own, warning.message, "has no effect", notes=warning.notes, hint=hint)


RULE = Rule(
    code=Code("L604", "annotation without an effect"),
    name="unheeded-annotation",
    what="Finds annotations that the target does not honour. Runs with `--target`.",
    why="The file that is compiled is the same as without the annotation: a layer meant to run in 8 bits runs in 32. "
    "`mnet compile` says so too; here it can be found in all files at once.",
    sources=("docs/annotations.md",),
    target="tflite",
    fails="""\
/// A layer in 8 bits.
model Net() {
  input image: f32[N, 32, 32, 3]
  @precision(weights="int8") x = image |> stem: conv2d(16)
  output features = x
}
""",
    passes="""\
/// A layer that keeps its weights.
model Net() {
  input image: f32[N, 32, 32, 3]
  @freeze x = image |> stem: conv2d(16)
  output features = x
}
""",
    check=_check,
)
