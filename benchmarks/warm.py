"""Seconds that one compilation takes in a process that has compiled before, as a search or a server does it.

python -m mnet.benchmarks.warm PROGRAM MODEL WEIGHTS ROUNDS [NAME=VALUE ...]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import mnet

if __name__ == "__main__":
    program, model, weights, rounds, *pairs = sys.argv[1:]
    parameters = dict(pair.split("=") for pair in pairs)
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(int(rounds) + 1):
            start = time.perf_counter()
            mnet.compile(program, model, set=parameters, weights=weights, output=Path(folder) / f"{turn}.tflite")
            seconds.append(time.perf_counter() - start)
    print(statistics.median(seconds[1:]))
