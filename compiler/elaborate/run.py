"""One elaboration under way: its graph, its meter, its findings, and the walk over expressions.

Expressions, calls and statements need each other. Each kind registers how it is evaluated here, so
that its module needs none of the others.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn, Protocol, TypeGuard

from ...dsl import tree
from ...dsl.diagnostics import Diagnostic, Label, error
from ...dsl.record import record
from ...dsl.source import Span
from ...dsl.types import Signature
from ..choices import Decider
from ..codes import LIMIT
from ..limits import Limits
from ..ops.base import Operator
from .builder import Builder
from .errors import EndOfRunError, EvaluationError, FinalError, PlacedError
from .meter import Meter
from .place import Place
from .scope import Scope

CHAIN = 4
"""Calls shown with an error: the innermost, and the outermost as the last."""


@record
class CallSite:
    kind: str
    name: str
    span: Span


class Memory(Protocol):
    """Remembers what blocks have returned."""

    def recall(  # noqa: PLR0913, PLR0917  # a call has all these parts
        self,
        frame: Frame,
        block: Any,
        tensors: Sequence[Any],
        values: Mapping[str, Any],
        site: Any,
        run_body: Callable[[], Any],
    ) -> Any:
        """What a block returns for these arguments."""
        ...


class Run:
    """What all frames of an elaboration share."""

    def __init__(
        self,
        operators: Mapping[str, Operator],
        limits: Limits,
        own_files: Set[str],
        decider: Decider | None = None,
    ) -> None:
        self.operators = operators
        self.decider = decider
        self.decided: dict[str, object] = {}
        self.memory: Memory | None = None
        self.sharing = 0
        """How many instances are being called: what they make may have been made before."""
        self.meter = Meter(limits)
        self.builder = Builder(self.meter)
        self.signatures = {name: operator.signature for name, operator in operators.items() if operator.surface}
        self.defaults = {name: _defaults(signature) for name, signature in self.signatures.items()}
        self.calls: list[CallSite] = []
        self.own_files = own_files
        self.depth = 0
        self.findings: list[Diagnostic] = []
        self._reported: set[tuple[object, ...]] = set()

    def enter(self, site: CallSite) -> None:
        self.meter.spend_call()
        self.calls.append(site)

    def leave(self) -> None:
        self.calls.pop()

    def own_call(self, span: Span) -> Span:
        """The innermost call on the way to the one at `span` that the standard library does not make."""
        chain = (span, *(site.span for site in reversed(self.calls)))
        return next((call for call in chain if call.file in self.own_files), span)

    def record(self, diagnostic: Diagnostic) -> None:
        """Keep a finding, once for each chain of calls: a loop would repeat it."""
        key = (diagnostic.code, tuple(label.span for label in diagnostic.labels))
        if key in self._reported:
            return
        self._reported.add(key)
        self.findings.append(diagnostic)
        if len(self.findings) >= self.meter.limits.errors:
            message = f"{len(self.findings)} errors are found, the limit is {self.meter.limits.errors}"
            self.findings.append(error(LIMIT, f"{message}: the rest of the model is not elaborated"))
            raise EndOfRunError

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is evaluated here belongs to no call: a constant of a module, at its first use."""
        calls, self.calls = self.calls, []
        depth = self.depth
        try:
            yield
        finally:
            self.calls, self.depth = calls, depth

    def fail(self, problem: EvaluationError, span: Span) -> NoReturn:
        """Raise the problem as the failure of the expression at `span`."""
        chain = tuple(Label(site.span, f"in {site.kind} `{site.name}`, called here") for site in reversed(self.calls))
        notes = problem.notes
        if len(chain) > CHAIN:
            notes = (*notes, f"{len(chain) - CHAIN} calls in between are not shown")
            chain = (*chain[: CHAIN - 1], chain[-1])
        diagnostic = error(
            problem.code,
            problem.message,
            problem.span or span,
            problem.label,
            others=problem.others + chain,
            notes=notes,
            hint=problem.hint,
        )
        if isinstance(problem, FinalError):
            self.findings.append(diagnostic)
            raise EndOfRunError from problem
        raise PlacedError(diagnostic) from problem


def _defaults(signature: Signature) -> dict[str, Any]:
    return {parameter.name: parameter.default for parameter in signature.parameters if not parameter.required}


class Frame(NamedTuple):
    """Where an expression is evaluated: its names, and the place of the layers that it makes."""

    run: Run
    scope: Scope
    place: Place

    def inside(self, scope: Scope) -> Frame:
        return Frame(self.run, scope, self.place)

    def at(self, place: Place) -> Frame:
        return Frame(self.run, self.scope, place)


Handler = Callable[..., Any]
_EXPRESSIONS: dict[type, Handler] = {}


def evaluates(kind: type[tree.Expr]) -> Callable[[Handler], Handler]:
    """Register how one kind of expression is evaluated: `handler(frame, node)`."""

    def register(handler: Handler) -> Handler:
        _EXPRESSIONS[kind] = handler
        return handler

    return register


def is_expression(thing: object) -> TypeGuard[tree.Expr]:
    """Whether it is to be evaluated, and no value yet."""
    return type(thing) in _EXPRESSIONS or type(thing) is tree.Literal


def evaluate(frame: Frame, node: tree.Expr) -> Any:
    """The value of an expression. Raises PlacedError where it has none."""
    if isinstance(node, tree.Literal):  # the commonest kind, which can't fail: not worth the meter
        return node.value
    return visit(frame, node, _EXPRESSIONS[type(node)])


def visit(frame: Frame, node: Any, handler: Handler, *more: Any) -> Any:
    """`handler(frame, node, *more)`, metered; a problem that it meets is placed at the node."""
    run = frame.run
    meter = run.meter
    run.depth += 1
    meter.steps += 1
    try:
        if meter.steps > meter.limits.steps or run.depth > meter.limits.nesting:
            meter.need_walk(run.depth)
        value = handler(frame, node, *more)
    except EvaluationError as error:
        run.fail(error, node.span)
    run.depth -= 1
    return value


class Nothing(enum.Enum):
    """What a statement gives that does not return."""

    NOTHING = "nothing"


NOTHING = Nothing.NOTHING
_STATEMENTS: dict[type, tuple[Handler, Handler]] = {}


def executes(kind: type[tree.Statement], give_up: Handler) -> Callable[[Handler], Handler]:
    """Register how one kind of statement is executed, and what stands in for it where it fails.

    Both are called with `(frame, statement)` and give what the body returns, or `NOTHING` to go on.
    """

    def register(handler: Handler) -> Handler:
        _STATEMENTS[kind] = handler, give_up
        return handler

    return register


def execute(frame: Frame, statements: Sequence[tree.Statement]) -> Any:
    """What the statements return, or `NOTHING`. One that fails is recorded and given up."""
    run = frame.run
    depth, calls = run.depth, len(run.calls)
    for statement in statements:
        handler, give_up = _STATEMENTS[type(statement)]
        try:
            result = visit(frame, statement, handler)
        except PlacedError as failure:
            run.depth = depth
            del run.calls[calls:]
            run.record(failure.diagnostic)
            result = give_up(frame, statement)
        if result is not NOTHING:
            return result
    return NOTHING
