"""What the parser would have taken, in words."""

from __future__ import annotations

from collections.abc import Sequence

from .context import SOFT_KEYWORDS
from .tables import END, Tables

COMPARISONS = frozenset({"EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "IN"})
BINARY = COMPARISONS | {"OR", "AND", "UPTO", "PLUS", "MINUS", "STAR", "SLASH", "PERCENT", "POWER"}

_CONTINUATIONS = BINARY | {"_PIPE", "_CALL", "LSQB", "_ASSIGN", "COLON", "_PLUS_MINUS"}
_LITERALS = frozenset({"INT", "FLOAT", "STRING", "TRUE", "FALSE"})
_SOFT_NAMES = SOFT_KEYWORDS | {"NAME"}
_STATEMENTS = frozenset({"RETURN", "NAME", "LPAR", "FOR", "IF", "INPUT", "OUTPUT", "FN"})
_OF_SPACES = frozenset({"CHOICE", "WHERE", "REPEAT", "REQUIRE", "EXPECT", "AT"})

# A group of tokens is named where the tokens can come that tell it; all of its tokens are covered by the name.
_GROUPS = (
    ({"INT"}, _LITERALS | _SOFT_NAMES | {"LPAR", "LSQB", "MINUS", "NOT", "IF"}, "an expression"),
    ({"RETURN"}, _STATEMENTS | _OF_SPACES, "a statement"),
    ({"FN", "MODEL"}, frozenset({"FN", "NAME", "BLOCK", "MODEL", "AT"}), "a declaration"),
    ({"MODEL"}, _SOFT_NAMES, "a name"),
    ({"BLOCK", "STRING"}, frozenset({"BLOCK", "NAME", "LPAR", "STRING"}), "a type"),
    ({"NAME"}, frozenset({"NAME"}), "a name"),
)


def expected(tables: Tables, states: Sequence[int]) -> list[str]:
    """What may come next, most telling first: `["an expression", "`)`"]`."""
    kinds = {kind for kind in tables.actions[states[-1]] if accepts(tables, states, kind)}
    words = []
    if kinds & {"_PIPE", "PLUS", "_PLUS_MINUS"}:
        # An expression is complete here, and could go on: that is said only where nothing else can be.
        kinds -= _CONTINUATIONS
        words = [] if kinds else ["an operator"]
    for telling, group, word in _GROUPS:
        if telling <= kinds:
            words.append(word)
            kinds -= group
    return list(dict.fromkeys(words + [_spelling(tables, kind) for kind in sorted(kinds)]))


def accepts(tables: Tables, states: Sequence[int], kind: str) -> bool:
    """Whether a token of a kind would be shifted, after what reductions it allows."""
    stack = list(states)
    while True:
        action = tables.actions[stack[-1]].get(kind)
        if action is None or action >= 0:
            return action is not None
        rule = tables.rules[~action]
        if rule.name == "start":
            return True
        del stack[len(stack) - rule.length :]
        stack.append(tables.gotos[stack[-1]][rule.name])


def _spelling(tables: Tables, kind: str) -> str:
    if kind == END:
        return "the end of the file"
    spelled = {"_CALL": "`(`", "NAME": "a name", "INT": "a number", "FLOAT": "a number", "STRING": "a string"}
    spelled["QUANTITY"] = "a quantity"
    return spelled.get(kind) or next(f"`{word}`" for word, terminal in tables.words.items() if terminal == kind)


def listing(words: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
