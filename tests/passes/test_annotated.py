"""What passes make of annotations, on random graphs: nothing that says how a layer is to run goes unseen."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnet.compiler.ir import Annotation, Node
from mnet.compiler.irtext import parse_graph, print_graph
from mnet.compiler.ops import RELU
from mnet.passes import PASSES, STANDARD, parse_pipeline, run_pipeline
from mnet.passes.annotated import about_running, loss

SETTINGS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
EVERYTHING = ",".join((*STANDARD, "lower-bn", "fuse-activations", "simplify"))
ONE_OF_TWO = re.compile(r"^(?:folded into|fused into|merged with) `(.+?)`")
INT8, GPU = Annotation("precision", {"weights": "int8"}), Annotation("placement", {"device": "gpu"})


@pytest.mark.parametrize("pipeline", [*PASSES, EVERYTHING])
@SETTINGS
@given(data=st.data())
def test_a_layer_keeps_its_annotations(annotated, pipeline, data):
    """A new layer has those of the one that it is made from, whose path it begins with."""
    graph = data.draw(annotated)
    said = {node.path: node.annotations for node in graph.nodes}
    for node in run_pipeline(graph, parse_pipeline(pipeline), verify_each=True).graph.nodes:
        origin = node.path if node.path in said else node.path.removesuffix(".mul")
        assert node.annotations == said[origin]


@pytest.mark.parametrize("pipeline", PASSES)
@SETTINGS
@given(data=st.data())
def test_no_layer_goes_whose_annotations_would_be_lost(annotated, pipeline, data):
    graph = data.draw(annotated)
    (pass_,) = parse_pipeline(pipeline)
    result = pass_.run(graph)
    before = {node.path: node for node in graph.nodes}
    left = {node.path for node in result.graph.nodes}
    for change in result.changes:
        other = ONE_OF_TWO.match(change.text)
        if other is None or change.path not in before:
            continue
        pair = before[change.path], before[other[1]]
        for lost, kept in (pair, pair[::-1]):
            if lost.path not in left and kept.path in left:
                assert loss(lost, kept) is None


@SETTINGS
@given(data=st.data())
def test_what_all_layers_say_changes_nothing(graphs, data):
    graph = data.draw(graphs)
    alike = replace(graph, nodes=tuple(replace(node, annotations=(INT8, GPU)) for node in graph.nodes))
    found, wanted = (run_pipeline(each, parse_pipeline(EVERYTHING)).graph for each in (alike, graph))
    assert all(node.annotations == (INT8, GPU) for node in found.nodes)
    bare = replace(found, nodes=tuple(replace(node, annotations=()) for node in found.nodes))
    assert print_graph(bare) == print_graph(wanted)


@SETTINGS
@given(data=st.data())
def test_annotated_text_comes_back_exactly(annotated, data):
    graph = data.draw(annotated)
    back = parse_graph(print_graph(graph))
    assert back.nodes == graph.nodes


@pytest.mark.parametrize(
    ("lost", "kept", "reason"),
    [
        ((), (INT8,), None),
        ((INT8,), (INT8, GPU), None),
        ((Annotation("freeze", {}),), (), None),
        ((INT8,), (), "`@precision` of `a` is not that of `b`"),
        ((GPU,), (Annotation("placement", {"device": "cpu"}),), "`@placement` of `a` is not that of `b`"),
    ],
)
def test_what_is_a_loss(lost, kept, reason):
    a, b = (Node(RELU, (), (), {}, path, annotations=said) for path, said in (("a", lost), ("b", kept)))
    assert loss(a, b) == reason


def test_what_is_about_running():
    node = Node(RELU, (), (), {}, "a", annotations=(INT8, GPU, Annotation("freeze", {})))
    assert about_running(node) == (INT8, GPU)
