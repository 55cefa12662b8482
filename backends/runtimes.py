"""What the runtimes of all targets share: the wording of their failures, and how latency is measured."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..dsl.diagnostics import DiagnosticError, error
from .codes import MISSING_RUNTIME, RUNTIME_FAILED

Model = str | Path | bytes
"""A file's path, or its content where that is all in one file."""


@contextlib.contextmanager
def reported(runtime: str, model: Model, kinds: tuple[type[Exception], ...]) -> Iterator[None]:
    """Turns what `runtime` raises, of these kinds, into a DiagnosticError that names the model (E0804)."""
    name = "the model" if isinstance(model, bytes) else f"`{model}`"
    try:
        yield
    except kinds as failure:
        reason = str(failure).strip().splitlines()[0] if str(failure).strip() else type(failure).__name__
        raise DiagnosticError(error(RUNTIME_FAILED, f"{runtime} can't run {name}: {reason}")) from failure


def not_installed(runtime: str, models: str, extra: str) -> DiagnosticError:
    """For a runtime that can't be imported; `extra` is what to install of this package (E0803)."""
    message = f"{runtime} is not installed, and {models} run in it"
    return DiagnosticError(error(MISSING_RUNTIME, message, hint=f"pip install 'mnet-compiler[{extra}]'"))


def median_seconds(run: Callable[[], object], runs: int, warmup: int) -> float:
    """The median time of one of `runs` calls, after `warmup` that are not counted."""
    for _ in range(warmup):
        run()
    return statistics.median(_seconds(run) for _ in range(runs))


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin
