"""Turn grammar.lark into tables.json: `python -m mnet.dsl.maketables`, after every change of the grammar.

Lark reads the grammar and computes the LALR(1) states. What runs at each start is only the table:
building it takes half a second and importing Lark longer than compiling a small model.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import lark
from lark.grammar import Rule, Terminal
from lark.lexer import PatternStr

HERE = Path(__file__).parent
IGNORED = ("WHITESPACE", "COMMENT")

States = Mapping[int, Mapping[str, tuple[Any, Any]]]


class ConflictError(Exception):
    """The grammar is not LALR(1): Lark would silently prefer one reading."""


class _Conflicts(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def read_grammar(text: str) -> lark.Lark:
    """Lark's parser for the grammar. Raises `ConflictError` where a state has two actions for one token."""
    conflicts = _Conflicts()
    level = lark.logger.level
    lark.logger.addHandler(conflicts)
    lark.logger.setLevel(logging.DEBUG)
    try:
        parser = lark.Lark(text, parser="lalr", lexer="basic", maybe_placeholders=True)
    finally:
        lark.logger.setLevel(level)
        lark.logger.removeHandler(conflicts)
    if conflicts.messages:
        raise ConflictError("\n".join(conflicts.messages))
    return parser


def tables(text: str) -> dict[str, Any]:
    """The content of tables.json. Independent of hash order: states are numbered as they are reached."""
    parser = read_grammar(text)
    table = parser.parser.parser._parse_table
    order = _reachable(table.states, table.start_states["start"])
    rules = sorted(parser.rules, key=lambda rule: (rule.origin.name, rule.order))
    numbers = {rule: index for index, rule in enumerate(rules)}
    return {
        "words": {t.pattern.value: t.name for t in parser.terminals if isinstance(t.pattern, PatternStr)},
        "patterns": [
            [t.name, t.pattern.value]
            for t in parser.terminals
            if not isinstance(t.pattern, PatternStr) and t.name not in IGNORED
        ],
        "rules": [_rule(rule) for rule in rules],
        "actions": [_actions(table.states[state], order, numbers) for state in order],
        "gotos": [_gotos(table.states[state], order) for state in order],
    }


def _reachable(states: States, start: int) -> dict[int, int]:
    """Lark's state numbers in the order of a breadth-first walk, and the number each gets."""
    order = {start: 0}
    queue = [start]
    for state in queue:
        for _, (action, target) in sorted(states[state].items()):
            if action.name == "Shift" and target not in order:
                order[target] = len(order)
                queue.append(target)
    return order


def _actions(
    state: Mapping[str, tuple[Any, Any]], order: Mapping[int, int], rules: Mapping[Rule, int]
) -> dict[str, int]:
    """For a terminal, the state to shift to, or `~rule` to reduce by."""
    return {
        symbol: order[target] if action.name == "Shift" else ~rules[target]
        for symbol, (action, target) in sorted(state.items())
        if _is_terminal(symbol)
    }


def _gotos(state: Mapping[str, tuple[Any, Any]], order: Mapping[int, int]) -> dict[str, int]:
    return {symbol: order[target] for symbol, (_, target) in sorted(state.items()) if not _is_terminal(symbol)}


def _is_terminal(symbol: str) -> bool:
    return symbol.isupper() or symbol == "$END"


def _rule(rule: Rule) -> list[Any]:
    """`[name, callback or "", length, picks]`: what is left of a rule when its lookaheads are in the table."""
    return [rule.origin.name, _callback(rule), len(rule.expansion), list(_picks(rule))]


def _callback(rule: Rule) -> str:
    if rule.alias:
        return str(rule.alias)
    name = str(rule.origin.name)
    return "" if rule.options.expand1 or name.startswith("_") else name


def _picks(rule: Rule) -> Iterator[list[Any]]:
    """Which symbols become children: `[index, spliced]`, and `[-1, false]` for an absent optional one."""
    absent = "".join("_" if gap else "x" for gap in rule.options.empty_indices) or "x" * len(rule.expansion)
    index = 0
    for mark in absent:
        if mark == "_":
            yield [-1, False]
            continue
        symbol = rule.expansion[index]
        if not (isinstance(symbol, Terminal) and symbol.filter_out):
            yield [index, symbol.name.startswith("_") and not symbol.is_term]
        index += 1


def render(text: str) -> str:
    """tables.json as text: one state a line, so that a change of the grammar shows in a review."""
    parts = []
    for key, value in tables(text).items():
        rows = value.items() if isinstance(value, dict) else value
        lines = [
            f"{json.dumps(row[0])}:{json.dumps(row[1])}"
            if isinstance(value, dict)
            else json.dumps(row, separators=(",", ":"))
            for row in rows
        ]
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        parts.append(f"{json.dumps(key)}:{opening}\n" + ",\n".join(lines) + f"\n{closing}")
    return "{" + ",\n".join(parts) + "}\n"


def main() -> None:
    """Write tables.json."""
    grammar = (HERE / "grammar.lark").read_text(encoding="utf-8")
    (HERE / "tables.json").write_text(render(grammar), encoding="utf-8")


if __name__ == "__main__":
    main()
