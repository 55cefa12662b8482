"""What every backend offers to the driver, and the two things they all speak in: provenance and constraints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field
from typing import Any, BinaryIO, ClassVar, Protocol

from ..compiler.ir import Graph, Node
from ..dsl.diagnostics import Diagnostic
from ..dsl.record import record


@record
class Provenance:
    """Where an artefact came from; written into its metadata. Nothing here changes from run to run."""

    tool_version: str
    source_sha256: str
    options: tuple[tuple[str, str], ...] = ()


@record
class Constraint:
    """A limit of a target: what it says, and how a node is measured against it.

    `violation(node)` is None where the limit holds, else the measured value in words. The same
    object checks, words the diagnostic, and prints the target's documentation page.
    """

    sentence: str
    violation: Callable[[Node], str | None]
    hint: str | None = None


Beside = Callable[[str, Callable[[BinaryIO], None]], str]
"""Writes a second file beside the artefact, for a format that can't hold everything in one.

`beside(".data", write)` calls `write` with a file that will stand beside `net.onnx` as `net.onnx.data`,
and gives that name, for the artefact to refer to.
"""


class Backend(Protocol):
    """A target format. A backend is a frozen dataclass whose fields are its options."""

    name: ClassVar[str]
    suffix: ClassVar[str]
    honours: ClassVar[frozenset[str]]
    """The kinds of annotations that its files follow; `freeze` and `initializer` are followed before any backend."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def pipeline(self) -> tuple[str, ...]:
        """Names of the passes that prepare a graph for this target, in order."""
        ...

    def check(self, graph: Graph) -> Sequence[Diagnostic]:
        """Everything about the graph that the target can't take, found before anything is written."""
        ...

    def write(self, graph: Graph, file: BinaryIO, provenance: Provenance, beside: Beside | None = None) -> None:
        """Streams the artefact into a seekable file, reading each parameter once.

        A target that may need a second file asks `beside` for it. Raises DiagnosticError where it does
        and there is none to ask.
        """
        ...
