"""What is said about programs that can't be elaborated. Their rendered texts are in `tests/corpus/programs`."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mnet.compiler.elaborate import elaborate
from mnet.compiler.elaborate.arithmetic import binary
from mnet.compiler.elaborate.errors import EvaluationError
from mnet.compiler.elaborate.meter import Meter
from mnet.compiler.limits import DEFAULT, Limits
from mnet.dsl.diagnostics import Diagnostic, DiagnosticError
from mnet.dsl.modules import load_text


def findings(
    text: str, model: str | None = None, arguments: Mapping[str, object] | None = None, limits: Limits = DEFAULT
) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosticError) as caught:
        elaborate(load_text(text), model, arguments or {}, limits)
    return caught.value.diagnostics


def only(found: tuple[Diagnostic, ...]) -> Diagnostic:
    (diagnostic,) = found
    return diagnostic


def of_body(text: str, limits: Limits = DEFAULT) -> tuple[Diagnostic, ...]:
    return findings(f"model M() {{ input x: f32[N, 8]\n{text} }}", limits=limits)


# What the checker says first ----------------------------------------------------------------


def test_a_loop_that_makes_layers_needs_a_label() -> None:
    found = only(of_body("y = x\nfor (a, b) in [(1, 2)] { y = y |> dense(a + b) }\noutput z = y"))
    assert (found.code.id, found.hint) == ("E0609", "write `as stage` before its body")


# Several errors, and no cascades ------------------------------------------------------------


def test_independent_errors_are_all_found() -> None:
    found = of_body(
        "a = x |> dense(0)\nb = x |> dense(-1)\nc = a + b\noutput y = c |> dense(0)\noutput z = x |> dense(-2)"
    )
    assert [d.span and d.span.line for d in found] == [2, 3, 6]


@pytest.mark.parametrize(
    "use",
    [
        "if n > 1 { x = x |> dense(3) } else { x = x |> relu }\noutput y = x |> dense(4)",
        "for i in 0..n { x = x |> dense(3) }\noutput y = x |> dense(4)",
        "output y = x |> dense(if n > 1 { 2 } else { 3 })",
        "output y = x |> dense([n, 2][0] + (n, 3)[1])",
        "output y = x |> dense(max(n, 3)) |> relu",
        "fc = dense(n)\noutput y = x |> fc",
        "(a, b) = (n, 3)\noutput y = x |> dense(b + a)",
        "ys = [x |> dense(w) for w in [1, 2] if w > n]\noutput y = ys[0]",
        "fn twice(c: int) -> int = c * n\noutput y = x |> dense(twice(2))",
        "output y, z = (x |> dense(-n), x)",
    ],
)
def test_what_reads_a_failed_value_is_silent(use: str) -> None:
    assert only(of_body(f"n = [1][9]\n{use}")).code.id == "E0606"


def test_a_block_that_fails_inside_is_poison_outside() -> None:
    text = "block b(x: tensor, n: int) -> tensor {\n  y = x |> dense(n)\n  return y |> relu\n}\n"
    found = findings(text + "model M() { input x: f32[N, 8]\noutput a = x |> b(0) |> b(2)\noutput c = x |> b(0) }")
    assert [[label.span.line for label in d.labels] for d in found] == [[2, 6], [2, 7]]


def test_an_error_of_every_turn_is_reported_once() -> None:
    only(of_body("y = x\nfor i in 0..9 { y = x |> dense(0) }\noutput z = y"))


def test_errors_are_counted_and_end_the_run() -> None:
    text = "\n".join(f"y{i} = x |> dense(0)" for i in range(9))
    found = of_body(text, replace(DEFAULT, errors=3))
    assert [d.code.id for d in found] == ["E0603"] * 3 + ["E0650"]


def test_a_shape_error_names_the_layer_and_the_calls_that_lead_to_it() -> None:
    text = (
        "block inner(x: tensor) -> tensor { return x |> fc: dense(0) }\n"
        "block outer(x: tensor) -> tensor { return x |> inner() }\n"
        "model M() { input x: f32[N, 8]\nfor i in 0..1 as stage { x = x |> outer() }\noutput y = x }"
    )
    found = only(findings(text))
    assert found.notes == ("this is the layer `stage0.outer.inner.fc`",)
    assert [label.text for label in found.labels] == [
        "given f32[N, 8]",
        "in block `inner`, called here",
        "in block `outer`, called here",
    ]


# Models and their parameters ----------------------------------------------------------------

MODEL = """
model Net(
  width: float = 1.0, classes: int = 10, mode: "fast" | "slow" = "fast", act: activation = relu,
  deep: bool = false, sizes: list[(int, float)] = []
) {
  input x: f32[N, 8]
  output y = x |> dense(int(classes * width)) |> act
}
model Other() { input x: f32[N, 8]
  output y = x }
"""


def test_a_model_is_asked_for_where_there_are_several() -> None:
    found = only(findings(MODEL))
    assert (found.code.id, found.hint) == (
        "E0601",
        'choose one: `--model Net` on the command line, `model="Net"` in Python',
    )


def test_an_unknown_model_has_a_suggestion() -> None:
    assert only(findings(MODEL, "Nett")).hint == "did you mean `Net`?"


def test_an_unknown_parameter_has_a_suggestion() -> None:
    found = only(findings(MODEL, "Net", {"widht": "2"}))
    assert (found.code.id, found.hint) == ("E0602", "did you mean `width`?")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("classes", "2.5", "`classes` must be of type `int`, found 2.5"),
        ("classes", "true", "`classes` must be of type `int`, found true"),
        ("classes", "1 / 0", "`classes=1 / 0`: division by zero: 1 / 0"),
        ("classes", "clases", "`classes=clases`: `clases` has no value here"),
        ("classes", "", "`classes=` sets no value: expected an expression, found the end of the file"),
        ("classes", "1 + ", "`classes=1 + ` sets no value: expected an expression, found the end of the file"),
        (
            "classes",
            "9" * 19,
            f"`classes={'9' * 19}` sets no value: this number has 19 digits; an int is at most 9223372036854775807",
        ),
        ("classes", "1 model X() {}", "`classes=1 model X() {}` sets no value"),
        ("classes", '"' + "x" * 100 + '"', '`classes` must be of type `int`, found "' + "x" * 56 + "..."),
        ("mode", "quick", "`mode=quick`: `quick` has no value here"),
        ("act", "dense", "`act` must be of type `activation`, found `dense`"),
    ],
)
def test_a_parameter_that_does_not_fit(name: str, text: str, message: str) -> None:
    found = only(findings(MODEL, "Net", {name: text}))
    assert (found.code.id, found.message) == ("E0602", message)


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        ("string", "\udcff", "`v` has the invisible character U+DCFF"),
        ("list[string]", ["a", "\u202e"], "`v` has the invisible character U+202E"),
        ("string", "a" * 10_001, "a string would have 10,001 characters, the limit is 10,000"),
        ("list[int]", [0] * 10_001, "a list would have 10,001 items, the limit is 10,000"),
        ("int", 2**63, "an int would need 65 bits, the limit is 64"),
        ("float", float("nan"), "`v` is nan, which is not a finite number"),
        ("(float, float)", (1.0, float("inf")), "`v` is inf, which is not a finite number"),
    ],
)
def test_a_value_from_outside_is_one_of_the_language(type_: str, value: object, message: str) -> None:
    found = only(findings(f"model M(v: {type_}) {{ input x: f32[N, 8]\noutput y = x }}", "M", {"v": value}))
    assert (found.code.id, found.message) == ("E0602", message)


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("classes", "10px", "write it as in `classes=10`"),
        ("classes", "2.5", "write it as in `classes=10`"),
        ("width", "abc", "write it as in `width=1.0`"),
        ("deep", "True", "did you mean `true`?"),
        ("deep", "1", "write it as in `deep=false`"),
        ("mode", "fats", "did you mean `fast`?"),
        ("act", "silu", "did you mean `swish`?"),
        ("act", "rellu", "did you mean `relu`?"),
        ("sizes", "3", "write it as in `sizes=[(3, 0.75)]`"),
    ],
)
def test_a_parameter_that_does_not_fit_is_shown_what_would(name: str, text: str, hint: str) -> None:
    found = only(findings(MODEL, "Net", {name: text}))
    assert (found.hint, found.labels[0].text) == (hint, "declared here")
    assert found.span is not None
    assert MODEL.split("\n")[found.span.line - 1][found.span.column - 1 :].startswith(f"{name}: ")


def test_all_parameters_that_do_not_fit_are_named() -> None:
    assert len(findings(MODEL, "Net", {"width": "x", "classes": "1.5", "other": 1})) == 3


def test_a_float_where_an_int_is_needed_says_its_value() -> None:
    found = only(findings(MODEL, "Net", {"classes": 12.5}))
    assert found.hint == "round it with `int`, `round`, `floor`, `ceil` or `make_divisible`"


# Limits -------------------------------------------------------------------------------------

LAST = "block b40(x: tensor) -> tensor { return x |> relu }"
BLOCKS = "".join(f"block b{i}(x: tensor) -> tensor {{ return x |> b{i + 1}() |> b{i + 1}() }}\n" for i in range(40))
SHARED = "".join(f"a{i + 1} = [a{i}, a{i}]\nb{i + 1} = [b{i}, b{i}]\n" for i in range(40))
BOMBS = {
    "steps": ("a0 = [1]\nb0 = [1]\n" + SHARED + "output y = x |> dense(if a40 == b40 { 1 } else { 2 })", ""),
    "nodes": ("output y = x |> b0()", BLOCKS + LAST),
    "edges": ("xs = [x for i in 0..50]\nys = [xs |> concat() for i in 0..50]\noutput y = ys[0]", ""),
    "calls": ("n = [f(i) for i in 0..5 if f(i) > 0]\noutput y = x", "fn f(x: int) -> int = x + 1"),
    "loop_turns": ("for i in 0..50 { for j in 0..50 { n = 1 } }\noutput y = x", ""),
    "list_length": ("for i in 0..1000000000 { n = i }\noutput y = x", ""),
    "string_length": ('s = "ab"\nfor i in 0..60 { s = s + s }\noutput y = x', ""),
    "int_bits": ("output y = x |> dense(2 ** 10 ** 9)", ""),
    "nesting": ("output y = x |> b0()", BLOCKS + LAST),
    "tensor_elements": ("output y = x |> dense(10 ** 12)", ""),
    "tensor_axes": (f"output y = x |> reshape({[8] + [1] * 99})", ""),
    "errors": ("\n".join(f"y{i} = x |> dense(0)" for i in range(99)) + "\noutput y = x", ""),
}  # fmt: skip
SMALL = replace(DEFAULT, steps=10_000, nodes=100, edges=1000, calls=8, loop_turns=100, nesting=30)


def test_every_limit_has_a_bomb() -> None:
    assert set(BOMBS) == {field.name for field in fields(Limits)}


@pytest.mark.parametrize("limit", BOMBS)
def test_a_bomb_meets_its_limit(limit: str) -> None:
    body, blocks = BOMBS[limit]
    limits = replace(DEFAULT, **{limit: getattr(SMALL, limit)})
    *_, last = findings(f"{blocks}\nmodel M() {{ input x: f32[N, 8]\n{body} }}", limits=limits)
    assert last.code.id == "E0650"
    assert f"{getattr(limits, limit):,}" in last.message
    assert limit == "errors" or last.labels[0].text == f"limit `{limit}`"


def test_a_limit_of_what_adds_up_ends_the_run() -> None:
    found = of_body("for i in 0..9 { y = 1 }\nz = x |> dense(0)\noutput y = x", limits=replace(DEFAULT, loop_turns=5))
    assert only(found).code.id == "E0650"


def test_a_value_that_is_too_large_hides_no_other_error() -> None:
    found = of_body("n = 2 ** 100\nm = 0..100_000\noutput y = x |> dense(0)")
    assert [d.code.id for d in found] == ["E0650", "E0650", "E0603"]


@pytest.mark.parametrize("limit", ["list_length", "string_length", "int_bits", "tensor_elements", "tensor_axes"])
def test_a_bomb_takes_little_memory(limit: str) -> None:
    body, blocks = BOMBS[limit]
    program = load_text(f"{blocks}\nmodel M() {{ input x: f32[N, 8]\n{body} }}")
    tracemalloc.start()
    with pytest.raises(DiagnosticError):
        elaborate(program)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_nesting_up_to_the_limit_is_no_deep_recursion() -> None:
    """Blocks in blocks until our limit, whatever Python's own is, which is left as it was."""
    text = "".join(
        f"block b{i}(x: tensor) -> tensor {{ if true {{ return b{i + 1}(x) }}\nreturn x }}\n" for i in range(999)
    )
    before = sys.getrecursionlimit()
    found = only(findings(text + "block b999(x: tensor) -> tensor { return x }\n"
                          "model M() { input x: f32[N, 8]\noutput y = x |> b0() }"))  # fmt: skip
    assert found.labels[0].text == "limit `nesting`"
    assert sys.getrecursionlimit() == before


FUNCTIONS = "".join(f"fn go{i}(x: int, y: int = go{i + 1}(x)) -> int = y\n" for i in range(999))
CONSTANTS = "".join(f"c{i} = c{i + 1}\n" for i in range(999)) + "c999 = 1\n"


@pytest.mark.parametrize("items", [FUNCTIONS + "fn go999(x: int) -> int = x", CONSTANTS])
def test_values_nest_up_to_the_limit(items: str) -> None:
    width = "go0(1)" if items is not CONSTANTS else "c0"
    found = findings(f"{items}\nmodel M() {{ input x: f32[N, 8]\noutput y = x |> dense({width}) }}")
    assert found[0].labels[0].text == "limit `nesting`"


def test_constants_in_order_are_no_deep_recursion() -> None:
    text = "c0 = 1\n" + "".join(f"c{i + 1} = c{i}\n" for i in range(2000))
    graph = elaborate(load_text(text + "model M() { input x: f32[N, 8]\noutput y = x |> dense(c2000) }"))
    assert graph.outputs[0].value.type.shape == ("N", 1)


def test_a_value_from_outside_the_language() -> None:
    found = only(findings(MODEL, "Net", {"classes": object()}))
    assert found.message == "`classes` must be of type `int`, found a Python object of type `object`"


# Arithmetic is total ------------------------------------------------------------------------

NUMBERS = st.one_of(st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.one_of(NUMBERS, st.booleans(), st.text(max_size=3), st.lists(NUMBERS, max_size=3))
SYMBOLS = st.sampled_from(["+", "-", "*", "/", "%", "**", "==", "!=", "<", "<=", ">", ">=", "in", ".."])


@given(SYMBOLS, VALUES, VALUES)
@example("**", 10.0, 400)
@example("**", -8.0, 0.5)
@example("**", 0, -1)
@example("%", 5.0, 0.0)
@example("%", 1e308, -1e-308)
@example("*", 2**62, 2**62)
@example("/", 2**62, 5e-324)
@example("==", True, 1)
def test_every_operation_has_a_value_or_is_refused(symbol: str, left: object, right: object) -> None:
    with suppress(EvaluationError):
        value = binary(symbol, left, right, Meter(DEFAULT))
        assert isinstance(value, int | float | str | list)
        assert not isinstance(value, float) or abs(value) < float("inf")
        assert not isinstance(value, int) or -(2**63) <= value < 2**63


def test_memory_that_does_not_suffice() -> None:
    class Exhausted:
        def decide(self, _decision: object) -> int:
            raise MemoryError

        def carry(self, _continuous: object) -> float:
            raise MemoryError

    program = load_text("model M() { input x: f32[N, 8]\nchoice n in { 1, 2 }\noutput y = x |> dense(n) }")
    with pytest.raises(DiagnosticError) as caught:
        elaborate(program, decider=Exhausted())
    assert only(caught.value.diagnostics).message == "there is not enough memory to elaborate `M`"
