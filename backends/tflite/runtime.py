"""LiteRT, which reads TFLite files back: results, intermediate results, latency. Imported only when it is used."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from ...compiler.data import Array
from ...compiler.types import Shape
from ..runtimes import Model, median_seconds, not_installed, reported

_DELEGATE = "DELEGATE"


def run(model: Model, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
    """The outputs by the names of the model's signature, from its inputs by theirs; any batch where that is open.

    Raises DiagnosticError where LiteRT is not installed, or does not take the model or the inputs.
    """
    with _reported(model):
        interpreter = _interpreter(model, num_threads=threads)
        results: dict[str, Array] = interpreter.get_signature_runner()(**inputs)
        return results


def run_all(model: Model, inputs: Mapping[str, Array], threads: int = 1) -> dict[str, Array]:
    """Every computed tensor by its name, the results of nodes by their paths; without delegates. Raises as `run`."""
    with _reported(model):
        runtime = _litert()
        plain = runtime.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        interpreter = _interpreter(
            model, num_threads=threads, experimental_op_resolver_type=plain, experimental_preserve_all_tensors=True
        )
        interpreter.get_signature_runner()(**inputs)
        names = {details["index"]: details["name"] for details in interpreter.get_tensor_details()}
        return {names[index]: interpreter.get_tensor(index) for index in _computed(interpreter)}


def input_shapes(model: Model) -> dict[str, Shape]:
    """The shapes of the inputs by the names of the signature; a size that is open is "?". Raises as `run`."""
    with _reported(model):
        inputs = _interpreter(model).get_signature_runner().get_input_details()
        shapes = {name: details["shape_signature"].tolist() for name, details in inputs.items()}
        return {name: tuple("?" if size < 0 else size for size in shape) for name, shape in shapes.items()}


def latency(model: Model, runs: int = 50, warmup: int = 5, threads: int = 1) -> float:
    """The median time of one invocation in seconds, at batch 1 on seeded random inputs. Raises as `run`."""
    with _reported(model):
        interpreter = _interpreter(model, num_threads=threads)
        interpreter.allocate_tensors()
        random = np.random.default_rng(0)
        for details in interpreter.get_input_details():
            values = random.uniform(0, 1, details["shape"]).astype(details["dtype"])
            interpreter.set_tensor(details["index"], values)
        return median_seconds(interpreter.invoke, runs, warmup)


def partitions(model: Model) -> tuple[int, int]:
    """How many delegate partitions LiteRT makes of a model, and how many operations stay outside. Raises as `run`."""
    with _reported(model):
        interpreter = _interpreter(model)
        interpreter.allocate_tensors()
        return _partitions(interpreter)


def _partitions(interpreter: Any) -> tuple[int, int]:
    """Follows the results back to the inputs. A delegate, listed last, makes the tensors of what it replaced."""
    makers = {tensor: op for op in interpreter._get_ops_details() for tensor in op["outputs"]}
    wanted = [details["index"] for details in interpreter.get_output_details()]
    reached: dict[int, str] = {}
    while wanted:
        op = makers.get(wanted.pop())
        if op is not None and op["index"] not in reached:
            reached[op["index"]] = op["op_name"]
            wanted += list(op["inputs"])
    delegates = list(reached.values()).count(_DELEGATE)
    return delegates, len(reached) - delegates


def _computed(interpreter: Any) -> Iterator[int]:
    for operation in interpreter._get_ops_details():
        yield from operation["outputs"]


def _interpreter(model: Model, **options: Any) -> Any:
    source = {"model_content": model} if isinstance(model, bytes) else {"model_path": str(model)}
    return _litert().Interpreter(**source, **options)


def _litert() -> ModuleType:
    try:
        from ai_edge_litert import interpreter  # noqa: PLC0415  # large, and not everybody has it
    except ImportError as missing:
        raise not_installed("LiteRT", "TFLite models", "litert") from missing
    return interpreter  # type: ignore[no-any-return]  # it ships no types


def _reported(model: Model) -> contextlib.AbstractContextManager[None]:
    return reported("LiteRT", model, (ValueError, RuntimeError, TypeError))
