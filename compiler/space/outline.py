"""The outline of a body: what of it bears on its decisions. The rest is left out: it can't open or close a choice.

A backward slice (Weiser 1981) whose criterion are the choices, from the names that a choice, a condition or the length
of a loop needs back to what gives them their values, through the blocks that are called. Layers that decide nothing
become an opaque tensor; should the outline ask for its shape after all, the model has to be followed as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...dsl import tree
from ...dsl.check.walk import children, nodes
from ..elaborate.patterns import names_of
from .bodies import Bodies
from .opening import Definition, Enter, Statements, callee_of

TENSOR = "an opaque tensor"
VALUE = "a value that nobody needs"
"""Names that no program can write."""

_NUMBER = re.compile(r"(_\d+)+$")
"""What tells layers of one name apart."""


class Outlines:
    """The outlines of all blocks and models of a program."""

    def __init__(self, bodies: Bodies, model: tree.Model) -> None:
        self._bodies = bodies
        self._needed: dict[int, set[str]] = {}
        self._definitions: list[Definition] = [model, *bodies.deciding_blocks]
        while sum(map(self._learn, self._definitions)):
            """One definition may need what another has just turned out to need."""
        self._bodies_of = {id(d): self._outline(d) for d in self._definitions}

    def of(self, definition: Definition) -> Statements:
        """The outline of a body."""
        return self._bodies_of[id(definition)]

    def needs(self, definition: Definition) -> set[str]:
        """The names in a body that bear on its decisions, parameters included."""
        return self._needed.setdefault(id(definition), set())

    def _learn(self, definition: Definition) -> bool:
        """Whether more names turn out to be needed."""
        needed = self.needs(definition)
        before = len(needed)
        for node in nodes(self._outline(definition)):
            if isinstance(node, tree.Name):
                needed.add(node.name)
        return len(needed) > before

    def _outline(self, definition: Definition) -> Statements:
        opened = self._bodies.opened(definition)
        return opened if _names_clash(definition, opened) else _Outline(self, definition).statements(opened)

    def callee(self, within: Definition, call: tree.Expr) -> tree.Block | None:
        """The block that a call enters, where that is known."""
        block = self._bodies.block(within, call)
        return block if block is not None and id(block) in self._bodies.deciding else None

    def is_layer(self, within: Definition, node: tree.Expr) -> bool:
        """Whether a call makes layers and decides nothing."""
        return self._bodies.is_layer(within, node)

    def is_tensor(self, within: Definition, value: tree.Expr) -> bool:
        """Whether an expression is seen to be a tensor."""
        return self._bodies.is_tensor(within, value)

    def may_decide(self, within: Definition, value: tree.Expr) -> bool:
        """Whether a call in an expression may decide."""
        return self._bodies.may_decide(within, value)


def _names_clash(definition: Definition, opened: Statements) -> bool:
    """Whether what is left out might take a name in the paths of decisions, which are then numbered otherwise."""
    loops = list(_loop_labels(definition))
    labels = {_NUMBER.sub("", node.label.name) for node in nodes(definition.body) if isinstance(node, tree.Labelled)}
    callees = [callee_of(node.call) for node in nodes(opened) if isinstance(node, Enter)]
    entered = {callee.name for callee in callees if isinstance(callee, tree.Name)}
    return len(loops) > len(set(loops)) or bool(labels & entered)


def _loop_labels(definition: Definition) -> Iterator[tuple[int, str]]:
    """The label of each loop that may make layers, and in which loop it stands: there it has to be another one."""
    pending: list[tuple[Any, int]] = [(definition.body, 0)]
    while pending:
        node, place = pending.pop()
        if isinstance(node, tuple):
            pending += [(item, place) for item in node]
            continue
        inside = place
        if isinstance(node, tree.For | tree.Comprehension | tree.Repeat):
            inside = id(node)
            if label := _label_of(node):
                yield place, _NUMBER.sub("", label)
        parts = children(node.__class__)
        pending += [(getattr(node, part), place if part in {"iterable", "count"} else inside) for part in parts]


def _label_of(loop: tree.For | tree.Comprehension | tree.Repeat) -> str | None:
    """The name of the turns of a loop; None where no layers can be in it."""
    inside = loop.element if isinstance(loop, tree.Comprehension) else loop.body
    if not any(isinstance(node, tree.Pipe | tree.Call | tree.Binary | tree.Unary) for node in nodes(inside)):
        return None
    if loop.label is not None:
        return loop.label.name
    assert not isinstance(loop, tree.Repeat)
    return None if loop.pattern.takes_apart else next(names_of(loop.pattern))


class _Outline:
    def __init__(self, outlines: Outlines, within: Definition) -> None:
        self._outlines = outlines
        self._within = within
        self._needed = outlines.needs(within)

    def statements(self, statements: Statements) -> Statements:
        return tuple([kept for statement in statements for kept in self._statement(statement)])

    def _statement(self, node: tree.Statement | Enter) -> Iterator[Any]:  # noqa: PLR0912, C901  # one case per kind of statement
        match node:
            case Enter():
                yield replace(node, call=self._entered(node.call))
            case tree.Choice() | tree.Where():
                yield node
            case tree.Function(name):
                if name.name in self._needed:
                    yield node
            case tree.Assign(pattern, value):
                if self._needed.intersection(names_of(pattern)) or self._may_decide(value):
                    yield replace(node, value=self._expression(value))
            case tree.OutputStatement(value=value):
                if self._may_decide(value):
                    yield node
            case tree.Input(name):
                if name.name in self._needed:
                    yield node
            case tree.Return(value):
                yield replace(node, value=self._result(value))
            case tree.For() | tree.Repeat():
                body = self.statements(node.body)
                if body or self._may_decide(node.iterable if isinstance(node, tree.For) else node.count):
                    yield replace(node, body=body)
            case tree.If():
                then, otherwise = self.statements(node.then), self.statements(node.otherwise)
                if then or otherwise or self._may_decide(node.condition):
                    yield replace(node, then=then, otherwise=otherwise)
            case tree.Annotated(statement=inner):
                if any(isinstance(part, tree.Choice | tree.Where) for part in nodes(inner)):
                    yield node
                elif kept := self.statements((inner,)):
                    yield from kept

    def _result(self, value: tree.Expr) -> tree.Expr:
        """What a block returns: a tensor, unless several are written out."""
        match value:
            case tree.ListExpr() | tree.TupleExpr():
                return replace(value, items=tuple(map(self._result, value.items)))
            case tree.Comprehension():
                return self._expression(value)
            case _ if _may_be_several(self._within) or self._may_decide(value):
                return self._expression(value)
            case _:
                return tree.Name(TENSOR, value.span)

    def _expression(self, node: tree.Expr) -> tree.Expr:
        """The expression with an opaque tensor in place of each layer."""
        match node:
            case tree.Pipe() | tree.Call() | tree.Labelled():
                return tree.Name(TENSOR, node.span) if self._makes_layer(node) else node
            case tree.ListExpr() | tree.TupleExpr():
                return replace(node, items=tuple(map(self._expression, node.items)))
            case tree.Binary():
                return replace(node, left=self._expression(node.left), right=self._expression(node.right))
            case tree.Conditional():
                then, otherwise = self._expression(node.then), self._expression(node.otherwise)
                both = tree.Name(TENSOR, node.span)
                return both if then == otherwise == both else replace(node, then=then, otherwise=otherwise)
            case _:
                return node

    def _may_decide(self, value: tree.Expr) -> bool:
        """Whether a call is left in it, as in a comprehension or a branch, that is not known to decide nothing."""
        return self._outlines.may_decide(self._within, value)

    def _makes_layer(self, node: tree.Expr) -> bool:
        """Whether it is the one tensor that a layer without decisions gives, of operands without any."""
        return self._outlines.is_layer(self._within, node) and not self._may_decide(node)

    # Calls that are entered -----------------------------------------------------------------

    def _entered(self, node: tree.Expr) -> tree.Expr:
        """A call of which only the arguments are left that the block needs."""
        match node:
            case tree.Pipe(right=right):
                given = len(node.left.items) if isinstance(node.left, tree.TupleExpr) else 1
                entered = self._entered_with(right, given)
                if entered is right or self._may_decide(node.left):
                    return node
                nothing = tree.Name(VALUE, node.left.span)
                left = nothing if given == 1 else tree.TupleExpr((nothing,) * given, node.left.span)
                return replace(node, left=left, right=entered)
            case _:
                return self._entered_with(node, 0)

    def _entered_with(self, node: tree.Expr, piped: int) -> tree.Expr:
        if isinstance(node, tree.Labelled):
            inner = self._entered_with(node.value, piped)
            return node if inner is node.value else replace(node, value=inner)
        call = node if isinstance(node, tree.Call) else None
        block = self._outlines.callee(self._within, call.callee if call else node)
        if block is None or any(p.name.name in self._outlines.needs(block) for p in _tensors(block)):
            return node
        if call is None:
            return tree.Call(node, (), node.span)
        return replace(call, arguments=tuple(self._arguments(call, block, piped)))

    def _arguments(self, call: tree.Call, block: tree.Block, piped: int) -> Iterator[tree.Argument]:
        needs = self._outlines.needs(block)
        placed = piped > 0 or self._has_tensors(call)
        for index, argument in enumerate(call.arguments):
            name, opaque = _place(argument, piped + index, block)
            kept = name in needs or self._may_decide(argument.value) or (argument.name is None and not placed)
            yield argument if kept else replace(argument, value=tree.Name(opaque, argument.span))

    def _has_tensors(self, call: tree.Call) -> bool:
        """Whether a call is seen to begin with its tensors; one that makes an instance begins with values."""
        return bool(call.arguments) and self._outlines.is_tensor(self._within, call.arguments[0].value)


def _place(argument: tree.Argument, place: int, block: tree.Block) -> tuple[str, str]:
    """The parameter that an argument is for, and what may stand in for it."""
    if argument.name is not None:
        return argument.name.name, VALUE
    names = [parameter.name.name for parameter in block.parameters]
    return names[place] if place < len(names) else "", TENSOR if place < len(_tensors(block)) else VALUE


def _tensors(block: tree.Block) -> list[tree.ParameterDeclaration]:
    return [p for p in block.parameters if _is_tensor(p.type)]


def _is_tensor(type_: tree.TypeExpr) -> bool:
    while isinstance(type_, tree.ListType):
        type_ = type_.element
    return isinstance(type_, tree.NamedType) and type_.name == "tensor"


def _may_be_several(within: Definition) -> bool:
    """Whether a block says that it returns anything but one tensor."""
    return isinstance(within, tree.Block) and isinstance(within.returns, tree.TupleType | tree.ListType)
