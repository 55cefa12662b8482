"""Whatever a program looks like: its formatted text means the same, says the same, and is formatted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.dsl.check.walk import nodes
from mnet.dsl.format import format_source, printer
from mnet.dsl.lexer import Token, scan
from mnet.dsl.parser import parse
from mnet.dsl.source import Source
from mnet.dsl.tree import Expr, Module

ROOT = Path(__file__).parents[2]
LAYOUTS = sorted(ROOT.glob("tests/dsl/format/*.mnet"))
CORPUS = sorted(ROOT.glob("tests/corpus/programs/*.mnet"))
FILES = [*sorted([*ROOT.glob("dsl/std/*.mnet"), *ROOT.glob("examples/**/*.mnet")]), *LAYOUTS, *CORPUS]
BLANKS = ["", " ", "  ", "\t", "\n", "\n\n", "\n\n\n  ", " \r\n"]
COMMENTS = ["// a", "// 2", "//", "/// b", "//! c", "//   d, e ", "// " + "f" * 110, "//// g"]


def parsed(text: str) -> Module | None:
    return parse(Source("a.mnet", text)).module


PROGRAMS = [text for text in (path.read_bytes().decode("utf-8", "replace") for path in FILES) if parsed(text)]


def formatted(text: str) -> str:
    return format_source(Source("a.mnet", text))


def said(text: str) -> list[str]:
    """The words and comments in their order, without those words that a layout may add or leave out."""
    found = scan(Source("a.mnet", text))
    places: list[tuple[int, int, str]] = [(token.line, token.column, token.text) for token in found.tokens]
    places += [(comment.span.line, comment.span.column, comment.text) for comment in found.comments]
    return [word for _, _, word in sorted(places) if word not in {",", "(", ")", "{"}]


def check(text: str) -> None:
    before = parsed(text)
    assert before is not None
    result = formatted(text)
    after = parsed(result)
    assert after is not None
    assert after == before
    assert before.divisions or not after.divisions
    assert said(result) == said(text)
    assert formatted(result) == result
    assert not any(line.endswith((" ", "\t", "\r")) for line in result.split("\n"))
    assert "\n\n\n" not in result
    assert result == result.strip("\n") + "\n" * bool(result)


@pytest.mark.parametrize("width", [1, 20, 40, 100, 1000])
def test_every_program_at_every_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer, "WIDTH", width)
    for text in PROGRAMS:
        check(text)


def test_what_the_checker_takes_for_a_division_it_still_does() -> None:
    divided = [text for text in PROGRAMS if divisions(text)]
    assert divided
    assert all(divisions(formatted(text)) == divisions(text) for text in divided)


def divisions(text: str) -> list[str]:
    module = parsed(text)
    return [division.right for division in module.divisions] if module else []


# Programs laid out at random ----------------------------------------------------------------


def items(text: str) -> list[str]:
    """The imports and items of a program."""
    module = parsed(text)
    assert module is not None
    lines = text.split("\n")
    parts = []
    for item in (*module.imports, *module.items):
        body = lines[item.span.line - 1 : item.span.end_line]
        body[-1] = body[-1][: item.span.end_column - 1]
        body[0] = body[0][item.span.column - 1 :]
        parts.append("\n".join(body))
    return parts


ITEMS = sorted({item for text in PROGRAMS for item in items(text) if len(item) < 4000})


@st.composite
def laid_out(draw: st.DrawFn) -> str:
    """Items with other white space, and with comments, parentheses and commas where nobody expects them."""
    text = "\n".join(draw(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=3)))
    text = "\n".join(sorted(text.split("\n"), key=lambda line: not line.startswith("import ")))
    if parsed(text) is None:  # an item that an import was torn out of
        text = draw(st.sampled_from(PROGRAMS))
    text = with_parentheses(draw, text)
    return spaced(draw, with_commas(draw, scan(Source("a.mnet", text)).tokens))


def with_parentheses(draw: st.DrawFn, text: str) -> str:
    module = parsed(text)
    assert module is not None
    expressions: list[Any] = [n for item in module.items for n in nodes(item) if isinstance(n, Expr)]
    if not expressions:
        return text
    inserted = []
    for node in draw(st.lists(st.sampled_from(expressions), max_size=6)):
        inserted += [(node.span.end_line, node.span.end_column, ")"), (node.span.line, node.span.column, " (")]
    lines = text.split("\n")
    for line, column, bracket in sorted(inserted, reverse=True):
        lines[line - 1] = lines[line - 1][: column - 1] + bracket + lines[line - 1][column - 1 :]
    result = "\n".join(lines)
    return result if parsed(result) else text


def with_commas(draw: st.DrawFn, tokens: list[Token]) -> list[Token]:
    """The tokens with a last comma before a closing bracket."""
    places = [index for index, token in enumerate(tokens) if token.text in {")", "]", "}"}]
    for index in draw(st.lists(st.sampled_from(places), max_size=3)) if places else []:
        attempt = [*tokens[:index], Token("COMMA", ",", 0, 0), *tokens[index:]]
        tokens = attempt if parsed(joined([" "] * len(attempt), attempt)) else tokens
    return tokens


def spaced(draw: st.DrawFn, tokens: list[Token]) -> str:
    comment = st.tuples(st.sampled_from(BLANKS), st.sampled_from(COMMENTS)).map(lambda pair: f"{pair[0]}{pair[1]}\n")
    gap = st.one_of(st.sampled_from(BLANKS), st.just(" "), st.lists(comment, min_size=1, max_size=3).map("".join))
    rare = st.integers(0, draw(st.sampled_from([0, 5, 40])))
    gaps = [draw(gap) if draw(rare) == 0 else " " for _ in tokens]
    return joined(gaps, tokens) + draw(gap)


def joined(gaps: list[str], tokens: list[Token]) -> str:
    """The tokens with white space between them, more than the gaps say where they would become one."""
    text = ""
    for gap, token in zip(gaps, tokens, strict=True):
        if token.kind == "_CALL":
            text += "("
        elif text and (not gap or text.endswith("/")):
            text += " " + gap + token.text
        else:
            text += gap + token.text
    return text


# Programs made at random --------------------------------------------------------------------

NAMES = st.sampled_from(["x", "kernel", "filters", "index", "a_name_that_is_rather_long", "first"])
LITERALS = st.sampled_from(["1", "0.75", '"int8"', "true", "1_000"])
QUANTITIES = st.sampled_from(["300M", "3.50M", "250KB", "1MiB", "80ms", "20us", "2s", "5_000B"])
METRICS = st.sampled_from(["macs", "params", "layers", "peak_memory", "latency(pixel_cpu)"])
LABELS = st.sampled_from(["stem", "block", "choice", "where", "on", "repeat", "expect"])


def separated(part: st.SearchStrategy[str], *, least: int = 1) -> st.SearchStrategy[str]:
    return st.lists(part, min_size=least, max_size=4).map(",".join)


def filled_in(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda given: template.format(*given))


def composed(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        filled_in("({} + {})", part, part),
        filled_in("({} >= {})", part, part),
        filled_in("[{}]", separated(part, least=0)),
        filled_in("f({}, k={})", part, part),
        filled_in("if {} {{ {} }} else {{ {} }}", part, part, part),
        filled_in("({} |> {}: g({}))", part, LABELS, part),
    )


EXPRESSIONS = st.recursive(st.one_of(NAMES, LITERALS), composed, max_leaves=8)
BOUNDS = st.one_of(QUANTITIES, LITERALS, filled_in("({})", EXPRESSIONS), filled_in("{} * ({})", NAMES, EXPRESSIONS))
OPTIONS = st.one_of(EXPRESSIONS, filled_in("{}: ibn({})", LABELS, EXPRESSIONS))
SETTINGS = st.one_of(EXPRESSIONS, filled_in("block=({},)", EXPRESSIONS))
ANNOTATIONS = st.lists(
    st.one_of(st.just("@freeze"), filled_in("@sparsity({})", separated(SETTINGS, least=0))), min_size=1, max_size=3
).map(" ".join)
PATTERNS = separated(st.sampled_from(['"**.project"', '"backbone.stage3.layer1.*"']))
REQUIREMENTS = separated(filled_in("{}{}{}", METRICS, st.sampled_from(["<=", "<", ">", ">=", "=="]), BOUNDS))
EXPECTATIONS = separated(
    filled_in("{}={}{}", st.just("macs"), BOUNDS, st.sampled_from(["", " +- 1%", " +-0.5 %", "+- 10%"]))
)
SIMPLE = st.one_of(
    filled_in("{} = {}", NAMES, EXPRESSIONS),
    filled_in("return {}", EXPRESSIONS),
    filled_in("choice {} in {{{}}}", NAMES, separated(OPTIONS)),
    filled_in("choice {} in {{{},}} where {}", NAMES, separated(OPTIONS), EXPRESSIONS),
    filled_in("choice {} in {} where({})", NAMES, EXPRESSIONS, EXPRESSIONS),
    filled_in("where {}", EXPRESSIONS),
    filled_in("require {}", REQUIREMENTS),
    filled_in("expect {}", EXPECTATIONS),
)


def with_bodies(statement: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(statement, max_size=4).map("\n".join)
    return st.one_of(
        filled_in("repeat {} as {} {{{}}}", EXPRESSIONS, LABELS, body),
        filled_in("for {} in {} as {} {{{}}}", NAMES, EXPRESSIONS, LABELS, body),
        filled_in("if {} {{{}}} else {{{}}}", EXPRESSIONS, body, body),
    )


STATEMENTS = st.recursive(SIMPLE, with_bodies, max_leaves=6)
ANNOTATED = st.one_of(
    STATEMENTS,
    filled_in("{} {}", ANNOTATIONS, STATEMENTS),
    filled_in("{} on {}", ANNOTATIONS, PATTERNS),
)
MODELS = st.lists(ANNOTATED, max_size=5).map(lambda body: "model M() {" + "\n".join(body) + "}")
BLOCKS = filled_in("{} block b(x: tensor) {{{}}}", st.one_of(st.just(""), ANNOTATIONS), STATEMENTS)


@st.composite
def made(draw: st.DrawFn) -> str:
    text = draw(st.lists(st.one_of(MODELS, BLOCKS), min_size=1, max_size=2).map("\n".join))
    return spaced(draw, scan(Source("a.mnet", text)).tokens)


@settings(max_examples=150, deadline=None)
@given(text=made(), width=st.sampled_from([1, 30, 60, 100]))
def test_programs_made_at_random(text: str, width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printer, "WIDTH", width)
        check(text)


@settings(max_examples=150, deadline=None)
@given(text=laid_out(), width=st.sampled_from([1, 30, 60, 100]))
def test_programs_laid_out_at_random(text: str, width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printer, "WIDTH", width)
        check(text)
