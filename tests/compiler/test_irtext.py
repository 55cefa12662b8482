"""IR text: what prints comes back, and what is malformed is a diagnostic with its place."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler.arrays import numpy_dtype
from mnet.compiler.data import ArrayData, Derived
from mnet.compiler.initializers import Initialized, Law, Written
from mnet.compiler.ir import Annotation, Graph, Node, Output, Parameter, Role, Value
from mnet.compiler.irtext import parse_graph, print_graph
from mnet.compiler.ops import OPERATORS, PAD
from mnet.compiler.types import TensorType
from mnet.compiler.verify import verify
from mnet.dsl.diagnostics import DiagnosticError, Severity
from mnet.dsl.dtypes import DType
from mnet.dsl.source import Span

TINY = """graph Tiny {
  doc "One convolution."
  input %image : f32[N, 8, 8, 3]

  weight %stem.conv.weight : f32[3, 3, 3, 4] = initial(7) @ "tiny.mnet":3:13-3:22
  bias %stem.conv.bias : f32[4] = [0.0, 0.1, -0.0, nan] @ "tiny.mnet":3:13-4:22
  gamma %spare.gamma : f32[2] = initial(7, truncated_normal, 0.05) frozen @ "tiny.mnet":5:1-5:2
  weight %spare.weight : f32[2] = initial(7, glorot_uniform)

  %stem.conv = conv2d(%image, %stem.conv.weight, %stem.conv.bias) {stride = (2, 2)} : f32[N, 3, 3, 4] @ "tiny.mnet":3:13-3:22
  %halves#0, %halves#1 = split(%stem.conv) {axis = 3, sizes = (1, 3)} : f32[N, 3, 3, 1], f32[N, 3, 3, 3] with precision(activations = "int8") @ "tiny.mnet":2:3-2:9, sparsity(ratio = 0.5, block = (1, 4)), freeze

  output "first half" = %halves#0
  output second = %halves#1
}
"""  # noqa: E501  # as it prints


def parameter_graph(parameter: Parameter) -> Graph:
    return Graph("g", (), (Output("y", parameter.value),), (), {parameter.name: parameter})


def array_graph(array: np.ndarray, dtype: DType, role: Role = Role.WEIGHT) -> Graph:
    return parameter_graph(Parameter(Value("p", TensorType(dtype, array.shape)), ArrayData(array), role))


def round_trip(graph: Graph) -> Graph:
    text = print_graph(graph)
    back = parse_graph(text)
    assert print_graph(back) == text
    return back


def test_text_that_is_printed_comes_back():
    assert print_graph(parse_graph(TINY)) == TINY


def test_what_the_text_says():
    graph = parse_graph(TINY)
    assert [found for found in verify(graph) if found.severity is Severity.ERROR] == []
    assert (graph.name, graph.doc, graph.batch) == ("Tiny", "One convolution.", "N")
    conv, split = graph.nodes
    assert (conv.path, split.path) == ("stem.conv", "halves")
    assert conv.span == Span("tiny.mnet", 3, 13, 3, 22)
    assert split.span is None
    assert conv.attributes == {
        "stride": (2, 2), "dilation": (1, 1), "groups": 1, "padding": ((0, 0), (0, 0)), "activation": "none"
    }  # fmt: skip
    assert [output.name for output in graph.outputs] == ["first half", "second"]
    assert graph.parameters["stem.conv.weight"].data == Initialized(
        "stem.conv.weight", Role.WEIGHT, DType.F32, (3, 3, 3, 4), 7
    )
    assert graph.parameters["stem.conv.bias"].span == Span("tiny.mnet", 3, 13, 4, 22)


def test_what_the_text_says_of_annotations():
    conv, split = parse_graph(TINY).nodes
    assert conv.annotations == ()
    assert split.annotations == (
        Annotation("precision", {"activations": "int8"}, Span("tiny.mnet", 2, 3, 2, 9)),
        Annotation("sparsity", {"ratio": 0.5, "block": (1, 4)}),
        Annotation("freeze", {}),
    )


def test_what_the_text_says_of_initialisers():
    parameters = parse_graph(TINY).parameters
    gamma, weight = parameters["spare.gamma"], parameters["spare.weight"]
    assert (gamma.data.law, gamma.frozen) == (Law("truncated_normal", 0.05), True)
    assert (weight.data.law, weight.frozen) == (Law("glorot_uniform"), False)


def test_arguments_that_are_left_out_have_their_defaults():
    text = "graph g { input %x : f32[1] %y = relu(%x) : f32[1] with sparsity(ratio = 0.5) output y = %y }"
    graph = parse_graph(text)
    assert graph.nodes[0].annotations[0].values == {"ratio": 0.5, "block": (1, 1)}
    assert "with sparsity(ratio = 0.5)\n" in print_graph(graph)


def test_layout_and_comments_mean_nothing():
    text = TINY.replace("\n", " ").replace("{", "{ // a comment }\n")
    assert print_graph(parse_graph(text)) == TINY


def bit_patterns(dtype: DType) -> st.SearchStrategy[np.ndarray]:
    """Arrays of every bit pattern that the element type has."""
    words = st.integers(0, 1) if dtype is DType.BOOL else st.integers(0, 256**dtype.nbytes - 1)
    lists = st.lists(words, max_size=12)
    return lists.map(lambda xs: _from_words(xs, dtype))


def _from_words(words: list[int], dtype: DType) -> np.ndarray:
    content = b"".join(word.to_bytes(dtype.nbytes, "little") for word in words)
    return np.frombuffer(content, numpy_dtype(dtype))


@pytest.mark.parametrize("dtype", DType)
@settings(deadline=None)
@given(data=st.data())
def test_elements_come_back_bit_by_bit(dtype, data):
    array = data.draw(bit_patterns(dtype))
    back = round_trip(array_graph(array, dtype))
    assert back.parameters["p"].data.read().tobytes() == array.tobytes()
    assert back.parameters["p"].data.read().dtype == array.dtype


@pytest.mark.parametrize(
    ("element", "spelling"),
    [(0.1, "0.1"), (-0.0, "-0.0"), (1e20, "1e+20"), (math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")],
)
def test_floats_are_spelled_shortly(element, spelling):
    assert f"= [{spelling}]" in print_graph(array_graph(np.array([element], np.float32), DType.F32))


def test_the_bits_of_a_nan_are_kept_as_data():
    array = np.frombuffer(struct.pack("<I", 0xFFC0DEAD), np.float32)
    assert "= data" in print_graph(array_graph(array, DType.F32))


def test_scalars_and_empty_tensors():
    assert "f32[] = [2.5]" in print_graph(array_graph(np.float32(2.5).reshape(()), DType.F32))
    round_trip(array_graph(np.zeros((0, 3), np.float32), DType.F32))


def test_computed_and_written_elements_print_as_what_they_are():
    derived = Derived((ArrayData(np.ones(2, np.float32)),), lambda x: x * 3, DType.F32, (2,))
    value = Value("p", TensorType(DType.F32, (2,)))
    assert "[3.0, 3.0]" in print_graph(parameter_graph(Parameter(value, derived, Role.WEIGHT)))
    written = Written((1.0, 0.1), DType.F32, (2,))
    assert "[1.0, 0.1]" in print_graph(parameter_graph(Parameter(value, written, Role.CONSTANT)))


def test_weights_of_another_name_print_as_data():
    value = Value("p", TensorType(DType.F32, (2,)))
    data = Initialized("q", Role.WEIGHT, DType.F32, (2,))
    back = round_trip(parameter_graph(Parameter(value, data, Role.WEIGHT)))
    assert back.parameters["p"].data.read().tolist() == data.read().tolist()


@settings(deadline=None)
@given(
    name=st.text(), path=st.text().filter(bool), other=st.text(), file=st.text(), doc=st.text(), dim=st.text(min_size=1)
)
def test_every_name_comes_back(name, path, other, file, doc, dim):
    if other == path:
        return
    type_ = TensorType(DType.F32, (dim, 2))
    source, result = Value(other, type_), Value(path, type_)
    node = Node(OPERATORS["relu"], (source,), (result,), {}, path, Span(file, 1, 2, 3, 4))
    graph = Graph(name, (source,), (Output(name, result),), (node,), {}, doc)
    assert round_trip(graph) == graph


@given(value=st.floats(allow_nan=False))
def test_every_float_attribute_comes_back(value):
    x = Value("x", TensorType(DType.F32, (2,)))
    node = Node(PAD, (x,), (Value("y", x.type),), {"padding": ((0, 0),), "value": value}, "y")
    back = round_trip(Graph("g", (x,), (Output("y", node.output),), (node,)))
    found = back.nodes[0].attributes["value"]
    assert (found, math.copysign(1, found)) == (value, math.copysign(1, value))


# what is malformed

BROKEN = [
    ("", "E1001", "1:1", "expected `graph`, found the end of the text"),
    ("graph g {", "E1001", "1:10", "found the end of the text"),
    ("graph g {} x", "E1001", "1:12", "expected the end of the text, found `x`"),
    ("graph g {\n  ?\n}", "E1001", "2:3", "`?` begins no token"),
    ("graph g {\n  nonsense\n}", "E1001", "2:3", "expected a node"),
    ('graph g { doc "\\q" }', "E1001", "1:15", "a string is written as in JSON"),
    ("graph g { input x : f32[] }", "E1001", "1:17", "expected a value, such as `%x`, found `x`"),
    ("graph g { input %x : f33[] }", "E1002", "1:22", "there is no element type `f33`"),
    ("graph g { input %x : f32[-1] }", "E1001", "1:26", "expected a dimension, found `-1`"),
    ("graph g { input %x : f32[1.5] }", "E1001", "1:26", "`1.5` is no integer"),
    ("graph g { input %x : f32[99999999999999999999] }", "E1001", "1:26", "at most 19 digits, this one has 20"),
    ("graph g { input %x : f32[1] input %x : f32[1] }", "E1003", "1:35", "`x` is defined twice"),
    ("graph g { output y = %x }", "E1002", "1:22", "there is no value before this point named `x`"),
    ("graph g { input %x : f32[] output y = %x output y = %x }", "E1003", "1:49", "there are two outputs `y`"),
    ("graph g { bias %b : f32[2] = [1.0] }", "E1005", "1:30", "the type has 2 elements, 1 are given"),
    ("graph g { bias %b : f32[1] = [1] }", "E1005", "1:30", "`1` is no element of f32"),
    ("graph g { bias %b : bool[1] = [1] }", "E1005", "1:31", "`1` is no element of bool"),
    ("graph g { bias %b : i8[1] = [true] }", "E1005", "1:29", "`true` is no element of i8"),
    ("graph g { bias %b : i8[1] = [200] }", "E1005", "1:29", "`200` is outside of i8, -128 to 127"),
    ("graph g { bias %b : f32[N] = [1.0] }", "E1005", "1:30", "f32[N] has a symbolic dimension"),
    ("graph g { bias %b : f32[1] = data }", "E1005", "1:16", "the elements of `b` are not in the data section"),
    ("graph g { bias %b : f32[N] = initial(0) }", "E1005", "1:30", "no initialiser for a bias of f32[N]"),
    ("graph g { constant %b : f32[1] = initial(0) }", "E1005", "1:34", "no initialiser for a constant"),
    ('graph g { bias %b : f32[1] = data } data { %c = "" }', "E1002", "1:44", "there is no parameter `c`"),
    ('graph g { bias %b : f32[1] = data } data { %b = "*" }', "E1005", "1:49", "this is not base64"),
    ('graph g { bias %b : f32[1] = data } data { %b = "é" }', "E1005", "1:49", "this is not base64"),
    ('graph g { bias %b : f32[1] = data } data { %b = "AA==" }', "E1005", "1:49", "4 bytes, 1 are given"),
    ('graph g { bias %b : bool[1] = data } data { %b = "Ag==" }', "E1005", "1:50", "a bool is a byte of 0 or 1"),
    ('graph g { bias %b : f32[1] = [0.0] } data { %b = "" }', "E1003", "1:45", "`b` has its elements already"),
    ("graph g { input %x : f32[1] %y = rleu(%x) : f32[1] }", "E1002", "1:34", "there is no operator `rleu`"),
    ("graph g { input %x : f32[1] %y = relu(%z) : f32[1] }", "E1002", "1:39", "named `z`"),
    ("graph g { input %x : f32[1] %y = relu(%x) {a = 1} : f32[1] }", "E1002", "1:44", "attribute of `relu` `a`"),
    ("graph g { input %x : f32[1] %y = pad(%x) : f32[1] }", "E1004", "1:34", "`pad` needs the attribute `padding`"),
    ("graph g { input %x : f32[1] %y = pad(%x) {value = 1, value = 2} : f32[1] }", "E1003", "1:54", "given twice"),
    ("graph g { input %x : f32[1] %y = pad(%x) {value = ((((((((((1)))))))))} : f32[1] }", "E1001", "1:59", "8 deep"),
    ("graph g { input %x : f32[1] %y = relu(%x) : f32[1], f32[1] }", "E1001", "1:29", "has 1 results and 2 types"),
    ("graph g { input %x : f32[1] %a, %b = relu(%x) : f32[1], f32[1] }", "E1001", "1:29", "named `a#0`, `a#1`"),
    ("graph g { input %x : f32[1] %y = relu(%x) : f32[1] @ 3 }", "E1001", "1:54", "the name of a file in quotes"),
    ('graph g { input %x : f32[1] %y = relu(%x) : f32[1] @ "a":3 }', "E1001", "1:57", "a place, such as"),
    ("graph g { bias %b : f32[1] = initial(0, gauss) }", "E1002", "1:41", "there is no law `gauss`"),
    ("graph g { bias %b : f32[1] = initial(0, normal) }", "E1001", "1:47", "expected `,`, found `)`"),
    ("graph g { bias %b : f32[1] = initial(0, normal, nan) }", "E1005", "1:49", "`nan` is no number of f32"),
    (
        "graph g { input %x : f32[1] %y = relu(%x) : f32[1] with quantise }",
        "E1002",
        "1:57",
        "there is no annotation `quantise`",
    ),
    ("graph g { input %x : f32[1] %y = relu(%x) : f32[1] with sparsity }", "E1004", "1:57", "`sparsity` needs `ratio`"),
    (
        "graph g { input %x : f32[1] %y = relu(%x) : f32[1] with freeze(hard = 1) }",
        "E1002",
        "1:64",
        "there is no argument of `freeze` `hard`",
    ),
    (
        'graph g { input %x : f32[1] %y = relu(%x) : f32[1] with placement(device = "cpu", device = "cpu") }',
        "E1003",
        "1:83",
        "`device` is given twice",
    ),
    ("graph g { input %x : f32[1] %y = relu(%x) : f32[1] with }", "E1001", "1:57", "expected an annotation, found `}`"),
]


@pytest.mark.parametrize(("text", "code", "place", "message"), BROKEN)
def test_malformed_text(text, code, place, message):
    with pytest.raises(DiagnosticError) as caught:
        parse_graph(text, "broken.ir")
    (found,) = caught.value.diagnostics
    assert str(found.span) == f"broken.ir:{place}"
    assert found.code.id == code
    assert message in found.message


def test_names_that_nearly_fit_are_proposed():
    text = "graph g { input %x : f32[1] %y = rleu(%x) : f32[1] }"
    with pytest.raises(DiagnosticError) as caught:
        parse_graph(text)
    assert caught.value.diagnostics[0].hint == "did you mean `relu`?"


@st.composite
def mutations(draw):
    """TINY with pieces of it cut out, doubled, or replaced by pieces of it or by anything."""
    text = TINY
    for _ in range(draw(st.integers(1, 4))):
        start, length = draw(st.integers(0, len(text))), draw(st.integers(0, 12))
        source = draw(st.integers(0, len(TINY)))
        piece = draw(st.one_of(st.just(""), st.just(TINY[source : source + 12]), st.text(max_size=4)))
        text = text[:start] + piece + text[start + length :]
    return text


@settings(deadline=None, max_examples=1000)
@given(text=st.one_of(mutations(), st.text()))
def test_any_text_is_a_graph_or_a_diagnostic(text):
    try:
        graph = parse_graph(text)
    except DiagnosticError as refusal:
        places = [found.span for found in refusal.diagnostics]
    else:
        places = []
        assert print_graph(parse_graph(print_graph(graph))) == print_graph(graph)
        verify(graph)
    assert None not in places


def test_deep_and_long_texts_are_read_or_refused():
    for text in ("(" * 10**6, "graph g {" + "[" * 10**6, 'graph "' + "\\n" * 10**6, "graph g { // " + "x" * 10**6):
        with pytest.raises(DiagnosticError):
            parse_graph(text)
