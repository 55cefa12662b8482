"""Bodies as the explorer follows them: a call that may decide inside is a statement of its own, which can be entered.

x = x |> conv2d(8) |> layer(16) |> relu      becomes      %1 <- x |> conv2d(8) |> layer(16)
                                                          x = %1 |> relu
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...dsl import tree
from ...dsl.record import record
from ...dsl.source import Span

if TYPE_CHECKING:
    from .bodies import Bodies

Definition = tree.Block | tree.Model
Statements = tuple[tree.Statement, ...]


@record
class Enter:
    """`name <- call`. `variable` is the name that the call's result gets in the program, if it gets one at once."""

    name: str
    call: tree.Expr
    variable: str | None
    span: Span


def callee_of(node: tree.Expr) -> tree.Expr:
    """What is called in the end by a call, a pipe or where an option is taken."""
    inner = node.right if isinstance(node, tree.Pipe) else node
    inner = inner.value if isinstance(inner, tree.Labelled) else inner
    return inner.callee if isinstance(inner, tree.Call) else inner


def _assign(name: str, value: tree.Expr) -> tree.Assign:
    pattern = tree.Pattern((tree.Identifier(name, value.span),), takes_apart=False, span=value.span)
    return tree.Assign(pattern, value, value.span)


def _assigned(name: str, branch: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*branch[:-1], _assign(name, branch[-1]))


class Opening:
    """Takes the calls out of the statements of one body, in the order in which they are made."""

    def __init__(self, bodies: Bodies, within: Definition) -> None:
        self._bodies = bodies
        self._within = within
        self._taken = 0

    def statements(self, statements: Statements) -> Statements:
        return tuple([opened for statement in statements for opened in self._statement(statement)])

    def _statement(self, node: tree.Statement) -> list[tree.Statement]:
        match node:
            case tree.For() | tree.Repeat():
                return [replace(node, body=self.statements(node.body))]
            case tree.If():
                return [replace(node, then=self.statements(node.then), otherwise=self.statements(node.otherwise))]
            case tree.Assign() | tree.Return() | tree.OutputStatement():
                return self._with_value(node)
            case _:
                return [node]

    def _with_value(self, node: tree.Assign | tree.Return | tree.OutputStatement) -> list[tree.Statement]:
        before: list[Any] = []
        variable = None
        if isinstance(node, tree.Assign) and isinstance(node.value, tree.Call) and not node.pattern.takes_apart:
            (name,) = node.pattern.names
            variable = name.name if isinstance(name, tree.Identifier) else None
        value = self._expression(node.value, before, variable)
        opened = replace(node, value=value) if before else node
        if isinstance(opened, tree.Return) and self._bodies.may_decide(self._within, opened.value):
            return [*before, *self._returned(opened)]
        return [*before, opened]

    def _returned(self, node: tree.Return) -> tuple[tree.Assign, tree.Return]:
        """What may still decide is found before it is returned: leaving a block can't be done twice."""
        name = self._name()
        return _assign(name, node.value), replace(node, value=tree.Name(name, node.span))

    def _expression(self, node: tree.Expr, before: list[Any], variable: str | None = None) -> tree.Expr:  # noqa: PLR0911  # one line per kind
        """The expression with the results in place of the calls. What may not be evaluated at all stays as it is."""
        match node:
            case tree.Pipe():
                return self._pipe(node, before)
            case tree.Call():
                return self._call(node, node, self._arguments(node, before), before, variable)
            case tree.Labelled(value=tree.Call() as call):
                inner = self._arguments(call, before)
                return self._call(call, node, replace(node, value=inner), before, variable)
            case tree.ListExpr() | tree.TupleExpr():
                return replace(node, items=tuple([self._expression(item, before) for item in node.items]))
            case tree.Binary() if node.operator not in ("and", "or"):
                left = self._expression(node.left, before)
                return replace(node, left=left, right=self._expression(node.right, before))
            case tree.Subscript():
                return replace(node, value=self._expression(node.value, before))
            case tree.Conditional():
                return self._conditional(node, before)
            case tree.Comprehension():
                return self._comprehension(node, before)
            case _:
                return node

    def _conditional(self, node: tree.Conditional, before: list[Any]) -> tree.Expr:
        """A statement, where a branch has calls that are taken out: only the branch taken may be gone into."""
        node = replace(node, condition=self._expression(node.condition, before))
        then, otherwise = self._branch(node.then), self._branch(node.otherwise)
        if len(then) == len(otherwise) == 1:
            return node
        name = self._name()
        before.append(_assign(name, tree.Literal(False, node.span)))
        before.append(tree.If(node.condition, _assigned(name, then), _assigned(name, otherwise), node.span))
        return tree.Name(name, node.span)

    def _comprehension(self, node: tree.Comprehension, before: list[Any]) -> tree.Expr:
        """A loop, where its element has calls that are taken out."""
        element = self._branch(node.element)
        node = replace(node, iterable=self._expression(node.iterable, before))
        if len(element) == 1:
            return node
        name = self._name()
        longer = tree.Binary("+", tree.Name(name, node.span), tree.ListExpr((element[-1],), node.span), node.span)
        body = (*element[:-1], _assign(name, longer))
        if node.condition is not None:
            body = (tree.If(node.condition, body, (), node.span),)
        before.append(_assign(name, tree.ListExpr((), node.span)))
        before.append(tree.For(node.pattern, node.iterable, node.label, body, node.span))
        return tree.Name(name, node.span)

    def _branch(self, node: tree.Expr) -> tuple[Any, ...]:
        """The statements in front of an expression, and it."""
        before: list[Any] = []
        value = self._expression(node, before)
        return (*before, value)

    def _pipe(self, node: tree.Pipe, before: list[Any]) -> tree.Expr:
        stages = [node]
        while isinstance(left := stages[-1].left, tree.Pipe):
            stages.append(left)
        value = self._expression(stages[-1].left, before)
        for stage in reversed(stages):
            value = self._stage(replace(stage, left=value), before)
        return value

    def _stage(self, node: tree.Pipe, before: list[Any]) -> tree.Expr:
        right = node.right.value if isinstance(node.right, tree.Labelled) else node.right
        callee = right.callee if isinstance(right, tree.Call) else right
        return self._taken_out(callee, node, before, None)

    def _arguments(self, node: tree.Call, before: list[Any]) -> tree.Call:
        arguments = [replace(a, value=self._expression(a.value, before)) for a in node.arguments]
        return replace(node, arguments=tuple(arguments))

    def _call(
        self, call: tree.Call, node: tree.Expr, opened: tree.Expr, before: list[Any], variable: str | None
    ) -> tree.Expr:
        return self._taken_out(call.callee, opened, before, variable)

    def _taken_out(self, callee: tree.Expr, node: tree.Expr, before: list[Any], variable: str | None) -> tree.Expr:
        if self._bodies.is_plain(self._within, callee):
            return node
        name = self._name()
        before.append(Enter(name, node, variable, node.span))
        return tree.Name(name, node.span)

    def _name(self) -> str:
        """A name that no program can write."""
        self._taken += 1
        return f"%{self._taken}"
