"""Programs broken at random: nothing but diagnostics ever comes of them, and Lark agrees on what is one."""

from __future__ import annotations

import contextlib
import functools
import re
from pathlib import Path

import lark
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mnet import driver
from mnet.dsl import codes
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.format.around import format_around_errors
from mnet.dsl.lexer import scan
from mnet.dsl.maketables import read_grammar
from mnet.dsl.parser import parse
from mnet.dsl.render import render
from mnet.dsl.source import Source, Sources

ROOT = Path(__file__).parents[2]
FILES = [*ROOT.glob("dsl/std/*.mnet"), *ROOT.glob("examples/**/*.mnet"), ROOT / "tests/dsl/format/spaces.out"]
PROGRAMS = [path.read_text(encoding="utf-8") for path in sorted(FILES)]
FRAGMENTS = [
    " ",
    "\n",
    "//",
    "///",
    '"',
    "'",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=",
    "|>",
    "..",
    "if",
    "for",
    "as",
    "choice",
    "where",
    "in {",
    "repeat",
    "require",
    "expect",
    "@",
    "on",
    "+-",
    "±",
    "1%",
    "300M",
    "5 ms",
    "9" * 30,
]
STRANGE = ["\0", "\ufeff", "\u202e", "é", "幅", "\ud800", "\r", "\t", "\\", "#", ";", "“", "𝔁"]
SYNTAX = {
    codes.UNEXPECTED_TOKEN,
    codes.UNCLOSED_BRACKET,
    codes.KEYWORD_AS_NAME,
    codes.MISPLACED_QUANTITY,
    codes.UNKNOWN_UNIT,
    codes.NO_OPTIONS,
    codes.CHOICE_AS_VALUE,
    codes.MISPLACED_ANNOTATION,
    codes.BARE_PATTERN,
}


@st.composite
def excerpts(draw: st.DrawFn) -> str:
    """Some lines of a program."""
    lines = draw(st.sampled_from(PROGRAMS)).split("\n")
    start = draw(st.integers(0, len(lines)))
    return "\n".join(lines[start : start + draw(st.integers(1, 30))])


@st.composite
def torn_texts(draw: st.DrawFn) -> str:
    """Lines of a program with pieces cut out, put in, and moved."""
    text = draw(excerpts())
    for _ in range(draw(st.integers(1, 6))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        end = min(end, start + 20)
        piece = draw(st.one_of(st.sampled_from(FRAGMENTS + STRANGE), st.just(text[start:end] * 2), st.text(max_size=3)))
        text = text[:start] + piece + text[draw(st.sampled_from([start, end])) :]
    return text


@st.composite
def token_soups(draw: st.DrawFn) -> str:
    """A program with tokens left out, doubled and exchanged."""
    words = [token.text for token in scan(Source("", draw(excerpts()))).tokens]
    for _ in range(draw(st.integers(0, 4))):
        i, j = draw(st.tuples(*[st.integers(0, max(0, len(words) - 1))] * 2))
        change = draw(st.integers(0, 2))
        if change == 0:
            del words[i : i + 1]
        elif change == 1:
            words[i:i] = words[i : i + 1]
        elif words:
            words[i], words[j] = words[j], words[i]
    # Without blanks before `(`, as calls need it, and with them between words.
    return re.sub(r" \(", draw(st.sampled_from(["(", " ("])), " ".join(words))


def check_spans(text: str) -> None:
    source = Source("fuzz.mnet", text)
    sources = Sources()
    sources.add(source)
    parsed = parse(source)
    assert (parsed.module is None) == bool(parsed.diagnostics)
    for label in (label for found in parsed.diagnostics for label in found.labels):
        span = label.span
        assert 1 <= span.line <= span.end_line <= len(source.lines)
        assert 1 <= span.column <= len(source.lines[span.line - 1]) + 1
        assert 1 <= span.end_column <= len(source.lines[span.end_line - 1]) + 1
    render(parsed.diagnostics, sources).encode()


@settings(max_examples=300, deadline=None)
@given(torn_texts())
def test_torn_programs(text: str) -> None:
    check_spans(text)


def said(text: str) -> list[str]:
    """The words and comments in their order, without those words that a layout may add, leave out or move."""
    found = scan(Source("", text))
    places = [(token.line, token.column, token.text) for token in found.tokens]
    places += [(comment.span.line, comment.span.column, comment.text) for comment in found.comments]
    return [word for _, _, word in sorted(places) if word not in {",", "(", ")", "{"}]


@settings(max_examples=150, deadline=None)
@given(st.lists(torn_texts(), min_size=1, max_size=3).map("\n".join))
def test_formatting_around_errors_loses_nothing(text: str) -> None:
    assume(parse(Source("", text)).module is None)
    result = format_around_errors(Source("", text))
    assert parse(Source("", result)).module is None
    assert said(result) == said(text)
    assert format_around_errors(Source("", result)) == result


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    check_spans(text)


@functools.cache
def lark_parser() -> lark.Lark:
    return read_grammar((ROOT / "dsl" / "grammar.lark").read_text(encoding="utf-8"))


def lark_accepts(text: str) -> bool:
    try:
        lark_parser().parse(text)
    except lark.UnexpectedInput:
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(token_soups())
def test_lark_accepts_the_same_programs(text: str) -> None:
    check_spans(text)
    found = parse(Source("fuzz.mnet", text)).diagnostics
    assert lark_accepts(text) == (not any(d.code in SYNTAX for d in found))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_whole_road(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(PROGRAMS))
    names = re.findall(r"\b[a-z_]{2,}\b|\b\d+\b", text)
    old, new = data.draw(st.tuples(*[st.sampled_from(names)] * 2))
    path = tmp_path_factory.mktemp("fuzz") / "fuzz.mnet"
    path.write_text(re.sub(rf"\b{old}\b", new, text, count=data.draw(st.integers(1, 3))), encoding="utf-8")
    sources = Sources()
    with contextlib.suppress(DiagnosticError):
        driver.load(path, sources=sources)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "fuzz.mnet"
    path.write_bytes(content)
    with pytest.raises(DiagnosticError):  # there is no model in 80 random bytes
        driver.load(path)
