"""Every name of a file: where it is declared, where it gets values, where it is used. One walk over the tree."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..dsl import tree
from ..dsl.check.walk import children
from ..dsl.source import Span


class Kind(enum.Enum):
    """What a name stands for; the value is how messages say it."""

    IMPORT = "import"
    CONSTANT = "constant"
    FUNCTION = "function"
    BLOCK = "block"
    MODEL = "model"
    PARAMETER = "parameter"
    INPUT = "input"
    VARIABLE = "variable"
    LOOP = "loop variable"
    CHOICE = "choice"


Owner = tree.Function | tree.Block | tree.Model


@dataclass(slots=True, eq=False)
class Declaration:
    """A name where it first gets its meaning.

    `node` is what declares it (an `ImportedName`, an item, a `ParameterDeclaration`, a statement, a comprehension),
    `owner` the definition that it is local to, None for what the file declares. `bound` are all identifiers that give
    it a value, the first one included; `uses` are the names that stand for it, in the order of the text.
    """

    name: tree.Identifier
    kind: Kind
    node: Any
    owner: Owner | None
    bound: list[tree.Identifier] = field(default_factory=list)
    uses: list[tree.Name] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return self.name.span


class Names:
    """The declarations of a file in the order of the text, and what each name in an expression stands for."""

    def __init__(self, module: tree.Module) -> None:
        self.declarations: list[Declaration] = []
        self._meant: dict[Span, Declaration] = {}
        self._scope: list[dict[str, Declaration]] = [{}]
        self._owner: Owner | None = None
        self._module(module)

    def of_kind(self, *kinds: Kind) -> Iterator[Declaration]:
        """The declarations of these kinds."""
        return (found for found in self.declarations if found.kind in kinds)

    def meant(self, name: tree.Name) -> Declaration | None:
        """What a name stands for; None for what is always there (operators, builtins) and the symbolic batch."""
        return self._meant.get(name.span)

    # The walk ---------------------------------------------------------------------------------

    def _module(self, module: tree.Module) -> None:
        for imported in (name for wanted in module.imports for name in wanted.names):
            self._declare(imported.local, Kind.IMPORT, imported)
        for item in module.items:
            self._declare(item.name, _ITEMS[type(item)], item)
        for item in module.items:
            self._item(item)

    def _item(self, item: tree.Item) -> None:
        if isinstance(item, tree.Constant):
            self._walk(item.value)
        else:
            self._definition(item)

    def _definition(self, node: Owner) -> None:
        outer, self._owner = self._owner, node
        self._scope.append({})
        for parameter in node.parameters:
            self._walk(parameter.default)
            self._declare(parameter.name, Kind.PARAMETER, parameter)
        self._walk(node.body)
        self._scope.pop()
        self._owner = outer

    def _walk(self, node: Any) -> None:
        """A node, a tuple of nodes, or something that is none."""
        if isinstance(node, tuple):
            for part in node:
                self._walk(part)
            return
        handler = _HANDLERS.get(node.__class__)
        if handler is not None:
            handler(self, node)
            return
        for name in reversed(children(node.__class__)):
            self._walk(getattr(node, name))

    def _name(self, node: tree.Name) -> None:
        found = self._find(node.name)
        if found is not None:
            found.uses.append(node)
            self._meant[node.span] = found

    def _assign(self, node: tree.Assign) -> None:
        self._walk(node.value)
        for name in node.pattern.identifiers:
            known = self._find(name.name)
            if known is None:
                self._declare(name, Kind.VARIABLE, node)
            else:
                known.bound.append(name)

    def _for(self, node: tree.For) -> None:
        self._walk(node.iterable)
        self._turn(node, (node.body,))

    def _comprehension(self, node: tree.Comprehension) -> None:
        self._walk(node.iterable)
        self._turn(node, (node.condition, node.element))

    def _turn(self, node: tree.For | tree.Comprehension, inside: tuple[Any, ...]) -> None:
        self._scope.append({})
        for name in node.pattern.identifiers:
            self._declare(name, Kind.LOOP, node)
        self._walk(inside)
        self._scope.pop()

    def _repeat(self, node: tree.Repeat) -> None:
        self._walk(node.count)
        self._scope.append({})
        for name in ("index", "first"):  # nobody wrote them, so they are no declarations
            self._scope[-1][name] = Declaration(tree.Identifier(name, node.label.span), Kind.LOOP, node, self._owner)
        self._walk(node.body)
        self._scope.pop()

    def _choice(self, node: tree.Choice) -> None:
        self._walk(node.options)
        self._declare(node.name, Kind.CHOICE, node)

    def _if(self, node: tree.If) -> None:
        self._walk(node.condition)
        self._inside(node.then)
        self._inside(node.otherwise)

    def _inside(self, body: tuple[tree.Statement, ...]) -> None:
        self._scope.append({})
        self._walk(body)
        self._scope.pop()

    def _input(self, node: tree.Input) -> None:
        self._walk(node.type)
        self._declare(node.name, Kind.INPUT, node)

    def _function(self, node: tree.Function) -> None:
        self._definition(node)
        self._declare(node.name, Kind.FUNCTION, node)

    def _declare(self, name: tree.Identifier, kind: Kind, node: Any) -> None:
        declaration = Declaration(name, kind, node, self._owner, [name])
        self.declarations.append(declaration)
        self._scope[-1][name.name] = declaration

    def _find(self, name: str) -> Declaration | None:
        return next((scope[name] for scope in reversed(self._scope) if name in scope), None)


_ITEMS = {
    tree.Constant: Kind.CONSTANT,
    tree.Function: Kind.FUNCTION,
    tree.Block: Kind.BLOCK,
    tree.Model: Kind.MODEL,
}

_HANDLERS: Mapping[type, Callable[[Names, Any], None]] = {
    tree.Name: Names._name,
    tree.Assign: Names._assign,
    tree.For: Names._for,
    tree.Comprehension: Names._comprehension,
    tree.Repeat: Names._repeat,
    tree.Choice: Names._choice,
    tree.If: Names._if,
    tree.Input: Names._input,
    tree.Function: Names._function,
}
"""What binds a name or opens a scope; of everything else the parts are walked."""
