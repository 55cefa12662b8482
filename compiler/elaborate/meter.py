"""The meter of a run: what it has used of each of its limits."""

from __future__ import annotations

from copy import copy

from ...dsl.diagnostics import Code
from ..codes import LIMIT
from ..limits import Limits
from ..types import TensorType
from .errors import EvaluationError, FinalError


class Meter:
    """Counts what adds up over a run, and ends it at too much; judges what must be small each time."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self.nodes = 0
        self.edges = 0
        self.calls = 0
        self.loop_turns = 0

    def fork(self) -> Meter:
        """A meter that goes on from here by itself."""
        return copy(self)

    def spend_step(self) -> None:
        self.steps += 1
        if self.steps > self.limits.steps:
            self.need_walk(0)

    def spend_node(self) -> None:
        self.nodes += 1
        self._spend(self.nodes, self.limits.nodes, "the graph grows to {} nodes", "nodes")

    def spend_edges(self, edges: int) -> None:
        self.edges += edges
        self._spend(self.edges, self.limits.edges, "the nodes of the graph have {} operands and results", "edges")

    def spend_call(self) -> None:
        self.calls += 1
        self._spend(self.calls, self.limits.calls, "the program makes {} calls", "calls")

    def spend_turns(self, turns: int) -> None:
        self.loop_turns += turns
        self._spend(self.loop_turns, self.limits.loop_turns, "the program makes {} loop turns", "loop_turns")

    def need_walk(self, depth: int) -> None:
        """The walk over the program may go on, `depth` expressions and statements deep."""
        self._spend(self.steps, self.limits.steps, "the program takes {} steps", "steps")
        self._spend(depth, self.limits.nesting, "calls and expressions nest {} deep", "nesting")

    def need_list(self, length: int) -> None:
        """A list may be this long; making it costs steps, since a loop could make many."""
        self._need(length, self.limits.list_length, "a list would have {} items", "list_length")
        self.steps += length // 64

    def need_string(self, length: int) -> None:
        self._need(length, self.limits.string_length, "a string would have {} characters", "string_length")
        self.steps += length // 64

    def need_bits(self, bits: int) -> None:
        self._need(bits, self.limits.int_bits, "an int would need {} bits", "int_bits")

    def need_tensor(self, what: str, type_: TensorType) -> None:
        """A tensor of the type may be made; `what` says of what kind: "the result"."""
        self._need(type_.rank, self.limits.tensor_axes, f"{what} has {{}} axes", "tensor_axes")
        elements = type_.elements()
        if elements > self.limits.tensor_elements:
            self._need(elements, self.limits.tensor_elements, f"{what}, {type_}, has {{}} elements", "tensor_elements")

    def _spend(self, measured: int, limit: int, message: str, name: str) -> None:
        if measured > limit:
            raise FinalError(*_exceeded(measured, limit, message, name))

    def _need(self, measured: int, limit: int, message: str, name: str) -> None:
        if measured > limit:
            raise EvaluationError(*_exceeded(measured, limit, message, name))


def _exceeded(measured: int, limit: int, message: str, name: str) -> tuple[Code, str, str]:
    """The code, message and label of a limit that is exceeded."""
    return LIMIT, f"{message.format(_digits(measured))}, the limit is {_digits(limit)}", f"limit `{name}`"


def _digits(number: int) -> str:
    """A number for a message: in groups of three, a monstrous one by its power of two."""
    return f"{number:,}" if number.bit_length() <= 128 else f"2**{number.bit_length() - 1}"
