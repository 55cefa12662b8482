"""What the checker accepts of choices, requirements and annotations, and the types that choices have.

The wording of its findings is in the corpus (`tests/corpus/programs/`: choice_, where_, repeat_, require_, expect_,
annotation_).
"""

from __future__ import annotations

import pytest

from mnet.compiler.ir import Role
from mnet.compiler.ops import OPERATORS, Trait
from mnet.dsl.annotations import ANNOTATIONS, KIND_TAKES, KINDS, ROLES
from mnet.dsl.check import check
from mnet.dsl.metrics import METRICS
from mnet.dsl.modules import load_text
from mnet.dsl.types import REQUIRED

SIGNATURES = {name: op.signature for name, op in OPERATORS.items() if op.surface}
ACTIVATIONS = {name for name, op in OPERATORS.items() if op.has(Trait.ACTIVATION)}


def found(text: str) -> list[str]:
    """The codes found in a program, in the order of the text."""
    return [str(diagnostic.code) for diagnostic in check(load_text(text), SIGNATURES, ACTIVATIONS)]


def in_block(statements: str) -> list[str]:
    """What is found in the body of a block that has a tensor `x`, an int `n` and a bool `flag`."""
    return found(f"block f(x: tensor, n: int, flag: bool) -> tensor {{ {statements} return x }}")


def in_model(statements: str) -> list[str]:
    """What is found in the body of a model, beside its input `image`."""
    return found(
        f"model M(width: float = 1.0) {{ input image: f32[N, 8, 8, 3] {statements} output y = image |> relu }}"
    )


@pytest.mark.parametrize(
    "statements",
    [
        "choice k in { 3, 5 } x = x |> conv2d(k, kernel=k)",
        "choice k in { n - 1, n + 1 } where k >= 1 where k != 3 or flag",
        "choice k in [3] + [c * 2 for c in 0..n] x = x |> conv2d(k)",
        "choice k in if flag { [1] } else { [2, 3] } x = x |> conv2d(k)",
        "choice k in { (3, 5), (5, 3) } x = x |> conv2d(8, kernel=k)",
        "choice cs in { [16, 24], [32] } for c in cs as s { x = x |> conv2d(c) }",
        "choice mode in { \"nearest\", \"bilinear\" } x = x |> resize(8, method=mode)",
        "choice bias in { true, false } x = x |> conv2d(8, bias=bias)",
        "choice act in { relu, hard_swish, leaky_relu } x = x |> act",
        "choice op in { conv2d, identity } x = x |> op(8)",
        "choice op in { conv2d(8) } x = x |> op",
        "choice op in { k3: conv2d(8), k5: conv2d(8, kernel=5) } x = x |> op |> again: op",
        "choice op in { k3: conv2d(8), conv2d, identity, relu: leaky_relu(slope=0.1) } x = x |> op",
        "near = conv2d(8) far = conv2d(8, dilation=2) choice op in { near, far } x = x |> op",
        "choice wide in { conv2d, dense } choice op in { a: wide(8), b: wide(16) } x = x |> op",
        "xs = [x, x] choice i in 0..len(xs) x = xs[i]",
        "choice i in enumerate([8, 16]) x = x |> conv2d(i[1])",
        "choice width in { width(x), 8 } x = x |> conv2d(width)",
        "choice rate in log_uniform(1e-4, 0.1) choice other in uniform(high=1, low=n)",
        "between = uniform choice rate in between(0, 1)",
        "choice dtype in { f32, i8 }",
        "if flag { choice k in { 3, 5 } x = x |> a: conv2d(k) } else { choice k in { 7 } x = x |> a: conv2d(k) }",
        "for i in 0..n as s { choice k in { 3, 5 } x = x |> conv2d(8, kernel=k) }",
        "choice d in 1..4 repeat d as a { repeat 2 as b { x = x |> conv2d(index + 1, bias=first) } }",
        "repeat 1 as a { choice k in { 3 } x = x |> dense(k) } repeat 1 as b { choice k in { 3 } x = x |> dense(k) }",
        "xs = [] repeat n as a { xs = xs + [x] } x = xs |> concat()",
        "@freeze x = x |> conv2d(8)",
        "@freeze() @precision(\"int8\") for i in 0..n as s { x = x |> conv2d(8) }",
        "@freeze shared = conv2d(8) x = x |> shared",
        "choice op in { conv2d, dense } @freeze shared = op(8) x = x |> shared",
        "@sparsity(0.85, block=(1, 4)) repeat 3 as s { x = x |> conv2d(8) }",
        "@initializer(\"zeros\", weight=\"bias\") @initializer(\"normal\", stddev=1) x = x |> conv2d(8)",
        "choice bits in { \"int4\", \"int8\" } @precision(weights=bits) x = x |> conv2d(8)",
        "@freeze on \"**\" @freeze on \"a.*.b_2\", \"*a*.**.c\" @sparsity(0.5) on \"**\"",
        "if flag { @freeze on \"a\" } else { @freeze on \"a\" }",
        "repeat n as s { @freeze on \"conv2d\" x = x |> conv2d(8) }",
    ],
)  # fmt: skip
def test_right_statements(statements):
    assert in_block(statements) == []


@pytest.mark.parametrize(
    "statements",
    [
        "require macs <= 300M, params < 5_000_000, layers == 50, weight_bytes <= 4MiB, peak_memory >= 1B",
        "require latency(pixel_cpu) <= 80ms, latency(edgetpu) < width, flops <= 600 * 10 ** 6",
        "if width > 1 { require macs <= 600M expect params = 6.1M } else { expect params = 3.50M }",
        "expect params = 3.5M +- 2%, macs = 300M, layers = 53, peak_memory = 1.5MB +- 99%",
        "choice wide in { 1, 2 } require macs <= wide * 300 * 10 ** 6",
    ],
)
def test_right_requirements(statements):
    assert in_model(statements) == []


@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        ("choice k in { 1, 1.5 } x = x |> conv2d(k)", ["E0301"]),
        ("choice op in { conv2d, relu } x = x |> resize(8, method=op)", ["E0301"]),
        ("choice act in { relu, conv2d } a = [act, relu] choice b in a b = b", ["E0206"]),
        ("choice k in { missing, 3 } x = x |> conv2d(k)", ["E0201"]),
        ("choice k in missing x = x |> conv2d(k)", ["E0201"]),
        ("choice k in { x |> relu, 3 }", ["E0220"]),
        ("choice k in { a: x, 3 }", ["E0222"]),
        ("choice rate in uniform(missing, 1) y = rate", ["E0201", "E0224"]),
        ("repeat missing as s { x = x |> relu }", ["E0201"]),
        ("@missing(missing) x = x |> conv2d(missing)", ["E0229", "E0201"]),
        ("@freeze x = x |> missing", ["E0201"]),
        ("where missing", ["E0201"]),
        ("@freeze repeat n as s { @freeze y = n }", ["E0231"]),
    ],
)
def test_one_mistake_is_reported_once(statements, codes):
    assert in_block(statements) == codes


def test_a_choice_comes_after_what_it_reads():
    assert (
        found("model M() { choice size in { 8, 16 } input image: f32[N, size, size, 3] output y = image |> relu }")
        == []
    )
    assert in_model("choice late in { 1, 2 }") == []


def test_a_block_is_annotated_by_what_the_file_knows():
    assert found('bits = "int8" @precision(weights=bits) block b(x: tensor) -> tensor { return x }') == []
    assert found("@sparsity(ratio) block b(x: tensor, ratio: float) -> tensor { return x }") == ["E0201"]


def test_a_statement_behind_a_return_is_unreachable_under_annotations():
    assert found("block b(x: tensor) -> tensor { @freeze return x |> conv2d(8) choice k in { 1 } }") == ["E0216"]


@pytest.mark.parametrize("name", ANNOTATIONS)
def test_an_annotation_is_declared_whole(name):
    signature = ANNOTATIONS[name]
    assert signature.name == name
    assert signature.doc
    assert not signature.tensors
    assert all(parameter.doc for parameter in signature.parameters)


def test_the_words_of_annotations_are_those_of_the_compiler():
    assert set(ROLES.words) == {role.value for role in Role} - {Role.CONSTANT.value}
    parameters = {parameter.name: parameter for parameter in ANNOTATIONS["initializer"].parameters}
    assert KIND_TAKES.keys() <= set(KINDS.words)
    assert all(parameters[taken].default is not REQUIRED for taken in KIND_TAKES.values())


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_is_taken_in_its_unit(name):
    metric = METRICS[name]
    bound = {"count": "3M", "bytes": "3MB", "seconds": "3ms"}
    measured = f"{name}(table)" if metric.tabled else name
    codes = {unit: in_model(f"require {measured} <= {written}") for unit, written in bound.items()}
    assert codes == {unit: [] if unit == metric.unit else ["E0332"] for unit in bound}
