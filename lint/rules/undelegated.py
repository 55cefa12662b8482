"""L603: a layer that the target's delegate leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ..context import Context
from ..delegates import findings
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    return findings(context, open_batch=False)


RULE = Rule(
    code=Code("L603", "layer outside of the delegate"),
    name="undelegated",
    what="Finds layers that TFLite's delegate XNNPACK does not take: nearest resizing, slices with a stride, padding "
    "with another value than 0, padded max pools of what may be negative. Runs with `--target tflite`.",
    why="The layer runs in TFLite's own, slower kernels, and cuts the network: what is before and behind it are "
    "delegated apart, and tensors are handed over at each cut. Often there is an equal layer that is taken.",
    sources=("docs/backends/tflite.md",),
    target="tflite",
    fails="""\
/// Twice the image.
model Net() {
  input image: f32[N, 16, 16, 8]
  output features = image |> resize(32, method="nearest")
}
""",
    passes="""\
/// Twice the image.
model Net() {
  input image: f32[N, 16, 16, 8]
  output features = image |> resize(32, method="bilinear")
}
""",
    check=_check,
)
