"""L602: a layer for which the target needs a fixed batch."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ..context import Context
from ..delegates import findings
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    return findings(context, open_batch=True)


RULE = Rule(
    code=Code("L602", "open batch where the target needs a fixed one"),
    name="open-batch",
    what="Finds layers that TFLite's delegate XNNPACK takes only where the batch is a number. Runs with "
    "`--target tflite`.",
    why="With an open batch the layer runs in TFLite's own kernels, together with operations that compute its shape: "
    "the network is cut in two, and the slow part is often the largest. A phone runs one image at a time.",
    sources=("docs/backends/tflite.md",),
    target="tflite",
    fails="""\
/// Twice the image.
model Net() {
  input image: f32[N, 16, 16, 8]
  output features = image |> transposed_conv2d(8, kernel=3, stride=2)
}
""",
    passes="""\
/// Twice the image.
model Net() {
  input image: f32[1, 16, 16, 8]
  output features = image |> transposed_conv2d(8, kernel=3, stride=2)
}
""",
    check=_check,
)
