"""What the checker accepts, and where it finds what.

The wording of its findings is in the corpus (`tests/corpus/programs/`: name_, type_, arity_).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mnet.compiler.ops import OPERATORS, Trait
from mnet.dsl.check import check
from mnet.dsl.modules import load, load_text

ROOT = Path(__file__).parents[2]
SIGNATURES = {name: op.signature for name, op in OPERATORS.items() if op.surface}
ACTIVATIONS = {name for name, op in OPERATORS.items() if op.has(Trait.ACTIVATION)}


def found(text: str) -> list[str]:
    """What is found in a program, as `code line:column`."""
    diagnostics = check(load_text(text), SIGNATURES, ACTIVATIONS)
    spans = [d.labels[0].span for d in diagnostics]
    return [f"{d.code} {span.line}:{span.column}" for d, span in zip(diagnostics, spans, strict=True)]


def in_block(statements: str) -> list[str]:
    """What is found in the body of a block that has a tensor `x`, an int `n` and a bool `flag`."""
    return found(f"block f(x: tensor, n: int, flag: bool) -> tensor {{ {statements} return x }}")


def of(expression: str) -> list[str]:
    """The codes found in an expression there."""
    return [finding.split()[0] for finding in in_block(f"value = {expression}")]


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("examples/*.mnet"), *ROOT.glob("dsl/std/*.mnet")]), ids=lambda p: p.stem
)
def test_published_files_are_right(path):
    assert check(load(path), SIGNATURES, ACTIVATIONS) == []


@pytest.mark.parametrize(
    "statements",
    [
        "xs = [] for i in 0..n { xs = xs + [x] } x = xs |> concat()",
        "mode = if flag { \"nearest\" } else { \"bilinear\" } x = x |> resize((8, 8), method=mode)",
        "mode = \"nearest\" if flag { mode = \"bilinear\" } x = x |> resize((8, 8), method=mode)",
        "scale = 1.0 scale = 2",
        "sizes = [1, 2.5] total = sum(sizes) * 2",
        "act = relu act = gelu(approximate=true) act = hard_swish x = x |> act",
        "op = conv2d op = dense x = x |> op(8)",
        "for (i, (a, b)) in enumerate(zip([1], [2.0])) { m = i + a m = 3 }",
        "(a, (b, c)) = (x, (x, x)) x = (a, b) |> add() |> add(c)",
        "head = conv2d(8) a = head(x) b = x |> head c = x |> head() d = x |> named: head",
        "x = (x |> relu) + 1 - 2.0 * -x / 3",
        "if flag { x = x |> a: relu } else { x = x |> a: relu6 }",
        "t = (1, \"a\") s = t[-1] + \"b\" m = t[0] + 1",
        "t = (1, 2) m = t[n] + 1",
        "ys = [x |> conv2d(c) for c in [8, 16] if c > 8] x = ys[0]",
        "y = if flag { x |> a: relu } else { x |> a: relu6 }",
        "same = relu == relu6 or f32 == i8 or (1, 2) == (1, 2.0) or n in [1.5, 2]",
        "fn twice(c: int) -> int = c * n m = twice(twice(3))",
        "fn pick(i: int) -> block = if i > 0 { conv2d } else { dense } x = x |> pick(1)(8)",
        "width = width(x) + 1",
        "x = x |> concat_all: add(x)",
        "y = conv2d(x, 8, 3) z = concat([x, y], -1)",
    ],
)  # fmt: skip
def test_right_statements(statements):
    assert in_block(statements) == []


def test_a_union_is_used_as_what_it_may_be():
    head = 'block f(x: tensor, k: int | (int, int), p: "same" | "valid" | ((int, int), (int, int))) -> tensor'
    assert found(f"{head} {{ if k > 1 {{ x = x |> conv2d(k * 2, kernel=k, padding=p) }} return x }}") == []
    assert found(f"{head} {{ return x |> conv2d(k) }}") == ["E0301 1:120"]


def test_defaults_know_the_parameters_before_them():
    assert found("block f(x: tensor, c: int = channels(x), d: int = c * 2) -> tensor { return x |> conv2d(d) }") == []
    assert found("fn f(a: int = b, b: int = 1) -> int = a") == ["E0201 1:15"]


def test_a_result_may_be_left_undeclared():
    text = """
    block user(x: tensor) { (a, b) = x |> pair() return a + b }
    block pair(x: tensor) { return (x, x) }
    """
    assert found(text) == []
    assert found(text.replace("(a, b)", "(a, b, c)")) == ["E0313 2:29"]


def test_a_word_of_an_imported_constant_is_checked(tmp_path):
    (tmp_path / "modes.mnet").write_text('mode = "bilinaer"')
    main = "import modes { mode as m } block f(x: tensor) { return x |> resize(8, method=m) }"
    program = load_text(main, roots=[tmp_path])
    (diagnostic,) = check(program, SIGNATURES, ACTIVATIONS)
    assert diagnostic.hint == 'did you mean `"bilinear"`?'


def test_a_fix_writes_the_likely_name():
    (diagnostic,) = check(load_text("a = 1\nb = floor(aa) + 0"), SIGNATURES, ACTIVATIONS)
    assert diagnostic.fix is not None
    (edit,) = diagnostic.fix.edits
    assert (edit.span.line, edit.span.column, edit.replacement) == (2, 11, "a")


def test_one_mistake_is_reported_once():
    assert in_block("y = x |> conv3x3(8) z = y + 1 w = [z, 3] for i in w { n = n + i }") == ["E0201 1:61"]
    assert of("conv2d(8, kernal=missing(3)[0](4))") == ["E0303", "E0201"]


def test_findings_come_in_the_order_of_the_text():
    assert found("a = b\nc = missing\nfn f() -> int = 1.5\nb = gone") == [
        "E0201 2:5",
        "E0321 3:17",
        "E0201 4:5",
    ]


def test_the_second_turn_of_a_loop_is_looked_at():
    assert in_block("xs = [] for i in 0..n { ys = xs + [x] xs = xs + [i] }") == ["E0309 1:81"]
    assert in_block('m = "nearest" for i in 0..n { x = x |> resize(8, method=m) m = "cubic" }') == ["E0301 1:108"]


def test_what_a_function_relies_on_keeps_its_type():
    assert in_block('mode = "a" fn g() -> string = mode mode = "b"') == ["E0317 1:87"]


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("missing", ["E0201"]),
        ("if n { 1 } else { 2 }", ["E0310"]),
        ("if flag { 1 } else { \"a\" }", ["E0312"]),
        ("[1, \"a\", 2]", ["E0311"]),
        ("(1, 2)[2]", ["E0314"]),
        ("n[0]", ["E0315"]),
        ("[i for i in n]", ["E0316"]),
        ("x |> n", ["E0324"]),
        ("n(x)", ["E0306"]),
        ("conv2d()", ["E0302"]),
        ("x |> add()", ["E0307"]),
        ("conv2d(8)(x, 3)", ["E0308"]),
        ("relu + 1", ["E0309"]),
        ("x ** 2", ["E0309"]),
        ("1 .. 2.0", ["E0309"]),
        ("make_divisible(1, value=2)", ["E0304"]),
        ("abs(1, 2)", ["E0305"]),
        ("max(1, [2])", ["E0301"]),
        ("a: n", ["E0212"]),
        ("x |> a: relu |> a: relu", ["E0211"]),
        ("[x |> conv2d(c) for (c, d) in [(1, 2)]]", ["E0213"]),
        ("relu == conv2d", ["E0309"]),
        ("[relu, conv2d][0](x) > 1", ["E0309"]),
    ],
)  # fmt: skip
def test_wrong_expressions(expression, codes):
    assert of(expression) == codes


def test_every_code_is_used_once_and_in_the_corpus():
    from mnet.dsl import codes  # noqa: PLC0415  -- only here

    own = {str(code) for name, code in vars(codes).items() if name.isupper() and str(code)[:3] in ("E02", "E03")}
    golden = "".join(path.read_text() for path in (ROOT / "tests/corpus/programs").rglob("*.txt"))
    assert {code for code in own if f"error[{code}]" not in golden} == set()
