"""The canonical layout, by example."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.format import format_source
from mnet.dsl.limits import Limits
from mnet.dsl.parser import parse
from mnet.dsl.source import Source

HERE = Path(__file__).parent / "format"
ROOT = Path(__file__).parents[2]


def formatted(text: str, limits: Limits | None = None) -> str:
    return format_source(Source("a.mnet", text), limits or Limits())


@pytest.mark.parametrize("path", sorted(HERE.glob("*.mnet")), ids=lambda path: path.stem)
def test_layout(path: Path, golden: Callable[[Path, str], None]) -> None:
    result = formatted(path.read_text(encoding="utf-8"))
    golden(path.with_suffix(".out"), result)
    assert formatted(result) == result


def snippets() -> list[str]:
    """The programs in the documents, those that are the body of a model with the model around them."""
    found = []
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for kind, text in re.findall(r"^```mnet(.*)\n((?:.*\n)*?)```", path.read_text(encoding="utf-8"), re.MULTILINE):
            body = "model M() {\n" + textwrap.indent(text, "  ") + "}\n"
            found.append(body if "body" in kind.split() else text)
    return found


@pytest.mark.parametrize("text", snippets())
def test_documents_show_the_layout(text: str) -> None:
    if parse(Source("a.mnet", text)).module and "x = image |> relu y = x + x" not in text:
        assert formatted(text) == text


@pytest.mark.parametrize("text", ["", "\n\n", "  \n\t"])
def test_nothing_stays_nothing(text: str) -> None:
    assert formatted(text) == ""


def test_comments_alone() -> None:
    assert formatted("\n\n// a\n\n\n// b") == "// a\n\n// b\n"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("(a)", "a"),
        ("((a))", "a"),
        ("(a) + (b)", "a + b"),
        ("(a + b) + c", "a + b + c"),
        ("a + (b + c)", "a + (b + c)"),
        ("(a * b) + c", "a * b + c"),
        ("a * (b + c)", "a * (b + c)"),
        ("-(a)", "-a"),
        ("-(a ** b)", "-a ** b"),
        ("(-a) ** b", "(-a) ** b"),
        ("a ** (-b)", "a ** -b"),
        ("a ** (b ** c)", "a ** b ** c"),
        ("(a ** b) ** c", "(a ** b) ** c"),
        ("not (a == b)", "not a == b"),
        ("(not a) == b", "(not a) == b"),
        ("(a < b) == c", "(a < b) == c"),
        ("a and (b or c)", "a and (b or c)"),
        ("(a and b) or c", "a and b or c"),
        ("0..(n + 1)", "0..n + 1"),
        ("(0..n)..m", "(0..n)..m"),
        ("x |> (f)", "x |> f"),
        ("x |> (f + g)", "x |> (f + g)"),
        ("x |> (y |> f)", "x |> (y |> f)"),
        ("(x |> f) |> g", "x |> f |> g"),
        ("(x |> f) + y", "(x |> f) + y"),
        ("l: (f(x))", "l: f(x)"),
        ("l: (x + y)", "l: (x + y)"),
        ("(l: f)(x)", "(l: f)(x)"),
        ("(f)(x)", "f(x)"),
        ("(x |> f)[0]", "(x |> f)[0]"),
        ('("a")(x)', '("a")(x)'),
        ("(if a { b } else { c })(x)", "(if a { b } else { c })(x)"),
        ("(if a { b } else { c }) + d", "(if a { b } else { c }) + d"),
        ("if a { (b) } else { (c) }", "if a { b } else { c }"),
        ("f((a, b))", "f((a, b))"),
        ("f(((a)), k=(b))", "f(a, k=b)"),
        ("[(a)]", "[a]"),
        ("((a), b)", "(a, b)"),
        ("(a,)", "(a,)"),
    ],
)
def test_parentheses(text: str, same: str) -> None:
    assert formatted(f"v = {text}") == f"v = {same}\n"


def test_comments_that_the_checker_takes_for_divisors_stay_behind_what_they_divide() -> None:
    assert formatted("v = f(a, b // 2\n)") == "v = f(\n  a,\n  b // 2\n)\n"
    assert formatted('v = f(("a") // 2\n)') == 'v = f(\n  ("a") // 2\n)\n'
    assert formatted("v = f([a] // 2\n,)") == "v = f([a] // 2\n  ,)\n"
    assert formatted("v = [(a) // 2\n, b]") == "v = [\n  a // 2\n    ,\n  b,\n]\n"


def test_every_syntax_error_is_told() -> None:
    with pytest.raises(DiagnosticError) as caught:
        formatted("v = 'a'\nw = 1 +\n")
    assert [d.code.id for d in caught.value.diagnostics] == ["E0102", "E0101"]


def test_what_could_not_be_read_again_is_refused() -> None:
    with pytest.raises(DiagnosticError, match="14 bytes when formatted; at most 13"):
        formatted("x=[1] y=2", Limits(source_bytes=13))


def test_long_chains_take_no_stack() -> None:
    deep = Limits(nesting=10_000)
    for operator in ("+", "and", "|>"):
        text = f"v = x{f' {operator} f' * 5_000}"
        assert len(formatted(text, deep).splitlines()) == 5_001
    assert formatted("v = " + "(" * 5_000 + "1" + ")" * 5_000) == "v = 1\n"


def test_ten_thousand_lines_take_seconds() -> None:
    text = (ROOT / "examples" / "nasnet.mnet").read_text(encoding="utf-8").partition("global_avg_pool }\n")[2]
    lines = text.count("\n")
    start = time.process_time()
    formatted(text * (10_000 // lines + 1))
    assert time.process_time() - start < 10  # it takes two; a slow machine may take longer, not a quadratic walk
