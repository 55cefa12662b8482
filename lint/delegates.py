"""Layers that a target's delegate leaves out, for the rules about them."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.targets import backend
from ..dsl.source import Span
from .context import Context
from .rule import Finding

_DELEGATING = "tflite"


def findings(context: Context, *, open_batch: bool) -> Iterator[Finding]:
    """What XNNPACK leaves out of the models that TFLite can take, a line once: while the batch is open, or always."""
    from ..backends.tflite.delegate import outside  # noqa: PLC0415  # only rules of this target ask

    seen: set[Span] = set()
    for network in context.networks if context.target == _DELEGATING else ():
        graph = network.optimised(_DELEGATING)
        for found in () if backend(_DELEGATING).check(graph) else outside(graph, None):
            span = network.place(found.node)
            if found.reason.open_batch == open_batch and span not in seen:
                seen.add(span)
                yield Finding(
                    span,
                    f"XNNPACK leaves `{found.node.path}` to TFLite: {found.reason.sentence}",
                    "cuts the network",
                    hint=found.reason.hint,
                )
