"""Pipelines: `fold-bn,fuse-activations{activations=relu}` as passes, and running them one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from ..compiler.ir import Graph
from ..dsl.diagnostics import Diagnostic, DiagnosticError, Severity, error
from ..dsl.record import record
from .base import Pass, Remark
from .codes import BROKEN_GRAPH
from .eliminate_common import EliminateCommon
from .eliminate_dead import EliminateDead
from .fold_bn import FoldBatchNorm
from .fold_constants import FoldConstants
from .fold_pad import FoldPad
from .fold_scale import FoldScale
from .fuse_activations import FuseActivations
from .lower_bn import LowerBatchNorm
from .options import parse_passes
from .simplify import Simplify

PASSES: Mapping[str, type[Pass]] = MappingProxyType(
    {
        pass_.name: pass_
        for pass_ in (
            EliminateCommon,
            EliminateDead,
            FoldBatchNorm,
            FoldConstants,
            FoldPad,
            FoldScale,
            FuseActivations,
            LowerBatchNorm,
            Simplify,
        )
    }
)
"""Every pass by name."""

STANDARD: tuple[str, ...] = (
    "eliminate-dead",
    "simplify",
    "fold-constants",
    "fold-pad",
    "fold-bn",
    "fold-scale",
    "eliminate-common",
    "simplify",
    "eliminate-dead",
)
"""What is good for every target. A backend adds what its format can take, such as fuse-activations."""


@record
class Step:
    """What one pass of a pipeline did."""

    name: str
    changes: tuple[Remark, ...]
    misses: tuple[Remark, ...]


@record
class PipelineResult:
    graph: Graph
    steps: tuple[Step, ...]


def parse_pipeline(text: str) -> tuple[Pass, ...]:
    """The passes that a text names, in order: `fold-bn,fold-constants{limit=0},fuse-activations{activations=relu}`.

    Options stand in braces, with blanks between them, and commas between the values of one; they are the fields of the
    pass. Raises DiagnosticError (E1101 to E1104) with everything that is wrong.
    """
    return parse_passes(text, PASSES)


def run_pipeline(graph: Graph, passes: Iterable[Pass], verify_each: bool = False) -> PipelineResult:
    """The graph after all passes. With `verify_each` the verifier looks at the graph and at what each pass made of it;
    raises DiagnosticError where the graph is not valid (E10xx) or a pass broke it (E1105)."""
    steps = []
    if verify_each and (problems := _errors(graph)):
        raise DiagnosticError(problems)
    for pass_ in passes:
        result = pass_.run(graph)
        graph = result.graph
        steps.append(Step(pass_.name, result.changes, result.misses))
        if verify_each and (problems := _errors(graph)):
            raise _broken(pass_, problems)
    return PipelineResult(graph, tuple(steps))


def _errors(graph: Graph) -> list[Diagnostic]:
    from ..compiler.verify import verify  # noqa: PLC0415  # a compilation trusts its passes

    return [found for found in verify(graph) if found.severity is Severity.ERROR]


def _broken(pass_: Pass, problems: Sequence[Diagnostic]) -> DiagnosticError:
    message = f"the pass `{pass_.name}` made a graph that is not valid; this is a mistake of the pass"
    return DiagnosticError([error(BROKEN_GRAPH, message), *problems])
