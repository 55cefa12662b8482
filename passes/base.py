"""What a pass is: a frozen dataclass with a name, whose fields are its options."""

from __future__ import annotations

from typing import ClassVar, Protocol

from ..compiler.ir import Graph
from ..dsl.record import record
from ..dsl.source import Span


@record
class Remark:
    """What a pass did at a place, or why it did not where it nearly did."""

    path: str
    span: Span | None
    text: str


@record
class PassResult:
    graph: Graph
    changes: tuple[Remark, ...] = ()
    misses: tuple[Remark, ...] = ()


class Pass(Protocol):
    """Takes a valid graph and gives an equivalent valid one. Never touches the graph it was given."""

    name: ClassVar[str]

    def run(self, graph: Graph) -> PassResult: ...
