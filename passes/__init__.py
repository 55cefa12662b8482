"""IR to IR, one file a pass."""

from .base import Pass, PassResult, Remark
from .pipeline import PASSES, STANDARD, PipelineResult, Step, parse_pipeline, run_pipeline

__all__ = [
    "PASSES",
    "STANDARD",
    "Pass",
    "PassResult",
    "PipelineResult",
    "Remark",
    "Step",
    "parse_pipeline",
    "run_pipeline",
]
