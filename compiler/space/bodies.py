"""What is called in the bodies of a program: blocks that decide, layers that do not, functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from ...dsl import tree
from ...dsl.builtins import BUILTINS
from ...dsl.check.walk import nodes
from ...dsl.modules import Program
from ..elaborate.patterns import names_of
from ..ops import OPERATORS
from .opening import Definition, Opening, Statements, callee_of


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
            known = self._opened[id(within)] = Opening(self, within).statements(within.body)
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
