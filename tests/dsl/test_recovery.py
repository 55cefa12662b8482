"""Where the parser goes on after an error. What it says is held by the corpus."""

from __future__ import annotations

import pytest

from mnet.dsl.diagnostics import Diagnostic
from mnet.dsl.parser import parse
from mnet.dsl.source import Source


def found(text: str) -> list[Diagnostic]:
    return list(parse(Source("test.mnet", text)).diagnostics)


def lines(text: str) -> list[int]:
    return [d.span.line for d in found(text) if d.span]


def broken_lines(text: str) -> list[int]:
    """The lines marked with `!!`."""
    return [number for number, line in enumerate(text.split("\n"), 1) if "!!" in line]


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 2 !!\nb = 2\nc = 3 4 !!\n",
        "fn f(a: int) int = a !!\nblock b(x: tensor) { return x y } !!\nmodel M() { input x f32[N] } !!\n",
        "model M() {\n  x = f(1 2) !!\n  y = 3\n  z = g(3 4) !!\n}\nb = 5 6 !!\n",
        "model M() {\n  x = f(1 2, !!\n    kernel=3,\n    if true { 1 } else { 2 })\n  y = f(3 4) !!\n}\n",
        "model M() {\n  if x = 1 { !!\n    y = 2 3 !!\n  } else {\n    y = 4 5 !!\n  }\n  z = 6 7 !!\n}\n",
        "model M() {\n  for i = 0..3 { !!\n    y = 2 3 !!\n  }\n  output z = 6 7 !!\n}\n",
        "model M { !!\n  y = 2 3 !!\n}\nblock b(x: tensor) {\n  return x y !!\n}\n",
        "block b(x tensor) { !!\n  return x y !!\n}\n",
        "network M() { !!\n  y = 2 3 !!\n}\n",
        "model M() {\n  x = (1, 2] !!\n  y = [1, 2) !!\n  z = f(1\n} !!\na = 1 2 !!\n",
        "import a { } !!\nimport b { c d } !!\nx = 1 2 !!\n",
        "model M() {\n  (a, 3) = x !!\n  (b, c) = y 4 !!\n}\n",
        "model M() {\n  choice k { 3, 5 } !!\n  choice d in { 1 2 } !!\n  x = 1 2 !!\n}\ny = 1 2 !!\n",
        "model M() {\n  choice k in {\n    1 2, !!\n    3,\n  }\n  x = 1 2 !!\n}\ny = 1 2 !!\n",
        "model M() {\n  choice k in { 3, 5\n  x = y !!\n  z = 1 2 !!\n}\ny = 1 2 !!\n",
        "model M() {\n  x = if a { 1 2 } else { 3 } !!\n  z = 1 2 !!\n}\ny = 1 2 !!\n",
        "model M() {\n  repeat 3 { !!\n    x = 1 2 !!\n  }\n  where !!\n}\ny = 1 2 !!\n".replace(
            "where !!\n}", "where\n} !!"
        ),
        "model M() {\n  require macs = 3M !!\n  expect macs < 3M !!\n  require macs <= 2 * 3M !!\n  x = 1 2 !!\n}\n",
        "model M() {\n  @freeze for i = 0..3 { !!\n    x = 1 2 !!\n  }\n  @freeze on x !!\n  @freeze !!\n}\n".replace(
            "freeze !!\n}", "freeze !!\n}"
        ),
        "@placement(1 2) !!\nblock b(x tensor) { !!\n  x = 1 2 !!\n}\n",
        "model M() {\n  x = y |>\n  output z = x !!\n  input q 3 !!\n}\n",
    ],
)
def test_every_broken_line_is_reported_and_no_other(text: str) -> None:
    assert lines(text.replace("!!", "")) == broken_lines(text)


@pytest.mark.parametrize("word", ["block", "model"])
def test_an_item_ends_a_body_left_open(word: str) -> None:
    text = f"model M() {{\n  x = 1\n\n{word} b(x: tensor) {{\n  y = 2 3\n}}\n"
    assert lines(text) == [4, 5]
    assert found(text)[0].labels[1].span.line == 1


def test_one_error_a_line() -> None:
    assert lines("a = f(1 2) + g(3 4) + [5 6]\n") == [1]


def test_a_bad_character_is_no_syntax_error_too() -> None:
    assert [d.code.id for d in found("a = 1 $ 2\nb = 'same'\nc = \"no end\nd = 3x\n")] == [
        "E0102",
        "E0102",
        "E0103",
        "E0104",
    ]


def test_errors_stand_in_the_order_of_the_text() -> None:
    text = 'a = 1 2\nb = "bad \\q"\nc = 3x\nd = 99999999999999999999\ne = 1 2\n'
    assert lines(text) == [1, 2, 3, 4, 5]


def test_no_module_where_there_is_an_error() -> None:
    assert parse(Source("test.mnet", "a = 1\nb = 2 3\n")).module is None
