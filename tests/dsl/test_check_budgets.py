"""Hostile programs: work and depth stay bounded. The bounds are loose; what they hold off is quadratic or worse."""

from __future__ import annotations

import sys

import pytest

from mnet.compiler.ops import OPERATORS
from mnet.dsl.check import check
from mnet.dsl.limits import DEFAULT
from mnet.dsl.modules import load_text

SIGNATURES = {name: op.signature for name, op in OPERATORS.items() if op.surface}
CALLS_PER_CHARACTER = 400
"""Work is counted in calls of functions, which no other process disturbs; most of these programs take under 20."""


def codes(text: str) -> list[str]:
    program = load_text(text)
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = check(program, SIGNATURES, set())
    finally:
        sys.setprofile(before)
    assert calls < CALLS_PER_CHARACTER * len(text)
    return [str(d.code) for d in found]


def model(*statements: str) -> str:
    lines = "\n".join(statements)
    return f"model Net() {{\ninput image: f32[N, 8, 8, 3]\n{lines}\noutput y = image\n}}"


def test_a_long_file():
    layers = [f"x = x |> conv{i}: conv2d({i}, kernel=3) |> relu6" for i in range(5_000)]
    assert codes(model("x = image", *layers)) == []


def test_as_deep_as_the_parser_lets_pass():
    depth = DEFAULT.nesting // 3
    assert codes(model("x = " + "relu(" * depth + "image" + ")" * depth)) == []
    assert codes(model("n = " + "-" * depth + "1")) == []
    assert codes("a = " + "if true { " * depth + "1" + " } else { 2 }" * depth) == []
    assert codes(model(*["if true {"] * depth, "x = image", *["}"] * depth)) == []


def test_a_chain_of_definitions():
    chain = [f"fn f{i}() -> int = f{i + 1}()" for i in range(5_000)]
    assert codes("\n".join([*chain, "fn f5000() -> int = 1"])) == []


def test_a_circle_of_definitions():
    assert codes("\n".join(f"fn f{i}() -> int = f{(i + 1) % 5_000}()" for i in range(5_000))) == ["E0207"]


def test_many_circles():
    definitions = [f"fn f{i}() -> int = f{(i + 1) % 3_000}() + f{i // 2}()" for i in range(3_000)]
    assert "E0207" in codes("\n".join(definitions))


@pytest.mark.parametrize("length", [1, 150])
def test_many_unknown_names(length):
    statements = [f"a{i} = z{i}{'k' * length}" for i in range(5_000)]
    assert codes(model(*statements)) == ["E0201"] * 5_000


def test_types_that_double():
    assert "E0325" in codes("\n".join(["a0 = (1, 1)", *(f"a{i + 1} = (a{i}, a{i})" for i in range(500))]))


def test_types_that_nest():
    assert "E0325" in codes("\n".join(["a0 = [1]", *(f"a{i + 1} = [a{i}]" for i in range(500))]))


def test_a_type_that_grows_in_a_loop():
    assert codes(model("xs = []", "for i in 0..9 { xs = [xs] }")) == []


def test_a_variable_of_many_words():
    assert codes(model('word = "first"', *(f'word = "w{i}"' for i in range(5_000)))) == []


def test_nested_loops_that_refine_each_others_variables():
    depth = 30
    opened = [f"xs{i} = []\nfor i{i} in 0..2 {{" for i in range(depth)]
    assert codes(model(*opened, *(f"xs{i} = xs{i} + [1]" for i in range(depth)), "}" * depth)) == []


def test_a_chain_of_variables_that_refine_each_other():
    count = 1_000
    chain = [f"a{i} = a{i + 1}" for i in range(count)]
    assert (
        codes(model(*(f"a{i} = []" for i in range(count + 1)), "for k in 0..3 {", *chain, f"a{count} = [1] }}")) == []
    )
