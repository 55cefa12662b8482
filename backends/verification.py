"""Does an artefact compute what its model means? Its runtime against the reference evaluator.

The outputs are compared first. Where one differs, every layer is: the first that differs in the graph's
order is where to look, and it knows its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from ..compiler.arrays import numpy_dtype
from ..compiler.data import Array
from ..compiler.evaluate import evaluate, evaluate_nodes
from ..compiler.ir import Graph
from ..compiler.types import Shape
from ..dsl.diagnostics import DiagnosticError, error
from ..dsl.record import record
from ..dsl.source import Span
from .codes import OTHER_INPUTS


class Runtime(Protocol):
    """What reads a format back: the module `runtime` of its backend."""

    def run(self, model: Path, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
        """Outputs by name, in the program's layout."""
        ...

    def run_all(self, model: Path, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
        """Every intermediate result by the name of its value in the IR, in the IR's layout."""
        ...

    def input_shapes(self, model: Path) -> dict[str, Shape]:
        """The shapes of the inputs by name, in the program's layout; a size that is open is a word."""
        ...

    def latency(self, model: Path, runs: int = 50, warmup: int = 5, threads: int = 1) -> float:
        """The median seconds of one inference on random inputs at batch 1."""
        ...


@record
class Comparison:
    """How far a tensor is from the reference. `relative` is the largest difference over the largest magnitude.

    Where the two can't be compared it is infinite, and `problem` says why.
    """

    name: str
    relative: float
    absolute: float
    span: Span | None = None
    problem: str = ""


@record
class Verification:
    """`layers` holds, in order, what differs by more than the tolerance; it is looked at only where an output does."""

    tolerance: float
    outputs: tuple[Comparison, ...]
    layers: tuple[Comparison, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every output is within the tolerance."""
        return all(output.relative <= self.tolerance for output in self.outputs)


def verify(  # noqa: PLR0913  # what is run, on what, and how it is judged
    artifact: Path, runtime: Runtime, graph: Graph, optimised: Graph, *, tolerance: float, seed: int
) -> Verification:
    """Runs both on the same seeded random inputs.

    Outputs are compared with `graph`, as the program means it; layers with `optimised`, whose values the
    artefact's tensors are named after. Raises DiagnosticError where the runtime can't run the artefact.
    """
    shapes = runtime.input_shapes(artifact)
    _refuse_other_inputs(artifact, shapes, {value.name: value.type.shape for value in graph.inputs})
    inputs = random_inputs(graph, seed, _batch(graph, shapes))
    expected, found = evaluate(graph, inputs), runtime.run(artifact, inputs)
    outputs = tuple(compare(name, array, found.get(name)) for name, array in expected.items())
    verification = Verification(tolerance, outputs)
    if verification.passed:
        return verification
    layers = _layers(optimised, inputs, runtime.run_all(artifact, inputs))
    return Verification(tolerance, outputs, tuple(layer for layer in layers if layer.relative > tolerance))


def _refuse_other_inputs(artifact: Path, found: Mapping[str, Shape], expected: Mapping[str, Shape]) -> None:
    """Raises DiagnosticError where the inputs are another model's: no runtime says so in words of the program."""
    if found.keys() == expected.keys() and all(_agree(found[name], shape) for name, shape in expected.items()):
        return
    message = f"`{artifact}` has the inputs {_spell(found)}, and the program has {_spell(expected)}"
    hint = "give the same program, `--model` and `--set` as in its compilation"
    raise DiagnosticError(error(OTHER_INPUTS, message, hint=hint))


def _agree(found: Shape, expected: Shape) -> bool:
    """Sizes that are open on one side agree with any."""
    pairs = zip(found, expected, strict=False)
    return len(found) == len(expected) and all(a == b or isinstance(a, str) or isinstance(b, str) for a, b in pairs)


def _spell(shapes: Mapping[str, Shape]) -> str:
    return ", ".join(f"`{name}` [{', '.join(map(str, shape))}]" for name, shape in sorted(shapes.items()))


def _batch(graph: Graph, found: Mapping[str, Shape]) -> int:
    """The batch that the artefact was fixed to; 1 where it is open there too."""
    sizes = (found[value.name][0] for value in graph.inputs if not value.type.is_static)
    return next((size for size in sizes if isinstance(size, int)), 1)


def random_inputs(graph: Graph, seed: int, batch: int = 1) -> dict[str, Array]:
    """Uniform in [-1, 1) for floating-point inputs, 0 to 100 for integers; a symbolic batch is `batch`."""
    random = np.random.default_rng(seed)
    inputs = {}
    for value in graph.inputs:
        shape = tuple(dim if isinstance(dim, int) else batch for dim in value.type.shape)
        low, high = (-1.0, 1.0) if value.type.dtype.is_float else (0.0, 100.0)
        inputs[value.name] = random.uniform(low, high, shape).astype(numpy_dtype(value.type.dtype))
    return inputs


def compare(name: str, expected: Array, found: Array | None, span: Span | None = None) -> Comparison:
    """A missing tensor, another shape, or an infinity or NaN where there should be none is infinitely far away."""
    if found is None:
        return Comparison(name, np.inf, np.inf, span, "the artefact does not have it")
    if found.shape != expected.shape:
        return Comparison(name, np.inf, np.inf, span, f"its shape is {found.shape}, not {expected.shape}")
    wanted, given, finite = expected.astype(np.float64), found.astype(np.float64), np.isfinite(expected)
    if not np.array_equal(wanted[~finite], given[~finite], equal_nan=True) or not np.isfinite(given[finite]).all():
        return Comparison(name, np.inf, np.inf, span, "other elements are infinite or not a number")
    absolute = float(np.max(np.abs(given[finite] - wanted[finite]), initial=0.0))
    scale = float(np.max(np.abs(wanted[finite]), initial=0.0)) or 1.0
    return Comparison(name, absolute / scale, absolute, span)


def _layers(graph: Graph, inputs: Mapping[str, Array], found: Mapping[str, Array]) -> Iterator[Comparison]:
    for node, results in evaluate_nodes(graph, inputs):
        for value, expected in zip(node.outputs, results, strict=True):
            if value.name in found:
                yield compare(value.name, expected, found[value.name], node.span)
