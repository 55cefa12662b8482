"""L402: a requirement that every point of a space meets."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ..claims import claims
from ..context import Context
from ..ranges import ranges
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for searched in context.spaces:
        for claim in claims(searched.model) if searched.space.count() > 1 else ():
            found = ranges(searched, claim.metric)
            if found and claim.least <= found.whole[0] and found.whole[1] <= claim.most:
                least, most = found.whole
                yield Finding(
                    claim.span,
                    f"every point of the space meets this: `{claim.metric}` goes from {least:,} to {most:,}",
                    "excludes nothing",
                    hint="leave it out, or set it where it divides the space",
                )


RULE = Rule(
    code=Code("L402", "requirement that excludes nothing"),
    name="idle-requirement",
    what="Finds a `require` of `params` or `macs` in a search space that no point of it breaks.",
    why="A budget that the dearest point keeps to does not steer a search. Usually the space was meant to reach "
    "further, or the number is of another unit.",
    fails="""\
/// Two points, both below a million.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice width in { 16, 32 }
  output features = image |> conv2d(width)
  require macs <= 100M
}
""",
    passes="""\
/// Four points; the dearest is too dear.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice kernel in { 1, 3 }
  choice width in { 16, 32 }
  output features = image |> conv2d(width, kernel=kernel)
  require macs <= 500K
}
""",
    check=_check,
)
