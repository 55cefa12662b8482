"""A graph made ready for a target: what it does not honour is taken off, then its passes run."""

from __future__ import annotations

from ..compiler.ir import Graph
from ..passes.pipeline import PipelineResult, parse_pipeline, run_pipeline
from .base import Backend
from .honour import honoured


def prepared(graph: Graph, target: Backend) -> PipelineResult:
    """The graph as the target writes it, with what each pass did."""
    return run_pipeline(honoured(graph, target.honours), parse_pipeline(",".join(target.pipeline)))
