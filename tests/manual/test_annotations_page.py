"""The examples of docs/annotations.md are programs, and say what the page says of them."""

import re

import pytest

from mnet.compiler.elaborate import elaborate
from mnet.driver import read_source
from mnet.manual.annotations import page


@pytest.mark.parametrize("program", re.findall(r"```mnet\n(.*?)```", page(), re.DOTALL))
def test_examples_elaborate(program):
    graph = elaborate(read_source(program, "example.mnet"))
    assert graph.warnings == ()
    said = {node.path: [annotation.kind for annotation in node.annotations] for node in graph.nodes}
    assert said["stage0.expand"] == ["precision"]
    assert said["stage0.project"] == ["sparsity"]
    assert said["head.logits"] == ["placement", "initializer", "initializer"]


def test_every_line_of_prose_fits():
    assert max(map(len, page().split("```mnet")[0].splitlines())) <= 120
