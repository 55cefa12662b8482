"""Runs a graph by the operators' reference semantics, in NumPy: what every artefact is compared with.

Parameters are read when their node runs, and an intermediate result is dropped after its last use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..dsl.diagnostics import Diagnostic, DiagnosticError, error
from ..dsl.suggest import hint
from .arrays import numpy_dtype
from .codes import EVALUATOR_INPUTS, EVALUATOR_TYPE, OUT_OF_MEMORY
from .data import Array
from .ir import Graph, Node, Value
from .ops.checks import spell


def evaluate(graph: Graph, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The graph's outputs by name, from its inputs by name.

    An input must have exactly its declared dtype and shape; a symbolic batch takes any size, the
    same for all inputs. Raises DiagnosticError with everything that is wrong with the inputs, and
    where the memory does not suffice.
    """
    wanted = {output.value.name for output in graph.outputs}
    found = {name: array for name, array in inputs.items() if name in wanted}
    for node, results in evaluate_nodes(graph, inputs):
        found.update((v.name, array) for v, array in zip(node.outputs, results, strict=True) if v.name in wanted)
    for name in wanted & graph.parameters.keys():
        found[name] = graph.parameters[name].data.read()
    return {output.name: found[output.value.name] for output in graph.outputs}


def evaluate_nodes(graph: Graph, inputs: Mapping[str, Array]) -> Iterator[tuple[Node, tuple[Array, ...]]]:
    """Each node with its results, in the graph's order, as soon as they are known.

    Nothing is kept for the caller: who wants a result later holds on to it. Raises as `evaluate`.
    """
    if found := check_inputs(graph, inputs):
        raise DiagnosticError(found)
    return _run(graph, inputs)


def _run(graph: Graph, inputs: Mapping[str, Array]) -> Iterator[tuple[Node, tuple[Array, ...]]]:
    live = dict(inputs)
    for node, dead in zip(graph.nodes, _last_uses(graph), strict=True):
        results = _evaluate_node(graph, node, live)
        live.update(zip((value.name for value in node.outputs), results, strict=True))
        for name in dead:
            del live[name]
        yield node, results


def _evaluate_node(graph: Graph, node: Node, live: Mapping[str, Array]) -> tuple[Array, ...]:
    try:
        arrays = [None if value is None else _read(graph, value, live) for value in node.inputs]
        with np.errstate(all="ignore"):  # infinities and NaN are results like any other
            return node.op.evaluate(arrays, node.attributes)
    except MemoryError:
        types = ", ".join(str(value.type) for value in node.outputs)
        message = f"there is not enough memory to compute `{node.path}`, {types}"
        raise DiagnosticError(error(OUT_OF_MEMORY, message, node.span)) from None


def _read(graph: Graph, value: Value, live: Mapping[str, Array]) -> Array:
    parameter = graph.parameters.get(value.name)
    return live[value.name] if parameter is None else parameter.data.read()


def _last_uses(graph: Graph) -> list[set[str]]:
    """For each node the values that nobody reads after it, its own unread results included."""
    seen: set[str] = set()
    dead = []
    for node in reversed(graph.nodes):
        names = {v.name for v in (*node.operands, *node.outputs) if v.name not in graph.parameters}
        dead.append(names - seen)
        seen |= names
    return dead[::-1]


# Inputs -------------------------------------------------------------------------------------


def check_inputs(graph: Graph, inputs: Mapping[str, Array]) -> list[Diagnostic]:
    """Everything that keeps `inputs` from being the inputs of the graph."""
    declared = {value.name: value for value in graph.inputs}
    found = [_surplus(name, declared) for name in inputs if name not in declared]
    found += [_missing(value) for value in graph.inputs if value.name not in inputs]
    given = [value for value in graph.inputs if value.name in inputs]
    batches = _batches(given, inputs)
    for value in given:
        found += _check_input(value, inputs[value.name], batches)
    return found


def _surplus(name: str, declared: Mapping[str, Value]) -> Diagnostic:
    names = ", ".join(f"`{each}`" for each in declared)
    return error(
        EVALUATOR_INPUTS, f"the model has no input `{name}`", notes=(f"inputs: {names}",), hint=hint(name, declared)
    )


def _missing(value: Value) -> Diagnostic:
    return error(EVALUATOR_INPUTS, f"input `{value.name}` of type {value.type} is missing")


def _batches(given: list[Value], inputs: Mapping[str, Array]) -> dict[str, int]:
    """The size of each symbolic batch, as the first input that has it says."""
    sizes: dict[str, int] = {}
    for value in given:
        array = inputs[value.name]
        if value.type.shape and isinstance(batch := value.type.shape[0], str) and array.ndim:
            sizes.setdefault(batch, array.shape[0])
    return sizes


def _check_input(value: Value, array: Array, batches: Mapping[str, int]) -> Iterator[Diagnostic]:
    dtype = numpy_dtype(value.type.dtype)
    if array.dtype != dtype:
        yield error(
            EVALUATOR_TYPE,
            f"input `{value.name}` is {array.dtype}, {dtype} is needed",
            hint=f"convert it with `.astype({str(dtype)!r})`",
        )
    shape = tuple(batches.get(dim, dim) if isinstance(dim, str) else dim for dim in value.type.shape)
    if array.shape != shape:
        message = f"input `{value.name}` has shape {spell(array.shape)}, {spell(shape)} is needed"
        yield error(EVALUATOR_TYPE, message, notes=_batch_note(value, batches))


def _batch_note(value: Value, batches: Mapping[str, int]) -> tuple[str, ...]:
    symbols = (dim for dim in value.type.shape if isinstance(dim, str))
    return tuple(f"`{dim}` is {batches[dim]} in this run" for dim in symbols if dim in batches)
