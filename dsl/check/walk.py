"""Walks over the tree, without recursion: it may be deep."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

from ..tree import For, If, Item, Statement


def statements_within(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    """Every statement of a body and of the bodies in it, in the order of the text."""
    pending = list(reversed(statements))
    while pending:
        statement = pending.pop()
        yield statement
        if isinstance(statement, For):
            pending.extend(reversed(statement.body))
        if isinstance(statement, If):
            pending.extend(reversed(statement.then + statement.otherwise))


def nodes(root: Item) -> Iterator[Any]:
    """Every node of an item, in the order of the text, without recursion."""
    pending: list[Any] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(reversed(node))
            continue
        children = _children(node.__class__)
        if children:
            yield node
            pending.extend([getattr(node, child) for child in children])


@functools.cache
def _children(kind: type) -> tuple[str, ...]:
    """The fields of a node, last first; none of what is no node."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple(field.name for field in reversed(dataclasses.fields(kind)) if field.compare)
