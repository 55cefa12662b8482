"""Orders of tasks that keep few bytes alive: one-processor scheduling for the lowest peak.

The problem is NP-complete in general (Sethi, "Complete register allocation problems", 1975), and
easy on the graphs of neural networks, which are nearly chains:

1. A task that every other must precede or follow stands at the same place in every order. Such
   tasks cut the graph into segments, which are ordered one by one.
2. Within a segment, a task that fits below the peak already paid and leaves no more bytes alive
   than before is run at once: moving it to the front of any order makes no moment worse.
3. What is left is searched best first over the sets of tasks done (the bytes alive depend on the
   set, not on its order), below the peak of a beam search's order. The search is bounded; where
   it is cut short, the beam's order stands, unproven.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..dsl.record import record

_BEAM_WIDTH = 4
_FIRST = 16
"""Of the tasks that may run next only so many are weighed, where all would be too many."""
_MOST_TASKS = 4_000
"""Tasks of one segment beyond which their order stays as given."""
_MOST_STEPS = 20_000
"""Steps that the exact search of one segment may weigh: some 0.1 s."""


@record
class Buffer:
    """Memory for one tensor. A given buffer lives from the start, a kept one to the end."""

    nbytes: int
    given: bool = False
    kept: bool = False


@record
class Task:
    """Runs after some tasks, reads and makes some buffers, all by index.

    `overwrites`: it may make its result in the place of a buffer that it is the last to read.
    """

    after: tuple[int, ...]
    reads: tuple[int, ...]
    makes: tuple[int, ...]
    overwrites: bool = False


@record
class Run:
    """An order played through: its peak in bytes, the task that reaches it first, and the buffers alive then."""

    peak: int
    task: int | None
    live: frozenset[int]


class _Step(NamedTuple):
    """What running a task does to the bytes alive: meanwhile, and afterwards."""

    rise: int
    change: int
    overwritten: int | None


class _Read(NamedTuple):
    """A buffer as one of its readers sees it: `last_uses` are the tasks after which it is dead."""

    buffer: int
    nbytes: int
    last_uses: int
    may_overwrite: bool


class _Plan(NamedTuple):
    """What is known of a task before any order: bytes made, and of these left for others to read."""

    made: int
    left: int
    reads: tuple[_Read, ...]


@dataclass(frozen=True)
class Problem:
    """Tasks, listed in one valid order. A set of tasks is an int, bit i for task i."""

    tasks: tuple[Task, ...]
    buffers: tuple[Buffer, ...]

    @cached_property
    def last_uses(self) -> tuple[int, ...]:
        """For each buffer the set of tasks that must have run before it is dead. One in no order: it never dies."""
        never = 1 << len(self.tasks)
        sets = [never if buffer.kept else 0 for buffer in self.buffers]
        for index, task in enumerate(self.tasks):
            for buffer in task.reads:
                sets[buffer] |= 1 << index
        return tuple(sets)

    @cached_property
    def plans(self) -> tuple[_Plan, ...]:
        return tuple(map(self._plan, self.tasks))

    def _plan(self, task: Task) -> _Plan:
        made = sum(self.buffers[b].nbytes for b in task.makes)
        left = sum(self.buffers[b].nbytes for b in task.makes if self.last_uses[b])
        return _Plan(made, left, tuple(self._read(task, b, made) for b in task.reads))

    def _read(self, task: Task, index: int, made: int) -> _Read:
        buffer = self.buffers[index]
        may_overwrite = task.overwrites and buffer.nbytes == made and not buffer.given and not buffer.kept
        return _Read(index, buffer.nbytes, self.last_uses[index], may_overwrite)

    @cached_property
    def needs(self) -> tuple[int, ...]:
        """The set of tasks that each task runs after."""
        return tuple(sum(1 << before for before in set(task.after)) for task in self.tasks)

    @cached_property
    def followers(self) -> tuple[tuple[int, ...], ...]:
        """The tasks that run directly after each."""
        lists: list[list[int]] = [[] for _ in self.tasks]
        for index, task in enumerate(self.tasks):
            for before in set(task.after):
                lists[before].append(index)
        return tuple(map(tuple, lists))

    def dead(self, buffer: int, done: int) -> bool:
        """Whether nobody needs the buffer once the tasks `done` have run."""
        return self.last_uses[buffer] & done == self.last_uses[buffer]

    def at_start(self) -> frozenset[int]:
        """The buffers alive before the first task: those given that anybody needs."""
        return frozenset(i for i, buffer in enumerate(self.buffers) if buffer.given and not self.dead(i, 0))

    def nbytes(self, buffers: frozenset[int]) -> int:
        return sum(self.buffers[buffer].nbytes for buffer in buffers)

    def step(self, done: int, index: int) -> _Step:
        """The effect of running a task after the tasks `done`."""
        plan, now, overwritten = self.plans[index], done | 1 << index, None
        change = plan.left
        for read in plan.reads:
            if read.last_uses & now == read.last_uses:
                change -= read.nbytes
                overwritten = read.buffer if read.may_overwrite else overwritten
        return _Step(plan.made if overwritten is None else 0, change, overwritten)

    def simulate(self, order: Sequence[int]) -> Run:
        """Plays an order of all tasks through."""
        done, live = 0, set(self.at_start())
        best = Run(self.nbytes(frozenset(live)), None, frozenset(live))
        nbytes = best.peak
        for index in order:
            step, task = self.step(done, index), self.tasks[index]
            if best.task is None or nbytes + step.rise > best.peak:
                best = Run(nbytes + step.rise, index, frozenset((live | {*task.makes}) - {step.overwritten}))
            done |= 1 << index
            nbytes += step.change
            live |= {*task.makes}
            live -= {b for b in (*task.makes, *task.reads) if self.dead(b, done)}
        return best

    def floor(self) -> int:
        """Bytes that no order can stay below: those alive at the start, or that the hungriest task needs by itself."""
        return max([self.nbytes(self.at_start()), *map(_alone, self.plans)])


def _alone(plan: _Plan) -> int:
    saved = any(read.may_overwrite for read in plan.reads)
    return sum(read.nbytes for read in plan.reads) + (0 if saved else plan.made)


def best_order(problem: Problem) -> tuple[tuple[int, ...], bool]:
    """The order with the lowest peak found, and whether none can be lower. Ties go to the given order."""
    given = tuple(range(len(problem.tasks)))
    peak = bound = problem.floor()
    order: list[int] = []
    start = _State(0, problem.nbytes(problem.at_start()), peak)
    for segment in _segments(problem):
        found, exact = _Search(problem, segment).solve(start)
        order += found.order()
        bound = found.peak if exact and found.peak > peak else bound
        peak = found.peak
        start = _State(found.done, found.live, peak)
    if problem.simulate(given).peak <= peak:
        return given, peak == bound
    return tuple(order), peak == bound


def _segments(problem: Problem) -> Iterator[range]:
    """Ranges of tasks, each but the last ending with one that all others precede or follow."""
    ends = _lone_ends(problem)
    starts = _lone_starts(problem)
    begin = 0
    for index in range(len(problem.tasks)):
        if (ends[index] and starts[index]) or index == len(problem.tasks) - 1:
            yield range(begin, index + 1)
            begin = index + 1


def _lone_ends(problem: Problem) -> list[bool]:
    """For each task, whether it alone has no follower among the tasks up to it: all of them lead to it."""
    ends: set[int] = set()
    alone = []
    for index, task in enumerate(problem.tasks):
        ends.difference_update(task.after)
        ends.add(index)
        alone.append(len(ends) == 1)
    return alone


def _lone_starts(problem: Problem) -> list[bool]:
    """For each task, whether all tasks from it on follow it."""
    starts: set[int] = set()
    alone = []
    for index in reversed(range(len(problem.tasks))):
        starts.difference_update(problem.followers[index])
        starts.add(index)
        alone.append(len(starts) == 1)
    return alone[::-1]


@record
class _State:
    """Some tasks done, in the order that led here: bytes alive now and at most so far.

    `ready` are the tasks that may run next, those opened last in front: a branch is followed to its end.
    """

    done: int
    live: int
    peak: int
    ready: tuple[int, ...] = ()
    count: int = 0
    last: int = -1
    before: _State | None = None

    def order(self) -> list[int]:
        found = []
        state: _State | None = self
        while state is not None and state.last >= 0:
            found.append(state.last)
            state = state.before
        return found[::-1]


class _Search:
    """The orders of one segment."""

    def __init__(self, problem: Problem, segment: range) -> None:
        self.problem = problem
        self.segment = segment
        self.steps = 0

    def solve(self, start: _State) -> tuple[_State, bool]:
        """The best end found, and whether it is the best there is."""
        ready = tuple(i for i in self.segment if self._may_run(start.done, i))
        start = _State(start.done, start.live, start.peak, ready)
        best = self._as_given(start)
        if best.peak == start.peak:
            return best, True
        if len(self.segment) > _MOST_TASKS:
            return best, False
        return self._exact(start, min(best, self._beam(start), key=lambda state: state.peak))

    def _may_run(self, done: int, index: int) -> bool:
        needs = self.problem.needs[index]
        return needs & done == needs and not done >> index & 1

    def _run(self, state: _State, index: int, step: _Step) -> _State:
        done = state.done | 1 << index
        opened = (i for i in self.problem.followers[index] if i in self.segment and self._may_run(done, i))
        place = state.ready.index(index)
        ready = (*opened, *state.ready[:place], *state.ready[place + 1 :])
        peak = max(state.peak, state.live + step.rise)
        return _State(done, state.live + step.change, peak, ready, state.count + 1, index, state)

    def _as_given(self, state: _State) -> _State:
        for index in self.segment:
            state = self._run(state, index, self.problem.step(state.done, index))
        return state

    def _settle(self, state: _State) -> _State:
        """Runs everything that costs nothing: within the peak already paid, and leaving no more alive."""
        free: int | None = 0
        while free is not None:
            steps = ((i, self._weigh(state, i)) for i in state.ready[:_FIRST])
            fits = ((i, s) for i, s in steps if s.change <= 0 and state.live + s.rise <= state.peak)
            free, step = next(fits, (None, _Step(0, 0, None)))
            state = state if free is None else self._run(state, free, step)
        return state

    def _weigh(self, state: _State, index: int) -> _Step:
        self.steps += 1
        return self.problem.step(state.done, index)

    def _next(self, state: _State, choices: Sequence[int]) -> Iterator[_State]:
        for index in choices:
            yield self._settle(self._run(state, index, self._weigh(state, index)))

    def _ended(self, state: _State) -> bool:
        return state.count == len(self.segment)

    def _beam(self, start: _State) -> _State:
        """Keeps the few lowest states of each length."""
        states = [self._settle(start)]
        ended: list[_State] = []
        while states:
            found: dict[int, _State] = {}
            for state in states:
                if self._ended(state):
                    ended.append(state)
                    continue
                for after in self._next(state, state.ready[:_FIRST]):
                    known = found.get(after.done)
                    if known is None or after.peak < known.peak:
                        found[after.done] = after
            states = heapq.nsmallest(_BEAM_WIDTH, found.values(), key=lambda state: (state.peak, state.live))
        return min(ended, key=lambda state: state.peak)

    def _exact(self, start: _State, best: _State) -> tuple[_State, bool]:
        """Best first below the peak of `best`, which stands if nothing is there or the search grows too long."""
        self.steps = 0
        arrival = itertools.count()  # decides ties: states have no order
        first = self._settle(start)
        heap = [(first.peak, -first.count, next(arrival), first)]
        seen = {first.done: first.peak}
        while heap:
            state = heapq.heappop(heap)[-1]
            if self._ended(state):
                return state, True
            for after in self._next(state, state.ready):
                if self.steps > _MOST_STEPS:
                    return best, False
                if after.peak < min(best.peak, seen.get(after.done, best.peak)):
                    seen[after.done] = after.peak
                    heapq.heappush(heap, (after.peak, -after.count, next(arrival), after))
        return best, True
