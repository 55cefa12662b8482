"""Bodies as the explorer follows them: a call that may decide inside is a statement of its own, which can be entered.

x = x |> conv2d(8) |> layer(16) |> relu      becomes      %1 <- x |> conv2d(8) |> layer(16)
                                                          x = %1 |> relu
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from ...dsl import tree
from ...dsl.builtins import BUILTINS
from ...dsl.modules import Program
from ...dsl.record import record
from ...dsl.source import Span
from ..elaborate.patterns import names_of
from ..ops import OPERATORS
from .reading import nodes

Definition = tree.Block | tree.Model
Statements = tuple[tree.Statement, ...]


@record
class Enter:
    """`name <- call`. `variable` is the name that the call's result gets in the program, if it gets one at once."""

    name: str
    call: tree.Expr
    variable: str | None
    span: Span


class Bodies:
    """The blocks and models of a program, and what is called in them."""

    def __init__(self, program: Program) -> None:
        self._blocks = _visible_blocks(program)
        self.deciding = _deciding(program, self._blocks)
        self._module_of = {
            id(item): name
            for name, module in program.modules.items()
            for item in module.items
            if isinstance(item, tree.Block | tree.Model)
        }
        self._functions = _functions(program)
        items = [item for module in program.modules.values() for item in module.items]
        self.deciding_blocks = [item for item in items if isinstance(item, tree.Block) and id(item) in self.deciding]
        self._opened: dict[int, Statements] = {}
        self._plain: dict[int, frozenset[str]] = {}
        self._tensors: dict[int, Set[str]] = {}

    def block(self, within: Definition, callee: tree.Expr) -> tree.Block | None:
        """The block that a name means inside a definition."""
        if not isinstance(callee, tree.Name) or callee.name in _bound(within):
            return None
        return self._blocks[self._module_of[id(within)]].get(callee.name)

    def is_plain(self, within: Definition, callee: tree.Expr) -> bool:
        """Whether what is called is known to decide nothing."""
        if not isinstance(callee, tree.Name):
            return False
        plain = self._plain.get(id(within))
        if plain is None:
            plain = self._plain[id(within)] = self._plain_names(within)
        return callee.name in plain

    def is_layer(self, within: Definition, node: tree.Expr) -> bool:
        """Whether a call is known to decide nothing, and to give one tensor."""
        return self._gives_tensor(within, callee_of(node)) and (
            isinstance(node, tree.Pipe) or self._is_applied(within, node)
        )

    def _is_applied(self, within: Definition, node: tree.Expr) -> bool:
        """Whether a call is seen to be given tensors; another one may make an instance."""
        call = node.value if isinstance(node, tree.Labelled) else node
        return isinstance(call, tree.Call) and any(self.is_tensor(within, given.value) for given in call.arguments)

    def is_tensor(self, within: Definition, value: tree.Expr) -> bool:
        """Whether an expression is seen to be a tensor."""
        if isinstance(value, tree.Pipe):
            return self._calls_layer(within, value)
        tensors = self._tensors.get(id(within))
        if tensors is None:
            tensors = self._tensors[id(within)] = self._tensor_names(within)
        return isinstance(value, tree.Name) and value.name in tensors

    def _calls_layer(self, within: Definition, node: tree.Expr) -> bool:
        """Whether a call or pipe is one of a layer, and not of a function."""
        callee = callee_of(node)
        if not isinstance(callee, tree.Name):
            return False
        if callee.name in _bound(within):
            return callee.name not in _local_functions(within)
        return callee.name in OPERATORS or callee.name in self._blocks[self._module_of[id(within)]]

    def _tensor_names(self, within: Definition) -> Set[str]:
        """Names that are seen to be tensors: parameters, inputs, and results of pipes that nothing else has."""
        given = {p.name.name for p in within.parameters if p.type == tree.NamedType("tensor", p.type.span)}
        made: set[str] = set()
        others: set[str] = _local_functions(within)
        for node in nodes(within.body):
            match node:
                case tree.Input(name):
                    given.add(name.name)
                case tree.Assign(pattern, tree.Pipe() as pipe) if not pattern.takes_apart:
                    (made if self._calls_layer(within, pipe) else others).update(names_of(pattern))
                case tree.Assign(pattern, tree.Call() as call) if self._calls_layer(within, call):
                    """A tensor or an instance: the other assignments tell."""
                case tree.Assign(pattern) | tree.For(pattern):
                    others.update(names_of(pattern))
                case tree.Choice(name):
                    others.add(name.name)
        return given | (made - others)

    def _gives_tensor(self, within: Definition, callee: tree.Expr) -> bool:
        if not self.is_plain(within, callee):
            return False
        block = self.block(within, callee)
        if block is not None:
            return not returns_several(block)
        assert isinstance(callee, tree.Name)
        if callee.name in _bound(within):
            return callee.name not in _local_functions(within)
        return callee.name in OPERATORS and not OPERATORS[callee.name].many_results

    def may_decide(self, within: Definition, value: tree.Expr) -> bool:
        """Whether a call is in an expression that is not known to decide nothing."""
        calls = (node for node in nodes(value) if isinstance(node, tree.Call | tree.Pipe))
        return not all(self.is_plain(within, callee_of(node)) for node in calls)

    def _plain_names(self, within: Definition) -> frozenset[str]:
        module = self._module_of[id(within)]
        blocks = {name for name, block in self._blocks[module].items() if id(block) not in self.deciding}
        outer = (blocks | self._functions | OPERATORS.keys() | BUILTINS.keys()) - _bound(within)
        activations = {p.name.name for p in within.parameters if p.type == tree.NamedType("activation", p.type.span)}
        inside = list(nodes(within.body))
        plain = outer | activations | _local_functions(within)
        for node in inside:
            if isinstance(node, tree.Choice) and _all_plain(node.options, plain):
                plain |= {node.name.name}
        return frozenset(plain | _plain_instances(inside, plain))

    def opened(self, within: Definition) -> Statements:
        """The body of a definition with every call that may decide as a statement of its own."""
        known = self._opened.get(id(within))
        if known is None:
            known = self._opened[id(within)] = _Opening(self, within).statements(within.body)
        return known


def returns_several(block: tree.Block) -> bool:
    """Whether a block may return anything but one tensor."""
    if block.returns is not None:
        return not isinstance(block.returns, tree.NamedType)
    several = tree.ListExpr | tree.TupleExpr | tree.Comprehension | tree.Name
    return any(isinstance(n, tree.Return) and isinstance(n.value, several) for n in nodes(block.body))


def _all_plain(options: tree.OptionSet | tree.Expr, plain: Set[str]) -> bool:
    if not isinstance(options, tree.OptionSet):
        return False
    return all(isinstance(c, tree.Name) and c.name in plain for c in map(callee_of, options.items))


def _plain_instances(inside: Sequence[Any], plain: Set[str]) -> set[str]:
    """The names that only calls of what decides nothing are assigned to: instances, where they are called."""
    made: set[str] = set()
    others: set[str] = set()
    for node in inside:
        match node:
            case tree.Assign(pattern, tree.Call(tree.Name(callee))) if callee in plain:
                made |= set(names_of(pattern))
            case tree.Assign(pattern) | tree.For(pattern):
                others |= set(names_of(pattern))
    return made - others


def callee_of(node: tree.Expr) -> tree.Expr:
    """What is called in the end by a call, a pipe or where an option is taken."""
    inner = node.right if isinstance(node, tree.Pipe) else node
    inner = inner.value if isinstance(inner, tree.Labelled) else inner
    return inner.callee if isinstance(inner, tree.Call) else inner


def _bound(within: Definition) -> set[str]:
    """The names that a definition binds."""
    bound = {parameter.name.name for parameter in within.parameters}
    for node in nodes(within.body):
        match node:
            case tree.Assign(pattern) | tree.For(pattern):
                bound |= set(names_of(pattern))
            case tree.Choice(name) | tree.Input(name) | tree.Function(name):
                bound.add(name.name)
    return bound


def _local_functions(within: Definition) -> set[str]:
    return {node.name.name for node in nodes(within.body) if isinstance(node, tree.Function)}


def _functions(program: Program) -> set[str]:
    """The names of functions: no block of another module is called so, or it is not called as one."""
    items = [item for module in program.modules.values() for item in module.items]
    blocks = {item.name.name for item in items if isinstance(item, tree.Block)}
    return {item.name.name for item in items if isinstance(item, tree.Function)} - blocks


def _visible_blocks(program: Program) -> Mapping[str, Mapping[str, tree.Block]]:
    own = {
        name: {item.name.name: item for item in module.items if isinstance(item, tree.Block)}
        for name, module in program.modules.items()
    }
    imported = {
        name: {
            part.local.name: own[statement.dotted][part.name.name]
            for statement in module.imports
            for part in statement.names
            if part.name.name in own[statement.dotted]
        }
        for name, module in program.modules.items()
    }
    return {name: {**imported[name], **own[name]} for name in own}


def _deciding(program: Program, visible: Mapping[str, Mapping[str, tree.Block]]) -> frozenset[int]:
    """The blocks, by `id`, that make a choice in their body or in a block named there."""
    named: dict[int, set[int]] = {}
    deciding: set[int] = set()
    taking: set[int] = set()
    for name, module in program.modules.items():
        for item in module.items:
            if isinstance(item, tree.Block):
                inside = list(nodes(item.body))
                if any(isinstance(node, tree.Choice | tree.Where) for node in inside):
                    deciding.add(id(item))
                if any(isinstance(node, tree.NamedType) and node.name == "block" for node in _types(item)):
                    taking.add(id(item))
                used = (visible[name].get(node.name) for node in inside if isinstance(node, tree.Name))
                named[id(item)] = {id(block) for block in used if block is not None}
    if deciding:  # what is given a block may be given one that decides
        deciding |= taking
    while more := {block for block, used in named.items() if block not in deciding and used & deciding}:
        deciding |= more
    return frozenset(deciding)


def _types(block: tree.Block) -> Iterator[Any]:
    """The types of a block's parameters and what they are made of."""
    return nodes(tuple([parameter.type for parameter in block.parameters]))


def _assign(name: str, value: tree.Expr) -> tree.Assign:
    pattern = tree.Pattern((tree.Identifier(name, value.span),), takes_apart=False, span=value.span)
    return tree.Assign(pattern, value, value.span)


def _assigned(name: str, branch: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*branch[:-1], _assign(name, branch[-1]))


class _Opening:
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
