"""LiteRT, which reads TFLite files back: results, intermediate results, latency. Imported only when it is used."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ...compiler.data import Array
from ...dsl.diagnostics import DiagnosticError, error
from ..codes import MISSING_RUNTIME, RUNTIME_FAILED
from .schema import ABSENT

Model = str | Path | bytes
"""A file's path, or its content."""


def run(model: Model, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
    """The outputs by the names of the model's signature, from its inputs by theirs; any batch where that is open.

    Raises DiagnosticError where LiteRT is not installed, or does not take the model or the inputs.
    """
    with _reported(model):
        interpreter = _interpreter(model, num_threads=threads)
        results: dict[str, Array] = interpreter.get_signature_runner()(**inputs)
        return results


def run_all(model: Model, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
    """Every computed tensor by its name, the results of nodes by their paths. Runs without delegates. Raises as `run`."""
    with _reported(model):
        runtime = _litert()
        plain = runtime.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        interpreter = _interpreter(
            model, num_threads=threads, experimental_op_resolver_type=plain, experimental_preserve_all_tensors=True
        )
        interpreter.get_signature_runner()(**inputs)
        names = {details["index"]: details["name"] for details in interpreter.get_tensor_details()}
        return {names[index]: interpreter.get_tensor(index) for index in _computed(interpreter)}


def latency(model: Model, runs: int = 50, warmup: int = 5, threads: int = 1) -> float:
    """The median time of one invocation in seconds, at batch 1 on seeded random inputs. Raises as `run`."""
    with _reported(model):
        interpreter = _interpreter(model, num_threads=threads)
        interpreter.allocate_tensors()
        random = np.random.default_rng(0)
        for details in interpreter.get_input_details():
            values = random.uniform(0, 1, details["shape"]).astype(details["dtype"])
            interpreter.set_tensor(details["index"], values)
        for _ in range(warmup):
            interpreter.invoke()
        return statistics.median(_timed(interpreter) for _ in range(runs))


def partitions(model: Model) -> tuple[int, int]:
    """How many delegate partitions LiteRT makes of the model, and how many operations it leaves outside. Raises as `run`."""
    with _reported(model):
        interpreter = _interpreter(model)
        interpreter.allocate_tensors()
        return _partitions(interpreter)


def _partitions(interpreter: Any) -> tuple[int, int]:
    """A delegate's node names what enters and leaves its partition; an operation between these is inside."""
    operations = interpreter._get_ops_details()
    delegates = [op for op in operations if op["op_name"] == "DELEGATE"]
    wanted = [details["index"] for details in interpreter.get_output_details()]
    producers = {index: op for op in operations for index in op["outputs"] if op["op_name"] != "DELEGATE"}
    delegated = {index: op for op in delegates for index in op["outputs"]}
    seen: dict[int, None] = {}
    outside = set()
    while wanted:
        index = wanted.pop()
        op = delegated.get(index) or producers.get(index)
        if op is None or index in seen:
            continue
        seen[index] = None
        if op["op_name"] != "DELEGATE":
            outside.add(op["index"])
        wanted += [i for i in op["inputs"] if i != ABSENT]
    return len(delegates), len(outside)


def _timed(interpreter: Any) -> float:
    begin = time.perf_counter()
    interpreter.invoke()
    return time.perf_counter() - begin


def _computed(interpreter: Any) -> Iterator[int]:
    for operation in interpreter._get_ops_details():
        yield from operation["outputs"]


def _interpreter(model: Model, **options: Any) -> Any:
    source = {"model_content": model} if isinstance(model, bytes) else {"model_path": str(model)}
    return _litert().Interpreter(**source, **options)


def _litert() -> ModuleType:
    try:
        from ai_edge_litert import interpreter
    except ImportError as missing:
        raise DiagnosticError(
            error(
                MISSING_RUNTIME,
                "LiteRT is not installed, and TFLite models run in it",
                hint="pip install 'mnet-compiler[litert]'",
            )
        ) from missing
    return interpreter  # type: ignore[no-any-return]  # it ships no types


@contextlib.contextmanager
def _reported(model: Model) -> Iterator[None]:
    name = "the model" if isinstance(model, bytes) else f"`{model}`"
    try:
        yield
    except (ValueError, RuntimeError, TypeError) as failure:
        reason = str(failure).strip().splitlines()[0] if str(failure).strip() else type(failure).__name__
        raise DiagnosticError(error(RUNTIME_FAILED, f"LiteRT can't run {name}: {reason}")) from failure
