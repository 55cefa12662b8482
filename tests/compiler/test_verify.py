"""Each rule of the IR, broken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnet.compiler.data import ArrayData
from mnet.compiler.ir import Annotation, Graph, Node, Output, Value
from mnet.compiler.irtext import parse_graph
from mnet.compiler.ops import RELU
from mnet.compiler.types import TensorType
from mnet.compiler.verify import verify
from mnet.dsl.diagnostics import Severity
from mnet.dsl.dtypes import DType
from mnet.dsl.source import Span

VALID = """graph g {
  input %x : f32[N, 4, 4, 2]
  weight %conv.weight : f32[1, 1, 2, 3] = initial(0)
  %conv = conv2d(%x, %conv.weight, _) : f32[N, 4, 4, 3] @ "net.mnet":3:9-3:20
  %parts#0, %parts#1 = split(%conv) {axis = 3, sizes = (1, 2)} : f32[N, 4, 4, 1], f32[N, 4, 4, 2]
  %sum = concat(%parts#0, %x) {axis = 3} : f32[N, 4, 4, 3]
  output y = %sum
}
"""


@pytest.fixture
def graph() -> Graph:
    return parse_graph(VALID)


def with_conv(graph: Graph, **changes) -> Graph:
    conv, *rest = graph.nodes
    return replace(graph, nodes=(replace(conv, **changes), *rest))


def with_attributes(graph: Graph, **changes) -> Graph:
    return with_conv(graph, attributes={**graph.nodes[0].attributes, **changes})


def with_parameter(graph: Graph, **changes) -> Graph:
    return replace(graph, parameters={"conv.weight": replace(graph.parameters["conv.weight"], **changes)})


def found(graph: Graph) -> list[tuple[str, str]]:
    return [(d.code.id, d.message) for d in verify(graph) if d.severity is Severity.ERROR]


def test_a_valid_graph(graph):
    assert verify(graph) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("conv2d(%x, %conv.weight, _)", "conv2d(%x, %conv.weight)", ("E1023", "`conv` has 2 operands, `conv2d` takes 3")),  # noqa: E501  # one case a line
        ("conv2d(%x, %conv.weight, _)", "conv2d(%x, _, _)", ("E1023", "`conv` lacks its operand `weight`")),
        ("concat(%parts#0, %x)", "concat(%parts#0, _)", ("E1023", "`sum` needs one or more operands, all present")),
        ("concat(%parts#0, %x)", "concat()", ("E1023", "`sum` needs one or more operands, all present")),
        ("axis = 3, sizes", "axis = 3.0, sizes", ("E1024", "`axis` of `parts` is 3.0, which is no int")),
        ("axis = 3, sizes", "axis = true, sizes", ("E1024", "`axis` of `parts` is True, which is no int")),
        ("(1, 2)}", "1}", ("E1024", "`sizes` of `parts` is 1, which is no list[int]")),
        ("(1, 2)}", "(1, 2.0)}", ("E1024", "`sizes` of `parts` is (1, 2.0), which is no list[int]")),
        ("_) :", '_) {activation = "gelu"} :', ("E1024", "`activation` of `conv` is 'gelu', which is no \"none\" | \"relu\" | \"relu6\"")),  # noqa: E501  # one case a line
        ("_) :", "_) {stride = (1, 1, 1)} :", ("E1024", "`stride` of `conv` is (1, 1, 1), which is no (int, int)")),
        ("f32[N, 4, 4, 3] @", "f32[N, 4, 4, 2] @", ("E1025", "`conv` gives f32[N, 4, 4, 2], `conv2d` infers f32[N, 4, 4, 3]")),  # noqa: E501  # one case a line
        ("(1, 2)} : f32[N, 4, 4, 1]", "(1, 2)} : f32[N, 4, 4, 7]", ("E1025", "`parts` gives f32[N, 4, 4, 7], f32[N, 4, 4, 2], `split` infers f32[N, 4, 4, 1], f32[N, 4, 4, 2]")),  # noqa: E501  # one case a line
        ("sizes = (1, 2)", "sizes = (2, 2)", ("E1023", "`parts`: sections of [2, 2] make 4 elements, but axis 3 has 3")),  # noqa: E501  # one case a line
        ("output y = %sum", "", ("E1027", "`g` has no outputs")),
        ("%x : f32[N, 4, 4, 2]", "%x : f32[4, N, 4, 2]", ("E1029", "dimension 1 of `x` can't stay open as `N`")),
        ("%x : f32[N, 4, 4, 2]", "%x : f32[N, 4, 0, 2]", ("E1029", "dimension 2 of `x` is 0, at least 1 is needed")),
        ("input %x", "input %z : f32[M, 1] input %x", ("E1029", "dimension 0 of `x` can't stay open as `N`")),
    ],
)  # fmt: skip
def test_broken_text(old, new, expected):
    assert VALID.count(old) == 1
    assert expected in found(parse_graph(VALID.replace(old, new)))


def test_a_problem_is_at_the_source_of_its_node(graph):
    (problem,) = [d for d in verify(with_attributes(graph, groups=5)) if d.severity is Severity.ERROR]
    assert problem.span == Span("net.mnet", 3, 9, 3, 20)


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (Annotation("quantise", {}), "`@quantise` of `conv`: there is no such annotation"),
        (Annotation("freeze", {"hard": True}), "`@freeze` of `conv`: it takes no `hard`"),
        (
            Annotation("sparsity", {"ratio": 1, "block": (1, 1)}),
            "`@sparsity` of `conv`: `ratio` is 1, which is no float",
        ),
        (Annotation("sparsity", {"ratio": 0.5}), "`@sparsity` of `conv`: it lacks `block`"),
        (Annotation("placement", {}), "`@placement` of `conv`: it lacks `device`"),
        (
            Annotation("sparsity", {"ratio": 2.0, "block": (1, 1)}),
            "`@sparsity` of `conv`: a sparsity is the part that is zero, from 0 to 1, found 2.0",
        ),
    ],
)
def test_broken_annotations(graph, annotation, message):
    assert found(with_conv(graph, annotations=(annotation,))) == [("E1030", message)]


def test_a_node_has_one_annotation_of_each_kind(graph):
    freeze, gpu = Annotation("freeze", {}), Annotation("placement", {"device": "gpu"})
    message = "the annotations of `conv` are not one of each kind in the order of kinds"
    assert found(with_conv(graph, annotations=(gpu, freeze))) == []
    assert found(with_conv(graph, annotations=(freeze, gpu))) == [("E1030", message)]
    assert found(with_conv(graph, annotations=(freeze, freeze))) == [("E1030", message)]


def test_missing_attribute(graph):
    assert found(with_conv(graph, attributes={})) != []
    attributes = {name: value for name, value in graph.nodes[0].attributes.items() if name != "groups"}
    assert found(with_conv(graph, attributes=attributes)) == [("E1024", "`conv` lacks its attribute `groups`")]


def test_surplus_attribute(graph):
    assert found(with_attributes(graph, color="red")) == [("E1024", "`conv` has `color`, no attribute of `conv2d`")]


def test_strange_operator(graph):
    stranger = replace(RELU, name="rleu")
    assert ("E1022", "`conv` is a `rleu`, which is no registered operator") in found(with_conv(graph, op=stranger))


def test_name_of_a_result_is_the_path(graph):
    assert found(with_conv(graph, path="stem")) == [("E1020", "the results of `stem` are named `conv`")]


def test_order(graph):
    assert ("E1021", "`parts` reads `conv`, which nothing makes before") in found(
        replace(graph, nodes=graph.nodes[1:] + graph.nodes[:1])
    )


def test_a_value_is_the_same_everywhere(graph):
    changed = replace(graph, inputs=(Value("x", TensorType(DType.F32, ("N", 5, 4, 2))),))
    assert ("E1021", "`conv` reads `x` as f32[N, 4, 4, 2], but it is f32[N, 5, 4, 2]") in found(changed)


def test_names_are_unique(graph):
    assert ("E1020", "`conv` is defined twice") in found(replace(graph, nodes=(graph.nodes[0], *graph.nodes)))


def test_output_that_is_not_there(graph):
    lost = Output("z", Value("lost", TensorType(DType.F32, (1,))))
    assert found(replace(graph, outputs=(lost,)))[0] == (
        "E1021", "the output `z` is `lost`, which nothing makes before"
    )  # fmt: skip


def test_outputs_of_one_name(graph):
    assert found(replace(graph, outputs=graph.outputs * 2)) == [("E1027", "`g` has 2 outputs named `y`")]


def test_parameter_that_does_not_fit_its_data(graph):
    data = ArrayData(np.zeros((1, 1, 2, 3), np.float16))
    assert found(with_parameter(graph, data=data)) == [
        ("E1026", "`conv.weight` is f32[1, 1, 2, 3], but its data is f16[1, 1, 2, 3]")
    ]


def test_parameter_under_another_name(graph):
    renamed = replace(graph, parameters={"w": graph.parameters["conv.weight"]})
    assert ("E1020", "the parameter `conv.weight` is filed under `w`") in found(renamed)


def test_unread_values_are_warnings(graph):
    x = graph.inputs[0]
    dead = Node(RELU, (x,), (Value("dead", x.type),), {}, "dead", Span("net.mnet", 9, 1, 9, 2))
    spare = parse_graph(VALID.replace("weight %conv", "bias %spare : f32[1] = [0.0] weight %conv"))
    warnings = [*verify(replace(graph, nodes=(*graph.nodes, dead))), *verify(spare)]
    assert [(d.severity, d.code.id, d.message) for d in warnings] == [
        (Severity.WARNING, "E1028", "nothing reads what `dead` makes"),
        (Severity.WARNING, "E1028", "nothing reads `spare`"),
    ]
