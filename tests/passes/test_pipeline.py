"""Pipelines as text, and running them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from mnet.compiler.irtext import parse_graph
from mnet.dsl.diagnostics import DiagnosticError
from mnet.passes import PASSES, STANDARD, PassResult, Remark, parse_pipeline, run_pipeline
from mnet.passes.fold_constants import FoldConstants
from mnet.passes.fuse_activations import FuseActivations
from mnet.passes.options import parse_passes
from mnet.passes.simplify import Simplify


@dataclass(frozen=True)
class Tuned:
    name: ClassVar[str] = "tuned"
    ratio: float = 0.5
    enabled: bool = True
    label: str = ""

    def run(self, graph):
        return PassResult(graph)


def problems(text: str) -> list[tuple[str, str, str, str | None]]:
    with pytest.raises(DiagnosticError) as caught:
        parse_passes(text, {**PASSES, "tuned": Tuned})
    return [(d.code.id, str(d.span), d.message, d.hint) for d in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("simplify", (Simplify(),)),
        (" simplify , simplify ", (Simplify(), Simplify())),
        ("fold-constants{limit=7},simplify{}", (FoldConstants(7), Simplify())),
        ("fuse-activations{activations=relu}", (FuseActivations(("relu",)),)),
        ("fuse-activations { activations=relu6,relu }", (FuseActivations(("relu6", "relu")),)),
        ("tuned{ratio=1e-3 enabled=false label=x}", (Tuned(1e-3, False, "x"),)),
    ],
)
def test_pipelines(text, expected):
    assert parse_passes(text, {**PASSES, "tuned": Tuned}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (",", ("E1101", "<pipeline>:1:1", "expected a pass and its options, such as `fold-constants{limit=0}`", None)),
        ("simplify,", ("E1101", "<pipeline>:1:10", "expected a pass and its options, such as `fold-constants{limit=0}`", None)),  # noqa: E501  # one case a line
        ("simplify{", ("E1101", "<pipeline>:1:1", "expected a pass and its options, such as `fold-constants{limit=0}`", None)),  # noqa: E501  # one case a line
        ("simplify,fold-nb", ("E1102", "<pipeline>:1:10", "there is no pass `fold-nb`", "did you mean `fold-bn`?")),
        ("fold-constants{limt=1}", ("E1103", "<pipeline>:1:16", "`fold-constants` has no option `limt`", "did you mean `limit`?")),  # noqa: E501  # one case a line
        ("simplify{name=1}", ("E1103", "<pipeline>:1:10", "`simplify` has no option `name`", None)),
        ("fold-constants{limit=1 limit=2}", ("E1103", "<pipeline>:1:24", "the option `limit` is given twice", None)),
        ("fold-constants{limit=x}", ("E1104", "<pipeline>:1:16", "`x` is no int", None)),
        ("fold-constants{limit}", ("E1104", "<pipeline>:1:16", "`` is no int", None)),
        ("tuned{enabled=yes}", ("E1104", "<pipeline>:1:7", "`yes` is no bool", None)),
        ("fuse-activations{activations=relu,rleu6}", ("E1104", "<pipeline>:1:18", "`rleu6` is none of `relu`, `relu6`", "did you mean `relu6`?")),  # noqa: E501  # one case a line
    ],
)  # fmt: skip
def test_malformed_pipelines(text, expected):
    assert problems(text) == [expected]


def test_all_problems_at_once():
    assert [problem[0] for problem in problems("nope,fold-constants{limit=x},simplify")] == ["E1102", "E1104"]


def test_passes_are_found_by_their_name():
    assert {name: pass_.name for name, pass_ in PASSES.items()} == {name: name for name in PASSES}
    assert len(parse_pipeline(",".join(STANDARD))) == len(STANDARD)


GRAPH = """graph g {
  input %x : f32[N, 2]
  %same = identity(%x) : f32[N, 2] @ "net.mnet":2:3-2:9
  %y = relu(%same) : f32[N, 2]
  output y = %y
}
"""


def test_steps_say_what_was_done():
    result = run_pipeline(parse_graph(GRAPH), parse_pipeline("simplify,fold-bn"))
    assert [node.path for node in result.graph.nodes] == ["y"]
    first, second = result.steps
    span = parse_graph(GRAPH).nodes[0].span
    assert (first.name, first.changes, first.misses) == (
        "simplify", (Remark("same", span, "removed: it changes nothing"),), ()
    )  # fmt: skip
    assert (second.name, second.changes, second.misses) == ("fold-bn", (), ())


@dataclass(frozen=True)
class Vandal:
    name: ClassVar[str] = "vandal"

    def run(self, graph):
        return PassResult(replace(graph, nodes=graph.nodes[1:]))


def test_a_pass_that_breaks_the_graph_is_named():
    with pytest.raises(DiagnosticError) as caught:
        run_pipeline(parse_graph(GRAPH), (Vandal(),), verify_each=True)
    assert [d.code.id for d in caught.value.diagnostics] == ["E1105", "E1021"]
    assert "`vandal`" in caught.value.diagnostics[0].message


def test_a_broken_graph_is_refused_before_the_first_pass():
    with pytest.raises(DiagnosticError) as caught:
        run_pipeline(parse_graph(GRAPH.replace("relu(%same) : f32[N, 2]", "relu(%same) : f32[N, 3]")), (), True)
    assert [d.code.id for d in caught.value.diagnostics] == ["E1025"]
