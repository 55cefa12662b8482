"""Whatever a program looks like: fixes lose no word that they do not speak of, no comment, and no layer."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from mnet import driver
from mnet.compiler.elaborate import elaborate
from mnet.compiler.irtext import print_graph
from mnet.dsl import tree
from mnet.dsl.check.walk import nodes
from mnet.dsl.diagnostics import DiagnosticError, Edit
from mnet.dsl.lexer import scan
from mnet.dsl.modules import Program
from mnet.dsl.source import Source, Span
from mnet.lint.engine import lint, rule
from mnet.lint.fixing import Fixed, edited, fix
from mnet.lint.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
SMALL = 40
"""Lines of a block or model that is worth mutating: each is elaborated several times."""

SAMPLES = [text for code in RULES for text in (rule(code).fails, rule(code).passes)]
STANDARD = [path.read_text() for path in sorted(ROOT.glob("dsl/std/*.mnet"))]
WHOLE = (tree.Import, *get_args(tree.Item), *get_args(tree.Statement))
LINE = "model Line(width: float = 1.0, wide: bool = true) {\n  input x: f32[N, 8, 8, 4]\n  y = x\n  output z = y\n}\n"
PROGRAMS = [*SAMPLES, *STANDARD, LINE, f"{SAMPLES[0]}\n{LINE}"]

LAYOUT = "L701"
"""Its fix is the formatter's, which has tests of its own: that lays out the whole file."""

COMMENTS = ["// a", "// lint: ignore L7", "// lint: ignore-file L9", "// lint: of", "/// b", "//   c, d", "//"]
STATEMENTS = [
    "unused = 1",
    "unused = 1 // one",
    "idle = x",
    "fn idle_function(c: int) -> int = c * 1",
    "if true { quiet = 2 }",
    "if 1 > 2 { quiet = 2 } else { quiet = 3 }",
    "same = 3 same = same",
    "odd = not not (1 + 0 == 1)",
    "n = if 2 > 1 { 1 + 0 } else { 2 }",
    "truth = if 2 == 2 { true } else { false }",
    "@freeze quiet = 2",
    '@precision(weights="int8") if true { quiet = 2 silent = 3 }',
]
"""What a rule would take away or rewrite, none of it with a layer."""

WORDS = {"true": "(true == true)", "1": "1 * 1", "2": "(2 + 0)", "3": "if true { 3 } else { 4 }"}


def read(text: str) -> Program:
    return driver.read_source(text, "a.mnet")


def mended(program: Program, *, unsafe: bool = False) -> Fixed:
    return fix(program, partial(lint, codes=RULES), read, unsafe=unsafe)


def graphs(program: Program) -> list[str]:
    """The models that can be elaborated as they stand, without their places in the text."""
    found = []
    for item in program.main.items:
        if isinstance(item, tree.Model):
            try:
                found.append(print_graph(elaborate(program, item.name.name)))
            except DiagnosticError as refused:
                found.append(refused.diagnostics[0].code.id)
    return [re.sub(r' @ "[^"]*":[-:0-9]+', "", text) for text in found]


def comments(program: Program) -> Counter[str]:
    """Those that people read: suppressions go when they are in vain."""
    return Counter(c.text for c in program.main.comments if not re.match(r"//[ \t]*lint[ \t]*:", c.text))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A program with idle statements, roundabout values and comments in odd places, if that is still a program."""
    program = read(draw(st.sampled_from(PROGRAMS)))
    for _ in range(draw(st.integers(1, 4))):
        mutate = draw(st.sampled_from([with_statement, with_word, with_comment, with_blank]))
        try:
            program = read(mutate(draw, program.sources.by_name["a.mnet"]))
        except DiagnosticError:
            continue
    return program.sources.by_name["a.mnet"].text


def with_statement(draw: st.DrawFn, source: Source) -> str:
    """One more statement in front of a line of a body."""
    lines = list(source.lines)
    places = [n for n, line in enumerate(lines) if re.match(r" +(\w+ =|output|return|for|if)", line)]
    if places:
        lines.insert(draw(st.sampled_from(places)), draw(st.sampled_from(STATEMENTS)))
    return "\n".join(lines)


def with_word(draw: st.DrawFn, source: Source) -> str:
    """A value said in a roundabout way."""
    places = [token for token in scan(source).tokens if token.text in WORDS]
    if not places:
        return source.text
    token = draw(st.sampled_from(places))
    return edited(source, [Edit(token.span("a.mnet"), WORDS[token.text])])


def with_comment(draw: st.DrawFn, source: Source) -> str:
    """A comment before some word."""
    return _before_a_word(draw, source, f"{draw(st.sampled_from(COMMENTS))}\n")


def with_blank(draw: st.DrawFn, source: Source) -> str:
    return _before_a_word(draw, source, draw(st.sampled_from([" ", "\n", "\n\n\n", "\t"])))


def _before_a_word(draw: st.DrawFn, source: Source, text: str) -> str:
    token = draw(st.sampled_from(scan(source).tokens))
    here = Span("a.mnet", token.line, token.column, token.line, token.column)
    return edited(source, [Edit(here, text)])


@settings(max_examples=60, deadline=None)
@given(mutated())
def test_safe_fixes_keep_the_networks_and_the_comments(text: str) -> None:
    program = read(text)
    before, said = graphs(program), comments(program)
    done = mended(program)
    after = read(done.text)
    assert graphs(after) == before
    assert comments(after) == said
    assert mended(after).text == done.text


@settings(max_examples=40, deadline=None)
@given(mutated())
def test_unsafe_fixes_give_programs_and_keep_the_comments(text: str) -> None:
    program = read(text)
    said = comments(program)
    after = read(mended(program, unsafe=True).text)
    assert comments(after) == said


@settings(max_examples=60, deadline=None)
@given(mutated())
def test_fixes_touch_nothing_but_what_they_speak_of(text: str) -> None:
    """Of each fix alone: no word goes but of the statement, item or comment that its finding is about."""
    program, source = read(text), Source("a.mnet", text)
    for finding in lint(program, RULES.keys() - {LAYOUT}):
        if finding.fix:
            about = around(program, finding.labels[0].span)
            tokens, start, end = scan(source).tokens, (about.line, about.column), (about.end_line, about.end_column)
            before = [token.text for token in tokens if (token.line, token.column) < start]
            behind = [token.text for token in tokens if (token.line, token.column) >= end]
            after = [token.text for token in scan(Source("a.mnet", edited(source, finding.fix.edits))).tokens]
            assert after[: len(before)] == before
            assert after[len(after) - len(behind) :] == behind


def around(program: Program, span: Span) -> Span:
    """The smallest statement, import or item that a finding is in; the finding itself where it is in none."""
    holding = [node.span for node in nodes(program.main) if isinstance(node, WHOLE) and _within(span, node.span)]
    return min(holding, key=lambda outer: (outer.end_line - outer.line, outer.end_column - outer.column), default=span)


def _within(inner: Span, outer: Span) -> bool:
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
