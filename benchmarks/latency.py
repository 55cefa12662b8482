"""Single-thread LiteRT latency of several artefacts, side by side in one process, one inference each in turn.

    python -m mnet.benchmarks.latency ROUNDS a.tflite b.tflite ...

Prints a JSON list of medians in milliseconds.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter

WARM_UP = 3


def prepare(path: str) -> Interpreter:
    """An interpreter with random input in place."""
    interpreter = Interpreter(model_path=path, num_threads=1)
    interpreter.allocate_tensors()
    random = np.random.default_rng(0)
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], random.uniform(-1, 1, detail["shape"]).astype(detail["dtype"]))
    for _ in range(WARM_UP):
        interpreter.invoke()
    return interpreter


def milliseconds(interpreter: Interpreter) -> float:
    """One inference."""
    start = time.perf_counter()
    interpreter.invoke()
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    rounds, *paths = sys.argv[1:]
    interpreters = [prepare(path) for path in paths]
    times: list[list[float]] = [[] for _ in interpreters]
    for _ in range(int(rounds)):
        for measured, interpreter in zip(times, interpreters, strict=True):
            measured.append(milliseconds(interpreter))
    print(json.dumps([statistics.median(t) for t in times]))
