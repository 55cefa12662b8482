"""Annotations that no backend follows yet: a warning for each kind, and a file as if they were not there."""

import re
from io import BytesIO

import pytest

from mnet import driver
from mnet.backends import honour
from mnet.backends.base import Provenance
from mnet.backends.targets import TARGETS, backend
from mnet.compiler.annotations import EXECUTION, IN_FRONT
from mnet.compiler.elaborate import elaborate
from mnet.dsl.annotations import ANNOTATIONS
from mnet.dsl.diagnostics import Severity

ANNOTATED = """
@placement("edgetpu")
block head(x: tensor) -> tensor { return x |> conv2d(4) |> batch_norm |> relu }
model Net() {
  input x: f32[N, 8, 8, 4]
  @precision(weights="int8")
  y = x |> stem: conv2d(8) |> batch_norm |> relu6
  @precision(weights="int4")
  y = y |> first: head
  @placement("gpu")
  y = y |> second: head
  output o = y |> mean |> dense(3)
  @sparsity(0.5) @precision(activations="int8") on "**.conv2d"
  @placement("dsp") on "relu6", "dense", "**.batch_norm"
}
"""
PLAIN = re.sub(r"^ *@.*$", "", ANNOTATED, flags=re.M)
"""The same with every layer in its line: files tell where in the source a layer is."""


def graph_of(text):
    return elaborate(driver.read_source(text, "net.mnet"))


def written(graph, target):
    chosen = backend(target)
    network = driver.Network(graph, driver.read_source(PLAIN, "net.mnet"))
    file = BytesIO()
    chosen.write(network.optimise(chosen).graph, file, Provenance("1", "0"))
    return file.getvalue()


def test_every_kind_is_about_running_or_about_parameters():
    assert ANNOTATIONS.keys() == EXECUTION | IN_FRONT
    assert not EXECUTION & IN_FRONT


@pytest.mark.parametrize("target", TARGETS)
def test_no_target_honours_more_than_there_is(target):
    assert backend(target).honours <= EXECUTION


@pytest.mark.parametrize("target", TARGETS)
def test_the_file_is_the_same_as_without(target):
    assert any(node.annotations for node in graph_of(ANNOTATED).nodes)
    assert written(graph_of(ANNOTATED), target) == written(graph_of(PLAIN), target)


def test_one_warning_for_each_kind_at_its_first_layer():
    found = honour.warnings(graph_of(ANNOTATED), "tflite", frozenset())
    said = "`tflite` does not honour `@{}` yet: the network in the file is the same as without it"
    assert [(d.code.id, d.message, str(d.span), d.severity) for d in found] == [
        ("E0806", said.format("precision"), "net.mnet:6:3", Severity.WARNING),
        ("E0806", said.format("placement"), "net.mnet:14:3", Severity.WARNING),
        ("E0806", said.format("sparsity"), "net.mnet:13:3", Severity.WARNING),
    ]
    assert [d.notes for d in found] == [("it is written at 2 more places",), ("it is written at 2 more places",), ()]


def test_what_a_target_honours_stays_and_is_not_warned_of():
    graph = graph_of(ANNOTATED)
    kept = honour.honoured(graph, {"placement"})
    assert {a.kind for node in kept.nodes for a in node.annotations} == {"placement"}
    assert [d.code.id for d in honour.warnings(graph, "some", {"placement"})] == ["E0806", "E0806"]


def test_freeze_and_initialisers_are_honoured_by_all():
    text = PLAIN.replace("y = x |> stem", '@freeze @initializer("ones") y = x |> stem')
    assert honour.warnings(graph_of(text), "tflite", frozenset()) == ()
