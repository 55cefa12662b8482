"""The parse table as the parser uses it, read from tables.json (made from grammar.lark by `maketables`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .record import record

END = "$END"
_FILE = Path(__file__).with_name("tables.json")


@record
class Rule:
    """What to do when a rule is complete.

    `picks` says which of the rule's `length` symbols become children: `(index, spliced)`, where -1 is
    an absent optional one. A rule without `callback` hands on its only child, or, where `gathers` is
    true, the list of its children. `passes`: one symbol, handed on as it is.
    """

    name: str
    callback: str
    length: int
    picks: tuple[tuple[int, bool], ...]
    gathers: bool
    passes: bool


@record
class Tables:
    """`words` maps keywords and punctuation to terminals. Of an action, a number >= 0 is the state to
    shift to and a number < 0 is `~` the rule to reduce by."""

    words: Mapping[str, str]
    patterns: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]
    actions: tuple[Mapping[str, int], ...]
    gotos: tuple[Mapping[str, int], ...]

    @property
    def callbacks(self) -> set[str]:
        return {rule.callback for rule in self.rules if rule.callback}


def _rule(name: str, callback: str, length: int, picks: list[tuple[int, bool]]) -> Rule:
    gathers = name.startswith("_")
    passes = length == 1 and not callback and not gathers
    return Rule(name, callback, length, tuple((index, spliced) for index, spliced in picks), gathers, passes)


@cache
def load() -> Tables:
    """The tables of this version's grammar."""
    data = json.loads(_FILE.read_bytes())
    return Tables(
        data["words"],
        tuple((name, pattern) for name, pattern in data["patterns"]),
        tuple(_rule(*row) for row in data["rules"]),
        tuple(data["actions"]),
        tuple(data["gotos"]),
    )
