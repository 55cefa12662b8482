"""The scratch copy that passes edit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mnet.compiler.ir import Graph, Node, Value
from mnet.compiler.irtext import parse_graph, print_graph
from mnet.compiler.ops import NEG
from mnet.compiler.verify import verify
from mnet.passes.rewrite import Rewriter

TEXT = """graph g {
  input %x : f32[N, 2]

  constant %c : f32[2] = [1.0, 2.0]
  constant %d : f32[2] = [3.0, 4.0]

  %a = add(%x, %c) : f32[N, 2]
  %b = mul(%a, %d) : f32[N, 2]
  %e = sub(%b, %a) : f32[N, 2]

  output y = %e
}
"""


@pytest.fixture
def graph() -> Graph:
    return parse_graph(TEXT)


def paths(graph: Graph) -> list[str]:
    return [node.path for node in graph.nodes]


def test_untouched_is_the_same_graph(graph):
    assert Rewriter(graph).finish().graph is graph


def test_readers_and_producers(graph):
    rewriter = Rewriter(graph)
    a, b, e = graph.nodes
    assert rewriter.readers(a.output) == (b, e)
    assert rewriter.sole_reader(a.output) is None
    assert rewriter.sole_reader(b.output) == e
    assert rewriter.sole_reader(e.output) is None
    assert rewriter.is_output(e.output)
    assert rewriter.producer(a.output) == a
    assert rewriter.producer(graph.inputs[0]) is None
    assert rewriter.producer(None) is None
    assert rewriter.parameter(a.inputs[1]) is graph.parameters["c"]
    assert rewriter.parameter(None) is None


def test_bypass_takes_what_only_the_node_read(graph):
    rewriter = Rewriter(graph)
    a, b, _ = graph.nodes
    rewriter.bypass(b, a.output)
    rewriter.changed(b, "gone")
    found = rewriter.finish().graph
    assert paths(found) == ["a", "e"]
    assert list(found.parameters) == ["c"]
    assert found.nodes[1].inputs == (a.output, a.output)
    assert verify(found) == []
    assert print_graph(graph) == TEXT


def test_removal_reaches_back(graph):
    rewriter = Rewriter(graph)
    rewriter.replace_uses(graph.nodes[2].output, graph.inputs[0])
    rewriter.remove(rewriter.node("e"))
    rewriter.changed(graph.nodes[2], "gone")
    found = rewriter.finish().graph
    assert (found.nodes, dict(found.parameters)) == ((), {})
    assert found.outputs[0].value == graph.inputs[0]


def test_new_nodes_stand_where_they_are_put(graph):
    rewriter = Rewriter(graph)
    e = graph.nodes[2]
    for operand in e.operands:
        neg = Value(rewriter.fresh_name("neg"), operand.type)
        rewriter.insert_before(e, Node(NEG, (operand,), (neg,), {}, neg.name))
        e = replace(e, inputs=tuple(neg if value == operand else value for value in e.inputs))
    rewriter.swap(e)
    rewriter.changed(e, "negated")
    found = rewriter.finish().graph
    assert paths(found) == ["a", "b", "neg", "neg_2", "e"]
    assert verify(found) == []


def test_a_result_may_change_its_type(graph):
    rewriter = Rewriter(graph)
    a = graph.nodes[0]
    wide = Value("a", a.output.type.with_shape(("N", 1, 2)))
    rewriter.swap(replace(a, outputs=(wide,)))
    assert all(wide in reader.inputs for reader in rewriter.readers(wide))


def test_walking_skips_what_is_gone(graph):
    rewriter = Rewriter(graph)
    seen = []
    for node in rewriter.walk():
        seen.append(node.path)
        if node.path == "a":
            rewriter.bypass(rewriter.node("b"), node.output)
    assert seen == ["a", "e"]


def test_fresh_names(graph):
    rewriter = Rewriter(graph)
    assert [rewriter.fresh_name(name) for name in ("x", "c", "a", "new")] == ["x_2", "c_2", "a_2", "new"]


def test_an_output_does_not_become_an_input_or_another_output(graph):
    rewriter = Rewriter(graph)
    a, _, e = graph.nodes
    assert rewriter.may_replace(e.output, a.output)
    assert not rewriter.may_replace(e.output, graph.inputs[0])
    assert not rewriter.may_replace(e.output, e.output)
    assert rewriter.may_replace(a.output, graph.inputs[0])
    assert not rewriter.may_replace(a.output, graph.parameters["c"].value)
