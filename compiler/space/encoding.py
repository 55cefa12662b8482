"""Points as vectors, for predictors and controllers: an index for each decision that any point of the space has.

A code is as long as `space.decisions`; a decision that is not open at a point has -1. Its one-hot form has for each
decision as many zeros as it has options, with a one at the option that is taken. Hyper-parameters that a point carries
are in neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from numbers import Integral

from ...dsl.diagnostics import Diagnostic, DiagnosticError, error
from ..choices import Decision, OptionName
from ..codes import POINT_CODE
from ..elaborate.choices import key_of
from .options import index_of, shown
from .point import Point
from .space import Space
from .walk import find_way

CLOSED = -1
MOST = 10


def encode(space: Space, point: Point) -> tuple[int, ...]:
    """The indices of the options that a point takes. Raises DiagnosticError for what is no point of the space."""
    space.check(point)
    return tuple([_index(decision, point.choices) for decision in space.decisions])


def _index(decision: Decision, choices: Mapping[str, OptionName]) -> int:
    index = index_of(decision.options, choices[decision.path]) if decision.path in choices else None
    return CLOSED if index is None else index


def decode(space: Space, code: Sequence[int], carried: Mapping[str, float] | None = None) -> Point:
    """The point that a code stands for, with these hyper-parameters.

    Raises DiagnosticError where there is none, with the positions that are wrong.
    """
    faults = _length_fault(space, code) or list(_range_faults(space, code)) or list(_misfits(space, code))
    if faults:
        raise DiagnosticError(faults[:MOST])
    taken = zip(space.decisions, code, strict=True)
    choices = {decision.path: decision.options[index] for decision, index in taken if index != CLOSED}
    point = Point(space.model, choices, dict(carried or {}))
    space.check(point)
    return point


def one_hot(space: Space, point: Point) -> tuple[int, ...]:
    """The one-hot form of a point. Raises DiagnosticError for what is no point of the space."""
    blocks = zip(encode(space, point), space.decisions, strict=True)
    return tuple([int(option == index) for index, decision in blocks for option in range(len(decision.options))])


def from_one_hot(space: Space, bits: Sequence[int], carried: Mapping[str, float] | None = None) -> Point:
    """The point that a one-hot form stands for. Raises DiagnosticError where there is none."""
    return decode(space, _indices(space, bits), carried)


def _length_fault(space: Space, code: Sequence[int]) -> list[Diagnostic]:
    if len(code) == len(space.decisions):
        return []
    message = f"the code is {len(code)} long, the space has {len(space.decisions)} decisions"
    return [error(POINT_CODE, message)]


def _range_faults(space: Space, code: Sequence[int]) -> Iterator[Diagnostic]:
    """Positions that are no index of an option."""
    for position, (decision, index) in enumerate(zip(space.decisions, code, strict=True)):
        last = len(decision.options) - 1
        if not _is_int(index) or not CLOSED <= index <= last:
            message = (
                f"position {position} is `{shown(index)}`; it is an index from 0 to {last}, or {CLOSED} for not open"
            )
            yield error(POINT_CODE, message, decision.span, f"this is `{decision.path}`")


def _is_int(value: object) -> bool:
    """Whether it is a whole number of Python or of NumPy."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _misfits(space: Space, code: Sequence[int]) -> Iterator[Diagnostic]:
    """Where the code departs from the point that agrees with it for longest."""
    told = {
        decision.path: decision.options[index]
        for decision, index in zip(space.decisions, code, strict=True)
        if index != CLOSED
    }

    def agree(decision: Decision) -> list[int]:
        index = index_of(decision.options, told[decision.path]) if decision.path in told else None
        rest = [other for other in range(len(decision.options)) if other != index]
        return rest if index is None else [index, *rest]

    way = find_way(space.diagram, agree)
    nearest = way.choices if way else {}
    for position, decision in enumerate(space.decisions):
        problem = _misfit(decision, told, nearest)
        if problem:
            message = f"position {position} is {code[position]}, which {problem}"
            yield error(POINT_CODE, message, decision.span, f"this is `{decision.path}`")


def _misfit(decision: Decision, told: Mapping[str, OptionName], nearest: Mapping[str, OptionName]) -> str | None:
    path = decision.path
    if path in told and path not in nearest:
        return f"decides `{path}`: it is not open there"
    if path in nearest and path not in told:
        return f"leaves `{path}` undecided: it is open there"
    if path in told and key_of(told[path]) != key_of(nearest[path]):
        return f"is an option of `{path}` that those before exclude"
    return None


def _indices(space: Space, bits: Sequence[int]) -> list[int]:
    """The code of a one-hot form. Raises DiagnosticError where a block is anything but zeros and at most a one."""
    total = sum(len(decision.options) for decision in space.decisions)
    if len(bits) != total:
        raise DiagnosticError(error(POINT_CODE, f"the code has {len(bits)} bits, the options of the space are {total}"))
    rest = iter(bits)
    blocks = [list(islice(rest, len(decision.options))) for decision in space.decisions]
    faults = [_block_fault(*entry) for entry in zip(space.decisions, blocks, strict=True)]
    if found := [fault for fault in faults if fault]:
        raise DiagnosticError(found[:MOST])
    return [block.index(1) if 1 in block else CLOSED for block in blocks]


def _block_fault(decision: Decision, block: Sequence[int]) -> Diagnostic | None:
    if all(_is_int(bit) and bit in {0, 1} for bit in block) and sum(block) <= 1:
        return None
    message = f"the bits of `{decision.path}` are {', '.join(map(repr, block))}: at most one is 1 and the rest are 0"
    return error(POINT_CODE, message, decision.span)
