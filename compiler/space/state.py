"""An elaboration that has come to a choice: it can be copied, so that each option goes its own way, and
recognised, so that ways which meet again go on as one.

Where an elaboration stands is a stack of cursors: the bodies and loops that it is in. Calls of blocks are not on it: a
statement is one step.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ...dsl import tree
from ..elaborate.fit import fit
from ..elaborate.meter import Meter
from ..elaborate.place import Loop, Place
from ..elaborate.run import CallSite, Frame
from ..elaborate.scope import Scope
from ..elaborate.values import BlockValue, FunctionValue, Instance
from ..ir import Parameter, Value
from .reading import Names, Reading


@dataclass(frozen=True)
class Fixed:
    """Gives the paths of a block that is entered: they are known."""

    paths: tuple[str, str]

    def __call__(self) -> tuple[str, str]:
        return self.paths


class Called(NamedTuple):
    """The call behind the body of a block, and the name of its result."""

    name: str
    block: BlockValue
    site: CallSite

    def fitted(self, _frame: Frame, _node: object, value: Any) -> Any:
        """The result as the block declares it."""
        return fit(value, self.block.signature.returns, f"what `{self.block.name}` returns")


@dataclass
class Body:
    """Statements under way: `index` is the next one. `call` is there where they are the body of a block."""

    statements: Sequence[tree.Statement]
    frame: Frame
    index: int = 0
    call: Called | None = None


@dataclass
class Turns:
    """A loop under way: `index` is the next turn. The body of the turn before, if it runs, is above on the stack."""

    node: tree.For | tree.Repeat
    items: Sequence[Any]
    frame: Frame
    loop: Loop
    items_key: object
    index: int = 0
    call: None = None


Cursor = Body | Turns


@dataclass
class State:
    """Everything that the rest of an elaboration depends on.

    `decided` and `counted` are the decisions and the parameters of instances that may be called again. `answers` are
    the options taken inside the statement under way, which is executed anew from its start. `meter` is what the way
    here has used, of the ways that met the first; `again` are the steps of what was executed anew. `constants` are the
    values of modules: there may be instances among them.
    """

    cursors: list[Cursor]
    meter: Meter
    decided: dict[str, object] = field(default_factory=dict)
    counted: dict[str, Parameter] = field(default_factory=dict)
    answers: tuple[int, ...] = ()
    again: int = 0
    constants: Sequence[Any] = ()

    def fork(self) -> State:
        """A copy that shares nothing which an elaboration changes."""
        return replace(
            self,
            cursors=_Fork().cursors(self.cursors),
            meter=self.meter.fork(),
            decided=dict(self.decided),
            counted=dict(self.counted),
        )

    def live(self, reading: Reading) -> Names:
        """The names that the rest of the elaboration may read."""
        names: Names = frozenset()
        for cursor in self.cursors:
            if isinstance(cursor, Body):
                names |= reading.rest(cursor.statements, cursor.index)
                names = names.union(*map(reading.names, _functions(cursor.frame.scope)))
            elif cursor.index < len(cursor.items):
                names |= reading.names(cursor.node.body)
        return names

    def keep(self, decided: Mapping[str, object], counted: Mapping[str, Parameter]) -> None:
        """Remember of all decisions and parameters those that may be met again: of what a name still holds."""
        held = list(self._held())
        owners = tuple([vars(value)["weights"] + "." for value in held if "weights" in getattr(value, "__dict__", ())])
        constants = {value.name for value in held if isinstance(value, Value)}
        self.decided = {path: key for path, key in decided.items() if path.startswith(owners)}
        self.counted = {n: p for n, p in counted.items() if n.startswith(owners) or n in constants}

    def _held(self) -> Iterator[Any]:
        """Every value in a variable, and in the lists and instances there."""
        pending = [v for c in self.cursors if isinstance(c, Body) for v in c.frame.scope.names.values()]
        pending += self.constants
        while pending:
            value = pending.pop()
            if isinstance(value, list | tuple):
                pending += value
                continue
            if isinstance(value, Instance):
                pending += value.values.values()
            yield value

    def key(self, reading: Reading) -> object:
        """Equal for two states whose elaborations go on alike."""
        return _Key(self.live(reading), self.counted).of_state(self)


def _functions(scope: Scope) -> list[tree.Expr]:
    return [value.declaration.body for value in scope.names.values() if isinstance(value, FunctionValue)]


class _Fork:
    """Copies a stack from its outermost cursor on. What refers to a scope or place of it is led to the copy."""

    def __init__(self) -> None:
        self._scopes: dict[int, Scope] = {}
        self._places: dict[int, Place] = {}
        self._instances: dict[int, Instance] = {}
        self._loops: dict[int, Loop] = {}

    def cursors(self, cursors: Sequence[Cursor]) -> list[Cursor]:
        copied = [self._cursor(cursor) for cursor in cursors]
        for scope in self._scopes.values():
            self._settle(scope)
        return copied

    def _cursor(self, cursor: Cursor) -> Cursor:
        frame = self._frame(cursor.frame)
        if isinstance(cursor, Body):
            return Body(cursor.statements, frame, cursor.index, cursor.call)
        loop = self._loops[id(cursor.loop)] = cursor.loop.fork(frame.place)
        return Turns(cursor.node, cursor.items, frame, loop, cursor.items_key, cursor.index)

    def _frame(self, frame: Frame) -> Frame:
        return Frame(frame.run, self._scope(frame.scope), self._place(frame.place))

    def _scope(self, scope: Scope) -> Scope:
        """Scopes of the model are copied; beyond its outermost are those of modules, which nobody changes."""
        copied = self._scopes.get(id(scope))
        if copied is None:
            inner = not scope.outermost and scope.parent is not None
            parent = self._scope(scope.parent) if inner and scope.parent else scope.parent
            copied = self._scopes[id(scope)] = Scope(parent, scope.outermost)
            copied.names = dict(scope.names)
        return copied

    def _place(self, place: Place) -> Place:
        copied = self._places.get(id(place))
        if copied is None:
            copied = self._places[id(place)] = place.fork(self._loops)
        return copied

    def _settle(self, scope: Scope) -> None:
        for name, value in scope.names.items():
            if isinstance(value, FunctionValue | Instance | list | tuple):
                scope.names[name] = self._value(value)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Instance):
            return self._instance(value)
        if isinstance(value, FunctionValue) and id(value.scope) in self._scopes:
            return FunctionValue(value.declaration, self._scopes[id(value.scope)], value.signature)
        if isinstance(value, list) and any(isinstance(item, Instance | list | tuple) for item in value):
            return [self._value(item) for item in value]
        if isinstance(value, tuple) and any(isinstance(item, Instance | list | tuple) for item in value):
            return tuple([self._value(item) for item in value])
        return value

    def _instance(self, instance: Instance) -> Instance:
        copied = self._instances.get(id(instance))
        if copied is None:
            copied = instance.at(self._places.get(id(instance.place), instance.place))
            copied.values = {name: self._value(value) for name, value in instance.values.items()}
            self._instances[id(instance)] = copied
        return copied


class _Key:
    """Tells the states of one program apart, by what lives in them."""

    def __init__(self, live: Names, counted: Container[str] = ()) -> None:
        self._live = live
        self._counted = counted
        self._seen: dict[int, int] = {}

    def of_state(self, state: State) -> object:
        cursors = tuple([self._cursor(cursor) for cursor in state.cursors])
        shared = (frozenset(state.decided.items()), frozenset(state.counted))
        return cursors, shared, state.answers

    def _cursor(self, cursor: Cursor) -> object:
        place = cursor.frame.place.key()
        if isinstance(cursor, Turns):
            return id(cursor.node), cursor.index, cursor.items_key, place
        return id(cursor.statements), cursor.index, self._scope(cursor.frame.scope), place

    def _scope(self, scope: Scope) -> object:
        return tuple([(name, self.value(value)) for name, value in sorted(scope.names.items()) if name in self._live])

    def value(self, value: Any) -> object:  # noqa: PLR0911  # one line per kind
        """What a value is, without where it came from: tensors of one type are alike."""
        match value:
            case bool() | float():
                return type(value), value
            case int() | str():
                return value
            case Value():
                return value.type if value.name not in self._counted else value
            case list() | tuple():
                return type(value), tuple([self.value(item) for item in value])
            case Instance():
                return self._instance(value)
            case FunctionValue():
                return id(value.declaration)
            case _:
                return value

    def _instance(self, instance: Instance) -> object:
        if id(instance) in self._seen:
            return "again", self._seen[id(instance)]
        self._seen[id(instance)] = len(self._seen)
        values = tuple([(name, self.value(value)) for name, value in instance.values.items()])
        return self.value(instance.callee), values, instance.label, instance.span, vars(instance).get("weights")


def key_of_items(items: Sequence[Any]) -> object:
    """What the items of a loop are."""
    return _Key(frozenset()).value(tuple(items))
