"""From choice to choice: what an elaboration does until it has to be told how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...dsl import tree
from ...dsl.check.walk import nodes
from ...dsl.diagnostics import DiagnosticError, error
from ...dsl.modules import Program
from ..choices import Continuous, Decision
from ..codes import EXCLUDED, LIMIT
from ..cost import Counts
from ..elaborate import choices
from ..elaborate.calls import call
from ..elaborate.choices import Options
from ..elaborate.elaborate import open_model, room_for
from ..elaborate.errors import EndOfRunError, PlacedError
from ..elaborate.layers import complete
from ..elaborate.modules import main_scope
from ..elaborate.place import Place
from ..elaborate.run import NOTHING, CallSite, Frame, Run, evaluate, execute, executes, visit
from ..elaborate.scope import Lazy, Scope
from ..elaborate.statements import poison
from ..elaborate.values import UNNEEDED, BlockValue, Instance, Interval
from ..limits import Limits
from ..ops import OPERATORS
from .bodies import Bodies
from .inside import ENTER, HEADS, begin_turn
from .opening import Definition, Enter
from .outline import TENSOR, VALUE, Outlines
from .reading import Reading
from .recall import Blocks, Entered
from .state import Body, Called, Fixed, State, Turns
from .tally import OPAQUE, Outline, Tally

_NO_LAYERS = (tree.Require, tree.Expect, tree.AnnotatedPaths)
"""Statements about the finished graph."""

AGAIN = 10
"""How many elaborations' steps may be taken anew, on one way through, for decisions inside of statements."""


@dataclass
class Stop:
    """Where an elaboration came to: a decision, or without one its end.

    `counts` is what the layers cost since it was told how to go on, `carried` the hyper-parameters that it met.
    `options` are those of a choice of the model itself; a decision inside a statement has none.
    """

    state: State
    counts: Counts
    carried: tuple[Continuous, ...]
    decision: Decision | None = None
    options: Options | None = None


class _UndecidedError(Exception):
    """A statement can't go on without the answer to a decision."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.path)
        self.decision = decision


class _Answers:
    """Decides as it was told; raises at the first question that is new."""

    def __init__(self) -> None:
        self.answers: Sequence[int] = ()
        self.carried: list[Continuous] = []
        self._given = 0

    def start(self, answers: Sequence[int]) -> None:
        self.answers, self._given = answers, 0

    def decide(self, decision: Decision) -> int:
        if self._given == len(self.answers):
            raise _UndecidedError(decision)
        self._given += 1
        return self.answers[self._given - 1]

    def carry(self, continuous: Continuous) -> float:
        self.carried.append(continuous)
        return continuous.low


class Explorer:
    """Elaborates a model from choice to choice, each stretch as often as there are states to start from.

    With `outlines`, only what bears on decisions is elaborated: no layer is made and nothing is counted.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # all that an elaboration depends on
        self,
        program: Program,
        model: tree.Model,
        arguments: Mapping[str, object],
        limits: Limits,
        bodies: Bodies,
        outlines: Outlines | None,
    ) -> None:
        self.reading = Reading()
        self._asking: dict[int, bool] = {}
        self.steps = 0
        """Of all stretches together."""
        self._limits = limits
        self._bodies, self._outlines = bodies, outlines
        self._answers = _Answers()
        self._nested = bool(bodies.deciding) or _decides_under_annotation(model)
        self._run = Run(OPERATORS, limits, program.own_files, self._answers)
        self._blocks = self._run.memory = Blocks(bodies.deciding)
        self._builder: Tally | Outline = Outline(self._run.meter)
        self._program, self._model, self._arguments = program, model, arguments

    def start(self) -> State:
        """The state before the first statement. Raises DiagnosticError where a parameter of the model is wrong."""
        run = self._run
        outer = main_scope(self._program, run)
        if outer.parent is not None:
            outer.parent.names |= {TENSOR: OPAQUE, VALUE: UNNEEDED}
        frame = Frame(run, Scope(outer, outermost=True), Place(lambda: ("", "")))
        with room_for(self._limits.nesting), _raising(run):
            open_model(frame, self._model, self._arguments)
        if run.findings:
            raise DiagnosticError(run.findings)
        return State([Body(self._statements(self._model), frame)], run.meter, constants=self._instances(outer))

    def _instances(self, outer: Scope) -> list[Any]:
        """The constants of modules in which there may be layers."""
        blocks = [value.scope for value in outer.names.values() if isinstance(value, BlockValue)]
        values = [value for scope in (outer, *blocks) for value in scope.names.values() if isinstance(value, Lazy)]
        return [lazy.value for lazy in values if isinstance(lazy.value, Instance | list | tuple)]

    def _statements(self, definition: Definition) -> Sequence[tree.Statement]:
        return self._outlines.of(definition) if self._outlines else self._bodies.opened(definition)

    def advance(self, state: State) -> Stop | None:
        """Go on to the next decision or the end; None where the choices made exclude each other. Uses the state up.

        Raises DiagnosticError with what is wrong with the program, as these choices have it.
        """
        run = self._run
        run.meter, before = state.meter, state.meter.steps
        self._builder = run.builder = Outline(run.meter) if self._outlines else Tally(run.meter, state.counted)
        run.decided = dict(state.decided)
        run.findings, run.depth, run.sharing = [], 0, 0
        run.calls = [cursor.call.site for cursor in state.cursors if isinstance(cursor, Body) and cursor.call]
        self._answers.carried = []
        try:
            with room_for(self._limits.nesting), _raising(run):
                return self._follow(state)
        except DiagnosticError as failure:
            if all(diagnostic.code is EXCLUDED for diagnostic in failure.diagnostics):
                return None
            raise
        finally:
            self.steps += run.meter.steps - before

    def resume(self, stop: Stop, index: int) -> State:
        """The state behind a stop at a decision, with the option of that index taken."""
        assert stop.decision is not None
        if stop.options is None:
            state = stop.state.fork()
            state.answers = (*state.answers, index)
            return state
        value = list(stop.options.values())[index][1]
        body = stop.state.cursors[-1]
        assert isinstance(body, Body)
        body.frame.scope.declare(_choice_at(body).name.name, value)
        state = stop.state.fork()  # the value is led to the copy with everything else
        following = state.cursors[-1]
        assert isinstance(following, Body)
        following.index += 1
        state.answers = ()
        return state

    def matters(self, stop: Stop) -> bool:
        """Whether anything that follows reads what is decided."""
        if stop.options is None:
            return True
        body = stop.state.cursors[-1]
        assert isinstance(body, Body)
        name = _choice_at(body).name.name
        body.index += 1
        live = name in stop.state.live(self.reading)
        body.index -= 1
        return live

    # One stretch ----------------------------------------------------------------------------

    def _follow(self, state: State) -> Stop:
        while state.cursors:
            cursor = state.cursors[-1]
            if isinstance(cursor, Turns):
                begin_turn(state, cursor)
            elif cursor.index == len(cursor.statements):
                state.cursors.pop()
            elif stop := self._statement(state, cursor):
                return stop
        return self._stop(state)

    def _statement(self, state: State, body: Body) -> Stop | None:
        """Do a statement, or go into it. It is given up where it asks, and done again when the answer is known."""
        statement = body.statements[body.index]
        before = state.fork() if self._nested and self._may_ask(statement) else state
        counts, carried = self._builder.counts, len(self._answers.carried)
        self._answers.start(state.answers)
        try:
            return self._do(state, body, statement)
        except _UndecidedError as asked:
            before.again += self._run.meter.steps - before.meter.steps
            self._need_end(before.again, statement)
            return Stop(before, counts, tuple(self._answers.carried[:carried]), asked.decision)

    def _may_ask(self, statement: tree.Statement) -> bool:
        """Whether anything is called in what is evaluated of a statement before it is gone into."""
        known = self._asking.get(id(statement))
        if known is None:
            head = HEADS[type(statement)](statement) if type(statement) in HEADS else statement
            calls = (isinstance(node, tree.Call | tree.Pipe | tree.Annotated | Enter) for node in nodes(head))
            known = self._asking[id(statement)] = any(calls)
        return known

    def _need_end(self, steps: int, statement: tree.Statement) -> None:
        limit = AGAIN * self._limits.steps
        if steps > limit:
            message = f"the decisions inside this statement take {steps:,} steps, the limit is {limit:,}"
            hint = "call the block by its name, where it need not share its weights"
            raise DiagnosticError(error(LIMIT, message, statement.span, "done anew for each of them", hint=hint))

    def _do(self, state: State, body: Body, statement: tree.Statement) -> Stop | None:
        if isinstance(statement, tree.Choice):
            return self._choice(state, body, statement)
        if isinstance(statement, Enter):
            self._enter(state, body, statement)
        elif isinstance(statement, tree.Return):
            self._return(state, body, statement)
        elif enter := ENTER.get(type(statement)):
            cursor = visit(body.frame, statement, enter)
            self._done(state, body)
            state.cursors.append(cursor)
        elif not isinstance(statement, _NO_LAYERS):
            self._step(state, body, statement)
        else:
            body.index += 1
        return None

    def _choice(self, state: State, body: Body, node: tree.Choice) -> Stop | None:
        offered = visit(body.frame, node, choices.offer)
        path = visit(body.frame, node, _path)
        if isinstance(offered, dict):
            decision = Decision(path, tuple([name for name, _ in offered.values()]), node.name.span)
            return self._stop(state, decision, offered)
        if isinstance(offered, Interval):
            continuous = Continuous(path, offered.low, offered.high, offered.log, node.name.span)
            self._answers.carried.append(continuous)
        self._done(state, body)
        return None

    def _enter(self, state: State, body: Body, node: Enter) -> None:
        """Go into the block that is called; anything else that is called is a step."""
        self._blocks.entering, self._blocks.depth = True, len(self._run.calls)
        try:
            self._step(state, body, node)  # type: ignore[arg-type]  # executes registers it like a statement
        except Entered as entered:
            self._run.depth = 0
            self._done(state, body)
            state.cursors.append(self._body(body.frame, node, entered))
        finally:
            self._blocks.entering = False

    def _body(self, frame: Frame, node: Enter, entered: Entered) -> Body:
        block = entered.block
        site = CallSite("block", block.name, node.span)
        self._run.enter(site)
        place = Place(Fixed((entered.site.path, entered.site.owner())))
        inner = Frame(self._run, Scope(block.scope, outermost=True), place)
        for parameter, tensor in zip(block.signature.tensors, entered.tensors, strict=True):
            inner.scope.declare(parameter.name, tensor)
        visit(inner, node, self._complete, block, entered.values)
        return Body(self._statements(block.declaration), inner, call=Called(node.name, block, site))

    def _complete(self, inner: Frame, _node: Enter, block: BlockValue, values: Mapping[str, Any]) -> None:
        parameters = block.signature.parameters
        if self._outlines:
            needed = self._outlines.needs(block.declaration)
            parameters = tuple([parameter for parameter in parameters if parameter.name in needed])
        complete(inner, parameters, values)

    def _return(self, state: State, body: Body, node: tree.Return) -> None:
        """Leave the block, with its result under the name that the caller wants it by."""
        value = visit(body.frame, node, _value_of)
        while (called := state.cursors.pop().call) is None:
            pass
        caller = state.cursors[-1]
        fitted = visit(caller.frame, node, called.fitted, value)
        caller.frame.scope.declare(called.name, fitted)
        self._run.leave()

    def _step(self, state: State, body: Body, statement: tree.Statement) -> None:
        execute(body.frame, (statement,))
        if self._run.findings:
            raise DiagnosticError(self._run.findings)
        self._done(state, body)

    def _done(self, state: State, body: Body) -> None:
        """What a statement was told while it was done is of no use to the next."""
        body.index += 1
        if self._nested:
            state.answers = ()
            state.keep(self._run.decided, self._builder.counted)
            self._run.decided = dict(state.decided)

    def _stop(self, state: State, decision: Decision | None = None, options: Options | None = None) -> Stop:
        state.keep(self._run.decided, self._builder.counted)
        return Stop(state, self._builder.counts, tuple(self._answers.carried), decision, options)


@contextmanager
def _raising(run: Run) -> Iterator[None]:
    """What ends an elaboration as a DiagnosticError."""
    try:
        yield
    except PlacedError as failure:
        raise DiagnosticError([*run.findings, failure.diagnostic]) from failure
    except EndOfRunError as failure:
        raise DiagnosticError(run.findings) from failure


def _choice_at(body: Body) -> tree.Choice:
    node = body.statements[body.index]
    assert isinstance(node, tree.Choice)
    return node


def _path(frame: Frame, node: tree.Choice) -> str:
    return frame.place.decision(node.name.name, node.name.span)


def _decides_under_annotation(model: tree.Model) -> bool:
    """Whether a statement that is done as a whole for its annotations makes choices."""
    annotated = [node for node in nodes(model.body) if isinstance(node, tree.Annotated)]
    return any(isinstance(node, tree.Choice | tree.Where) for root in annotated for node in nodes(root))


@executes(Enter, poison)  # type: ignore[arg-type]  # it stands among statements, and no program has it
def _take(frame: Frame, node: Enter) -> Any:
    if isinstance(node.call, tree.Call):
        value = visit(frame, node.call, call, None, node.variable)
    else:
        value = evaluate(frame, node.call)
    frame.scope.declare(node.name, value)
    return NOTHING


def _value_of(frame: Frame, node: tree.Return) -> Any:
    return evaluate(frame, node.value)
