"""L902: a comment that is meant to silence something, and can't be read."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ...dsl.suggest import hint
from ..context import Context
from ..rule import Finding, Rule
from ..rules import RULES

_FORM = "write `// lint: ignore L203: why`, or `// lint: ignore-file L5` for the whole file"


def _check(context: Context) -> Iterator[Finding]:
    for comment in context.suppressions.malformed:
        yield Finding(comment.span, "this comment is no suppression that can be read", "silences nothing", hint=_FORM)
    for suppression in context.suppressions.valid:
        for code in suppression.codes:
            if not any(known.startswith(code) for known in RULES):
                likely = hint(code, RULES)
                yield Finding(suppression.comment.span, f"there is no rule `{code}`", "silences nothing", hint=likely)


RULE = Rule(
    code=Code("L902", "malformed suppression"),
    name="malformed-suppression",
    what="Finds comments that begin with `// lint:` and do not go on as a suppression does, and codes in them that no "
    "rule has.",
    why="Somebody believes that a finding is silenced. It is not, or another is.",
    fails="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  // lint: ignore the channels
  output features = image |> conv2d(16)
}
""",
    passes="""\
/// Two layers.
model Net() {
  input image: f32[N, 32, 32, 3]
  // lint: ignore L203: as published
  x = image |> stem: conv2d(30) |> relu
  output features = x |> conv2d(32)
}
""",
    check=_check,
)
