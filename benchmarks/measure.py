"""Whole processes, measured: time and peak memory, interleaved with what they are compared to."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MNET = Path(sys.executable).with_name("mnet")


@dataclass(frozen=True, slots=True)
class Run:
    """`processor` is the time on a core, which other programs do not prolong as they do `seconds`."""

    seconds: float
    processor: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The medians of several runs."""

    seconds: float
    processor: float
    peak_bytes: int
    runs: int


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Run:
    """One process from start to end. Raises RuntimeError with its last words where it fails.

    Peak memory is the resident set as the kernel counted it. The process that measures must stay small
    itself: a child begins its count with its parent's pages.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    words = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed with {process.returncode}:\n{words[-2000:]}")
    seconds = time.perf_counter() - start
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def interleaved(commands: Mapping[str, Sequence[str | Path]], rounds: int) -> dict[str, Summary]:
    """Runs every command once a round, so that a noisy minute falls on all of them alike; medians."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return {name: summary(measured) for name, measured in runs.items()}


def summary(runs: Sequence[Run]) -> Summary:
    """The medians of `runs`."""
    return Summary(
        statistics.median(r.seconds for r in runs),
        statistics.median(r.processor for r in runs),
        int(statistics.median(r.peak_bytes for r in runs)),
        len(runs),
    )


def python(module: str, *arguments: str | Path) -> str:
    """What a module of ours prints that runs in a process of its own. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
