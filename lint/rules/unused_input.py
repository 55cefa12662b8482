"""L108: an input that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ..context import Context
from ..names import Kind
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for found in context.names.of_kind(Kind.INPUT):
        if not found.uses:
            message = f"the model does not use its input `{found.name.name}`"
            yield Finding(found.span, message, "callers must give it", hint="use it, or remove it")


RULE = Rule(
    code=Code("L108", "input that nothing reads"),
    name="unused-input",
    what="Finds inputs of models that no layer reads.",
    why="It stays part of the artefact's signature, so that every caller has to fill a tensor for nothing; some "
    "runtimes refuse such a file.",
    fails="""\
/// One image too many.
model Net() {
  input left: f32[N, 32, 32, 3]
  input right: f32[N, 32, 32, 3]
  output features = left |> conv2d(16)
}
""",
    passes="""\
/// Both images see the same layer.
model Net() {
  input left: f32[N, 32, 32, 3]
  input right: f32[N, 32, 32, 3]
  eye = conv2d(16)
  output features = eye(left) + eye(right)
}
""",
    check=_check,
)
