"""The annotations that stand around a layer, and those that wait for all layers to be made."""

from __future__ import annotations

from typing import NamedTuple

from ...dsl.source import Span
from ..annotations import merged
from ..ir import Annotation
from .place import Place

Annotations = tuple[Annotation, ...]


class Standing(NamedTuple):
    """`body` are those of the statements around, in the body that is being executed; `outer` are all weaker ones."""

    outer: Annotations = ()
    body: Annotations = ()

    @property
    def all(self) -> Annotations:
        return merged(self.outer, self.body) if self.outer or self.body else ()

    def around(self, statement: Annotations) -> Standing:
        """Inside of a statement with annotations: they are narrower than those around it."""
        return Standing(self.outer, merged(self.body, statement))

    def on_instance(self, instance: Annotations) -> Standing:
        """At the call of an instance, whose own annotations give way to those of the call."""
        return Standing(self.outer, merged(instance, self.body))

    def inside(self, block: Annotations) -> Standing:
        """In the body of a block, whose annotations give way to those of the statement that calls it."""
        return Standing(merged(self.outer, block, self.body))


class Patterned(NamedTuple):
    """A path pattern with its annotations. It speaks of paths as they are seen from its place."""

    place: Place
    pattern: str
    annotations: Annotations
    span: Span
