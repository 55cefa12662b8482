"""A file with syntax errors is formatted as far as it parses."""

from __future__ import annotations

import pytest

from mnet.dsl.format.around import format_around_errors
from mnet.dsl.limits import Limits
from mnet.dsl.source import Source

BROKEN = "model  A( ) {\n    x = (\n  y=1\n}"


def formatted(text: str, limits: Limits | None = None) -> str:
    return format_around_errors(Source("a.mnet", text), limits or Limits())


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (f"a=1\n{BROKEN}\nb=2\n\n\n\nc=3", f"a = 1\n\n{BROKEN}\n\nb = 2\n\nc = 3\n"),
        (
            f"// a\na=(1) // one\n// A\n{BROKEN} // end\n// last",
            f"// a\na = 1 // one\n\n// A\n{BROKEN} // end\n// last\n",
        ),
        ("a=1\nb=\nc=3", "a = 1\nb=\nc = 3\n"),
        ("a=1\nfn f(x:int)->int=x 2\nfn g( )->int=1", "a = 1\nfn f(x:int)->int=x 2\nfn g() -> int = 1\n"),
        ("model  A( ) {\nblock  b(x:tensor){return(x)}", "model  A( ) {\n\nblock b(x: tensor) {\n  return x\n}\n"),
        ("a = 1 2\n@freeze\n@x( )block b( ){ }", "a = 1 2\n\n@freeze @x() block b() {}\n"),
        ("a = 1 2\n@freeze\nmodel  M( ){ }", "a = 1 2\n\n@freeze\n\nmodel M() {}\n"),
        ("a=1\nimport  a{ b}", "a = 1\nimport a { b }\n"),
        ("# no comment\n\n a=1\n\n", "# no comment\n\n a=1\n"),
        ("a=1 b=(2", "a=1 b=(2\n"),
        ("+-", "+-\n"),
    ],
)
def test_what_parses_is_laid_out(text: str, result: str) -> None:
    assert formatted(text) == result
    assert formatted(result) == result


def test_a_file_that_is_too_large_stays() -> None:
    assert formatted("a=1\nb=2 3", Limits(source_bytes=5)) == "a=1\nb=2 3"
    assert formatted("a=1\nb=2 3", Limits(source_bytes=10)) == "a=1\nb=2 3"


def test_what_is_not_scanned_stays() -> None:
    text = "a=1\nb = $\nc = $\nd=1\n"
    assert formatted(text, Limits(errors=1)) == "a = 1\nb = $\nc = $\nd=1\n"
