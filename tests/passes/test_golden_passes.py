"""Text in, text out: `cases/<case>.ir` names its pipeline in its first line, `golden/<case>.ir` is what comes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnet.compiler.evaluate import evaluate
from mnet.compiler.ir import Graph
from mnet.compiler.irtext import parse_graph, print_graph
from mnet.compiler.verify import verify
from mnet.passes import PipelineResult, parse_pipeline, run_pipeline

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in (HERE / "cases").glob("*.ir"))


def remarks(result: PipelineResult) -> str:
    lines = [f"// {step.name}: {r.path}: {r.text}" for step in result.steps for r in (*step.changes, *step.misses)]
    return "\n".join(lines) + "\n"


def outputs(graph: Graph) -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    shapes = {value.name: [d if isinstance(d, int) else 2 for d in value.type.shape] for value in graph.inputs}
    return evaluate(graph, {name: random.normal(0, 3, shape).astype(np.float32) for name, shape in shapes.items()})


@pytest.mark.parametrize("case", CASES)
def test_golden(case, golden):
    text = (HERE / "cases" / f"{case}.ir").read_text(encoding="utf-8")
    graph = parse_graph(text, f"{case}.ir")
    pipeline = text.split("\n", 1)[0].removeprefix("//")
    result = run_pipeline(graph, parse_pipeline(pipeline), verify_each=True)
    golden(HERE / "golden" / f"{case}.ir", print_graph(result.graph) + remarks(result))
    assert [d.message for d in verify(result.graph) if "unread" not in d.message] == []
    for found, wanted in zip(outputs(result.graph).values(), outputs(graph).values(), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
