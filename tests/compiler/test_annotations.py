"""Annotations of elaborated programs: which layers they reach, which counts, what they do to parameters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet.compiler.annotations import merged
from mnet.compiler.cost import cost
from mnet.compiler.elaborate import elaborate
from mnet.compiler.initializers import Initialized, Law
from mnet.compiler.ir import Annotation, Graph, Role
from mnet.compiler.limits import DEFAULT
from mnet.compiler.pathpatterns import covers, likely_pattern
from mnet.compiler.verify import verify
from mnet.driver import read_source
from mnet.dsl.diagnostics import Diagnostic, DiagnosticError, Severity


def build(text: str, **settings: object) -> Graph:
    graph = elaborate(read_source(text, "net.mnet"), None, settings)
    assert [found for found in verify(graph) if found.severity is Severity.ERROR] == []
    return graph


def body(text: str, blocks: str = "") -> Graph:
    """The graph of a model with an input `x` and this body."""
    return build(f"{blocks}\nmodel M() {{ input x: f32[N, 8, 8, 4]\n{text}\n output o = y }}")


def said(graph: Graph) -> dict[str, list[str]]:
    """What each annotated layer is annotated with, in short: `placement gpu`."""
    return {node.path: [_short(a) for a in node.annotations] for node in graph.nodes if node.annotations}


def _short(annotation: Annotation) -> str:
    return " ".join([annotation.kind, *map(str, annotation.values.values())])


def refused(text: str, blocks: str = "", limits: object = None) -> tuple[Diagnostic, ...]:
    program = read_source(f"{blocks}\nmodel M() {{ input x: f32[N, 8, 8, 4]\n{text}\n output o = y }}", "net.mnet")
    with pytest.raises(DiagnosticError) as caught:
        elaborate(program, limits=replace(DEFAULT, steps=limits) if limits else DEFAULT)
    return caught.value.diagnostics


# Statements, blocks, instances --------------------------------------------------------------


def test_all_layers_of_a_statement() -> None:
    graph = body('@placement("gpu") y = x |> a: conv2d(4) |> relu\ny = y |> b: conv2d(4)')
    assert said(graph) == {"a": ["placement gpu"], "relu": ["placement gpu"]}
    assert str(graph.nodes[0].annotations[0].span) == "net.mnet:3:1"


def test_all_turns_of_a_loop() -> None:
    graph = body("y = x\n@freeze for i in 0..2 as s { y = y |> conv2d(4) }")
    assert said(graph) == {"s0.conv2d": ["freeze"], "s1.conv2d": ["freeze"]}


def test_arguments_are_evaluated_where_they_stand() -> None:
    graph = body("y = x\nfor r in [0.25, 1] as s { @sparsity(r / 2, block=(1, 4)) y = y |> conv2d(4) }")
    assert said(graph) == {"s0.conv2d": ["sparsity 0.125 (1, 4)"], "s1.conv2d": ["sparsity 0.5 (1, 4)"]}


def test_arguments_may_be_parameters_of_the_model() -> None:
    text = """model M(bits: "int4" | "int8" = "int8") {
      input x: f32[N, 8]
      @precision(weights=bits) y = x |> dense(2)
      output o = y
    }"""
    assert said(build(text, bits="int4")) == {"dense": ["precision int4"]}


def test_all_layers_of_a_block_at_each_call() -> None:
    head = '@placement("dsp") block head(x: tensor) -> tensor { return x |> conv2d(4) |> relu }'
    graph = body("y = x |> head |> conv2d(4) |> second: head", head)
    assert list(said(graph)) == ["head.conv2d", "head.relu", "second.conv2d", "second.relu"]


def test_an_annotation_of_a_block_sees_its_file_and_not_its_parameters() -> None:
    blocks = "part = 0.5\n@sparsity(part) block head(x: tensor, width: int) -> tensor { return x |> conv2d(width) }"
    assert said(body("y = x |> head(4)", blocks)) == {"head.conv2d": ["sparsity 0.5 (1, 1)"]}


def test_an_instance_has_its_annotations_wherever_it_is_called() -> None:
    graph = body("@freeze head = conv2d(4)\na = head(x)\ny = a |> relu |> head")
    assert said(graph) == {"head": ["freeze"], "head_2": ["freeze"]}


# Which one counts ---------------------------------------------------------------------------

PLACES = """
@placement("cpu") block outer(x: tensor) -> tensor {
  @placement("gpu") y = x |> near: conv2d(4)
  return y |> far: conv2d(4)
}
"""


def test_the_statement_of_the_call_comes_before_the_block() -> None:
    graph = body('@placement("dsp") y = x |> outer', PLACES)
    assert said(graph) == {"outer.near": ["placement gpu"], "outer.far": ["placement dsp"]}


def test_a_block_comes_before_what_is_further_out() -> None:
    blocks = PLACES + "block most(x: tensor) -> tensor { return x |> outer |> conv2d(4) }"
    graph = body('@placement("dsp") y = x |> most', blocks)
    assert said(graph)["most.outer.far"] == ["placement cpu"]
    assert said(graph)["most.conv2d"] == ["placement dsp"]


def test_the_inner_statement_comes_before_the_outer_one() -> None:
    text = '@placement("cpu") for i in 0..1 as s { @placement("gpu") y = y |> conv2d(4)\n y = y |> relu }'
    assert said(body(f"y = x\n{text}")) == {"s0.conv2d": ["placement gpu"], "s0.relu": ["placement cpu"]}


def test_a_call_comes_before_its_instance_and_that_before_its_block() -> None:
    text = '@placement("gpu") head = outer()\n@placement("edgetpu") y = head(x)\ny = head(y)'
    graph = body(text, PLACES)
    assert [said(graph)[path] for path in ("head.far", "head_2.far")] == [["placement edgetpu"], ["placement gpu"]]


def test_a_pattern_gives_way_to_everything() -> None:
    graph = body('@placement("edgetpu") on "**"\ny = x |> outer |> conv2d(4)', PLACES)
    assert said(graph) == {
        "outer.near": ["placement gpu"], "outer.far": ["placement cpu"], "conv2d": ["placement edgetpu"]
    }  # fmt: skip


def test_of_patterns_the_later_counts_and_before_it_the_one_of_the_narrower_place() -> None:
    block = 'block b(x: tensor) -> tensor { @placement("dsp") on "c"\n return x |> c: conv2d(4) |> d: conv2d(4) }'
    graph = body('y = x |> b |> e: conv2d(4)\n@placement("cpu") on "**"\n@placement("gpu") on "e", "b"', block)
    assert said(graph) == {"b.c": ["placement dsp"], "b.d": ["placement gpu"], "e": ["placement gpu"]}


def test_kinds_do_not_displace_each_other_nor_do_initialisers_of_other_roles() -> None:
    text = '@initializer("ones") @initializer("zeros", weight="bias") @freeze @precision(weights="int8")'
    graph = body(f'{text} y = x |> conv2d(4)\n@initializer("constant", value=2) @placement("gpu") on "conv2d"')
    assert said(graph)["conv2d"] == [
        "precision int8", "placement gpu", "freeze", "initializer zeros bias", "initializer ones weight"
    ]  # fmt: skip


KINDS = [
    Annotation("precision", {"weights": "int8"}),
    Annotation("precision", {"weights": "int4"}),
    Annotation("freeze", {}),
    Annotation("initializer", {"kind": "ones", "weight": "bias"}),
    Annotation("initializer", {"kind": "ones", "weight": "weight"}),
    Annotation("initializer", {"kind": "zeros", "weight": "weight"}),
]
GROUPS = st.lists(st.sampled_from(KINDS), max_size=4).map(tuple)


@given(first=GROUPS, second=GROUPS, third=GROUPS)
def test_merging_is_associative_and_the_last_counts(
    first: tuple[Annotation, ...], second: tuple[Annotation, ...], third: tuple[Annotation, ...]
) -> None:
    assert merged(merged(first, second), third) == merged(first, merged(second, third)) == merged(first, second, third)
    assert merged(first, merged(first)) == merged(first)
    if third:
        assert third[-1] in merged(first, second, third)


# Path patterns ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "about", "not_about"),
    [
        ("a", ["a", "a.b", "a.b.c"], ["ab", "b.a", "a2"]),
        ("a.*", ["a.b", "a.b.c"], ["a", "b.a"]),
        ("a.*.c", ["a.b.c", "a.x.c.d"], ["a.c", "a.b.b.c"]),
        ("s*", ["s", "s1", "s1.conv", "stem"], ["as", "a.s"]),
        ("*v*d", ["conv2d", "vd", "deconv_d"], ["conv2", "dv"]),
        ("*a*a*b", ["aab", "xaxaxb", "aabab"], ["ab", "aaba"]),
        ("**", ["a", "a.b"], []),
        ("**.p", ["p", "a.p", "a.b.p.conv"], ["ap", "a.pp"]),
        ("a.**", ["a", "a.b"], ["b"]),
        ("a.**.p", ["a.p", "a.b.p", "a.b.c.p.q"], ["a", "a.b", "p"]),
        ("**.a*.b", ["a1.b", "a1.a2.b", "x.a.b.c"], ["a1.x.b"]),
        ("**.a.**.b", ["a.b", "x.a.y.b", "a.x.a.b"], ["b.a"]),
    ],
)
def test_what_a_pattern_is_about(pattern: str, about: list[str], not_about: list[str]) -> None:
    fits = covers(pattern)
    assert [path for path in about if not fits(path)] == []
    assert [path for path in not_about if fits(path)] == []


SEGMENT = st.text("ab*", min_size=1, max_size=4).filter(lambda text: "**" not in text)
PATTERN = st.lists(st.one_of(SEGMENT, st.just("**")), min_size=1, max_size=4)
PATH = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5)


def slowly(pattern: list[str], path: list[str]) -> bool:
    """Whether a pattern is about a path, by trying everything."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(slowly(pattern[1:], path[i:]) for i in range(len(path) + 1))
    return bool(path) and glob(pattern[0], path[0]) and slowly(pattern[1:], path[1:])


def glob(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(glob(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return text.startswith(pattern[0]) and glob(pattern[1:], text[1:])


@given(pattern=PATTERN, path=PATH)
def test_patterns_are_matched_as_if_by_trying_everything(pattern: list[str], path: list[str]) -> None:
    assert bool(covers(".".join(pattern))(".".join(path))) == slowly(pattern, path)


def test_hostile_patterns_are_matched_in_linear_time() -> None:
    path = ".".join(["a" * 50] * 400)
    for pattern in ("*a" * 2000 + "b", ".".join(["**.a*"] * 2000) + ".b", "**." * 3000 + "b"):
        assert not covers(pattern)(path)


@pytest.mark.parametrize(
    ("pattern", "likely"),
    [
        ("steam", "stem"),
        ("stage1.bock0.expand", "stage1.block0.expand"),
        ("**.exand", "**.expand"),
        ("stage1.**.projet", "stage1.**.project"),
        ("stge1.*", "stage1.*"),
        ("head", None),
        ("stage1.block0.expand.nothing.at.all", None),
        ("steam.cnv", None),
    ],
)
def test_likely_patterns(pattern: str, likely: str | None) -> None:
    paths = ["stem.conv", "stage1.block0.expand.conv", "stage1.block0.project.conv", "classifier"]
    assert likely_pattern(pattern, paths) == likely


def test_patterns_reach_layers_that_are_made_later() -> None:
    graph = body('@freeze on "b*", "relu"\ny = x |> a: conv2d(4) |> b: conv2d(4) |> relu')
    assert list(said(graph)) == ["b", "relu"]


def test_a_pattern_that_reaches_nothing_is_an_error() -> None:
    (found,) = refused('@freeze on "stem", "steam"\ny = x |> stem: conv2d(4)')
    assert (found.code.id, str(found.span)) == ("E0645", "net.mnet:3:20")
    assert (found.message, found.hint) == ("`steam` is the path of no layer", "did you mean `stem`?")


def test_a_pattern_of_a_place_without_layers() -> None:
    block = 'block b(x: tensor) -> tensor { @freeze on "a"\n return x }'
    (found,) = refused("y = x |> b |> conv2d(4)", block)
    assert (found.code.id, found.hint) == ("E0645", "no layers are made here")


def test_a_pattern_of_a_block_need_not_reach_a_layer_at_each_call() -> None:
    block = """block b(x: tensor, wide: bool) -> tensor {
      @freeze on "expand"
      return if wide { x |> expand: conv2d(8) } else { x |> relu }
    }"""
    graph = body("y = x |> first: b(true) |> second: b(false)", block)
    assert said(graph) == {"first.expand": ["freeze"]}


def test_in_a_space_annotations_may_reach_nothing() -> None:
    class First:
        def decide(self, _decision: object) -> int:
            return 0

        def carry(self, _continuous: object) -> float:
            raise NotImplementedError

    text = """model M() {
      input x: f32[N, 8]
      choice wide in { false, true }
      y = x |> dense(2)
      if wide { y = y |> wider: dense(4) }
      @freeze on "wider"
      @sparsity(0.5) if wide { y = y |> dense(4) } else { y = y |> relu }
      output o = y
    }"""
    graph = elaborate(read_source(text, "net.mnet"), decider=First())
    assert said(graph) == {"relu": ["sparsity 0.5 (1, 1)"]}
    assert graph.warnings == ()


def test_patterns_that_are_too_many_to_compare() -> None:
    patterns = ", ".join(f'"a{i}*"' for i in range(60))
    (found,) = refused(f"@freeze on {patterns}\ny = x\nfor i in 0..9 as s {{ y = y |> relu }}", limits=500)
    assert (found.code.id, found.labels[0].text) == ("E0650", "limit `steps`")


# Parameters ---------------------------------------------------------------------------------


def test_frozen_parameters_are_not_trainable() -> None:
    graph = body("@freeze y = x |> a: conv2d(4) |> batch_norm\ny = y |> b: conv2d(4)")
    assert {name for name, parameter in graph.parameters.items() if parameter.frozen} == {
        "a.weight", "a.bias",
        "batch_norm.gamma", "batch_norm.beta", "batch_norm.mean", "batch_norm.variance",
    }  # fmt: skip
    total = cost(graph).total
    assert (total.trainable, total.frozen, total.learned, total.parameters) == (148, 156, 304, 312)
    assert not graph.parameters["a.weight"].trainable
    assert graph.parameters["b.weight"].trainable


def test_constants_are_not_frozen() -> None:
    graph = body("@freeze y = x * constant(2.0)")
    assert not graph.parameters["constant"].frozen


@pytest.mark.parametrize(
    ("annotation", "law"),
    [
        ('"ones"', Law("ones")),
        ('"constant", value=3', Law("constant", 3.0)),
        ('"uniform", limit=0.5', Law("uniform", 0.5)),
        ('"normal", stddev=0.01', Law("normal", 0.01)),
        ('"glorot_uniform"', Law("glorot_uniform")),
    ],
)
def test_initialisers_choose_the_law_of_their_role(annotation: str, law: Law) -> None:
    parameters = body(f"@initializer({annotation}) y = x |> conv2d(4) |> batch_norm").parameters
    laws = {name: parameter.data.law for name, parameter in parameters.items() if parameter.role is Role.WEIGHT}
    assert laws == {"conv2d.weight": law}
    assert all(p.data.law is None for p in parameters.values() if p.role is not Role.WEIGHT)


def test_initialisers_of_other_roles() -> None:
    text = '@initializer("constant", weight="bias", value=-4.5) @initializer("zeros", weight="gamma")'
    parameters = body(f"{text} y = x |> conv2d(4) |> batch_norm").parameters
    assert parameters["conv2d.bias"].data.read().tolist() == [-4.5] * 4
    assert parameters["batch_norm.gamma"].data.read().tolist() == [0.0] * 4
    assert isinstance(parameters["batch_norm.beta"].data, Initialized)


def test_initialisers_that_differ_on_shared_weights() -> None:
    (found,) = refused('head = conv2d(4)\n@initializer("zeros") y = head(x)\n@initializer("ones") y = head(y)')
    assert (found.code.id, str(found.span)) == ("E0648", "net.mnet:5:1")
    assert [str(label.span) for label in found.labels] == ["net.mnet:5:1", "net.mnet:4:1"]


def test_annotations_with_nothing_to_act_on_are_warnings() -> None:
    graph = body(
        '@freeze @sparsity(0.5) @initializer("ones", weight="slope") y = x |> relu\n@freeze y = y |> conv2d(4)'
    )
    assert [(d.code.id, d.severity, d.message) for d in graph.warnings] == [
        ("E0647", Severity.WARNING, "`@sparsity` has nothing to act on: its layers have no weights"),
        ("E0647", Severity.WARNING, "`@freeze` has nothing to act on: its layers have no weights"),
        ("E0647", Severity.WARNING, "`@initializer` has nothing to act on: its layers have no slope"),
    ]


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ("sparsity(r * 2)", "`@sparsity`: a sparsity is the part that is zero, from 0 to 1, found 1.5"),
        ("sparsity(r, block=(0, 1))", "`@sparsity`: a block has at least 1 weight each way, found (0, 1)"),
        ('initializer("constant")', '`@initializer`: "constant" needs `value`'),
        ('initializer("normal", limit=r)', '`@initializer`: "normal" needs `stddev`'),
        ('initializer("zeros", value=r)', '`@initializer`: "zeros" takes no `value`'),
        (
            'initializer("uniform", limit=r, stddev=r)',
            '`@initializer`: "uniform" takes no `stddev`, it takes `limit`',
        ),
        ('initializer("normal", stddev=-r)', "`@initializer`: `stddev` can't be negative here, found -0.75"),
        (
            'initializer("constant", value=10.0 ** 50)',
            "`@initializer`: `value` must be in the range of f32, found 1e+50",
        ),
        (
            'initializer("he_normal", weight="bias")',
            '`@initializer`: "he_normal" goes by the inputs of a weight, a bias has none',
        ),
        (
            'initializer("normal", weight="variance", stddev=r)',
            '`@initializer`: "normal" draws numbers below zero, a variance is never negative',
        ),
        (
            'initializer("constant", weight="variance", value=-r)',
            "`@initializer`: `value` can't be negative here, found -0.75",
        ),
    ],
)
def test_arguments_that_make_no_sense(annotation: str, message: str) -> None:
    (found,) = refused(f"r = 0.75\n@{annotation} y = x |> conv2d(4)")
    assert (found.code.id, found.message) == ("E0646", message)


def test_an_argument_that_has_failed_is_not_reported_again() -> None:
    (found,) = refused("r = [1][1]\n@sparsity(r) y = x |> conv2d(4)")
    assert found.code.id == "E0606"
