"""Text -> syntax tree: the LALR(1) machine over the tables that Lark made from grammar.lark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import codes, tables
from .builder import Builder
from .diagnostics import Diagnostic, error
from .lexer import Scanned, Token, scan
from .limits import DEFAULT, Limits
from .record import record
from .source import Source, Span
from .tables import Rule
from .tree import Module


@record
class Parsed:
    """`module` is None where the text has an error; `diagnostics` stand in the order of the text."""

    module: Module | None
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source, limits: Limits = DEFAULT) -> Parsed:
    """The syntax tree of a file, or every syntax error found in it. Raises nothing."""
    if len(source.text) > limits.source_bytes:
        return Parsed(None, (_too_large(source, limits),))
    scanned = scan(source, limits)
    machine = Machine(source, scanned, limits)
    module = machine.run()
    found = sorted((*scanned.diagnostics, *machine.builder.diagnostics, *machine.diagnostics), key=_position)
    return Parsed(None, tuple(found)) if found else Parsed(module, ())


def _too_large(source: Source, limits: Limits) -> Diagnostic:
    message = f"`{source.name}` has {len(source.text)} characters; at most {limits.source_bytes} are read"
    return error(codes.SOURCE_TOO_LARGE, message)


def _position(diagnostic: Diagnostic) -> tuple[int, int]:
    span = diagnostic.span
    return (span.line, span.column) if span else (0, 0)


class NestedTooDeeply(Exception):  # noqa: N818  # ends the parse from within a reduction; never leaves this file
    """The tree got deeper than the limit."""


class Machine:
    """One run over one file.

    The stacks hold, for each symbol read and not yet reduced: the state after it, its value, its first
    and last token, and the depth of its tree.
    """

    def __init__(self, source: Source, scanned: Scanned, limits: Limits) -> None:
        self.tables = tables.load()
        self.source = source
        self.tokens = scanned.tokens
        self.limits = limits
        self.builder = Builder(source, scanned, limits)
        self.callbacks: Mapping[str, Callable[..., Any]] = self.builder.callbacks(self.tables.callbacks)
        self.diagnostics: list[Diagnostic] = []
        self.comments = scanned.comments
        self.reported_lines = {found.span.line for found in scanned.diagnostics if found.span}
        self.states = [0]
        self.values: list[Any] = []
        self.firsts: list[Token] = []
        self.lasts: list[Token] = []
        self.depths: list[int] = []
        self.position = 0

    def run(self) -> Module | None:
        try:
            return self.read()
        except NestedTooDeeply:
            return None

    def read(self) -> Module | None:
        """Shift and reduce up to the end. None where an error left nothing to go on with."""
        actions, gotos, rules = self.tables.actions, self.tables.gotos, self.tables.rules
        states, tokens = self.states, self.tokens
        token = tokens[0]
        while True:
            action = actions[states[-1]].get(token.kind)
            if action is None:
                if not self.recover():
                    return None
                token = tokens[self.position]
            elif action >= 0:
                self.push(action, token, token, token, 0)
                self.position += 1
                token = tokens[self.position]
            elif rules[~action].passes:
                states[-1] = gotos[states[-2]][rules[~action].name]
            elif rules[~action].name == "start":
                return self.finish(rules[~action])
            else:
                self.reduce(rules[~action])

    def recover(self) -> bool:
        """Report what stands here, and find where to go on; False where there is no such place."""
        from .recovery import recover  # noqa: PLC0415  # five modules about mistakes: a file without any goes past them

        return recover(self)

    def report(self, found: Diagnostic) -> None:
        """One syntax error a line is enough: what follows in it is mostly its echo."""
        line = found.span.line if found.span else 0
        if line not in self.reported_lines:
            self.diagnostics.append(found)
        self.reported_lines.add(line)

    def push(self, state: int, value: Any, first: Token, last: Token, depth: int) -> None:
        self.states.append(state)
        self.values.append(value)
        self.firsts.append(first)
        self.lasts.append(last)
        self.depths.append(depth)

    def pop(self, count: int) -> None:
        """Forget the last symbols."""
        base = len(self.values) - count
        del self.states[base + 1 :], self.values[base:], self.firsts[base:], self.lasts[base:], self.depths[base:]

    def reduce(self, rule: Rule) -> None:
        """Put what a complete rule makes in the place of its symbols."""
        base = len(self.values) - rule.length
        first, last = self.firsts[base], self.lasts[-1]
        depth = max(self.depths[base:])
        children = self.children(rule, base)
        value: Any = children
        if rule.callback:
            depth += 1
            span = self.span(first, last)
            if depth > self.limits.nesting:
                self.refuse_depth(span)
            value = self.callbacks[rule.callback](span, *children)
        elif not rule.gathers:
            value = children[0]
        self.pop(rule.length)
        self.push(self.tables.gotos[self.states[-1]][rule.name], value, first, last, depth)

    def children(self, rule: Rule, base: int) -> list[Any]:
        """The values that a rule keeps of its symbols. A list that grows by its last element is not copied."""
        values, picks = self.values, rule.picks
        if rule.gathers and picks and picks[0][1]:
            result: list[Any] = values[base + picks[0][0]]
            picks = picks[1:]
        else:
            result = []
        for index, spliced in picks:
            if spliced:
                result.extend(values[base + index])
            else:
                result.append(values[base + index] if index >= 0 else None)
        return result

    def finish(self, rule: Rule) -> Module:
        module: Module = self.builder.start(self.source.whole, *self.children(rule, len(self.values) - rule.length))
        return module

    def span(self, first: Token, last: Token) -> Span:
        return Span(self.source.name, first.line, first.column, last.line, last.end_column)

    def refuse_depth(self, span: Span) -> None:
        self.diagnostics.append(
            error(
                codes.NESTED_TOO_DEEPLY,
                f"this is nested or chained more than {self.limits.nesting} levels deep",
                Span(span.file, span.line, span.column, span.line, span.column + 1),
                "starts here",
                hint="give a part of it a name of its own, and use that",
            )
        )
        raise NestedTooDeeply
