"""Walks over the tree, without recursion: it may be deep."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

from ..tree import Annotated, For, If, Repeat, Statement


def statements_within(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    """Every statement of a body and of the bodies in it, in the order of the text."""
    pending = list(reversed(statements))
    while pending:
        statement = pending.pop()
        yield statement
        pending.extend(reversed(statements_of(statement)))


def statements_of(statement: Statement) -> tuple[Statement, ...]:
    """The statements of the bodies of a statement."""
    match statement:
        case For(body=body) | Repeat(body=body):
            return body
        case If():
            return statement.then + statement.otherwise
        case Annotated():
            return (statement.statement,)
    return ()


def nodes(root: Any) -> Iterator[Any]:
    """Every node under one, or under several in a tuple, in the order of the text: themselves too. No recursion."""
    pending: list[Any] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(reversed(node))
            continue
        parts = children(node.__class__)
        if parts:
            yield node
            pending.extend([getattr(node, part) for part in parts])


@functools.cache
def children(kind: type) -> tuple[str, ...]:
    """The fields of a node, last first; none of what is no node."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple(field.name for field in reversed(dataclasses.fields(kind)) if field.compare)
