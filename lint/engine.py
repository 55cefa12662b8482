"""Running rules over a program."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence

from ..dsl.diagnostics import Diagnostic, Label, Severity
from ..dsl.modules import Program
from .context import Context
from .rule import Finding, Rule
from .rules import RULES

_ABOUT_SUPPRESSIONS = "L9"
"""Rules that look at what the others have found; nothing silences them."""


def lint(program: Program, codes: Iterable[str], target: str | None = None) -> list[Diagnostic]:
    """What the rules of these codes find in the main module of a checked program, in the order of the text."""
    rules = [rule(code) for code in sorted(codes)]
    running = [one for one in rules if target or not one.target]
    context = Context(program, frozenset(one.code.id for one in running), target)
    ordinary = [one for one in running if not one.code.id.startswith(_ABOUT_SUPPRESSIONS)]
    found = context.suppressions.loud(_findings(ordinary, context))
    found += _findings([one for one in running if one not in ordinary], context)
    return sorted(found, key=_place)


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError where there is none."""
    declared: Rule = importlib.import_module(f".rules.{RULES[code]}", __package__).RULE
    return declared


def _findings(rules: Sequence[Rule], context: Context) -> Iterator[Diagnostic]:
    for one in rules:
        for finding in one.check(context):
            yield _diagnostic(one, finding)


def _diagnostic(rule: Rule, found: Finding) -> Diagnostic:
    labels = (Label(found.span, found.label), *found.others)
    hint = found.hint or (found.fix.message if found.fix else None)
    return Diagnostic(rule.code, found.message, labels, found.notes, hint, found.fix, Severity.WARNING)


def _place(found: Diagnostic) -> tuple[int, int, str]:
    span = found.span
    assert span is not None  # a finding has one
    return span.line, span.column, found.code.id
