"""The search spaces of the examples: their points counted, drawn, and their costs told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .measure import MNET, interleaved, python
from .models import ROOT

FOLLOWED = ("spaces/tunas.mnet", "TunasMobileNetV3")
"""The space like MobileNetV3 whose tables are watched while they fill."""


def measure(rounds: int) -> dict[str, Any]:
    """`sampling` of every space, `cost_tables` of one."""
    found = [
        {"file": file["file"], **model}
        for file in json.loads(python("mnet.benchmarks.examples"))
        for model in file["models"]
        if model["decisions"]
    ]
    counted = interleaved({space["model"]: _count(space) for space in found}, rounds)
    return {
        "sampling": [{**space, **_speeds(space), "count": counted[space["model"]]} for space in found],
        "cost_tables": json.loads(_sampled(*FOLLOWED, "--curve")),
    }


def _count(space: dict[str, Any]) -> list[str | Path]:
    """What a user types."""
    return [MNET, "space", "count", _path(space["file"]), "--model", space["model"]]


def _speeds(space: dict[str, Any]) -> dict[str, Any]:
    speeds: dict[str, Any] = json.loads(_sampled(space["file"], space["model"]))
    return speeds


def _sampled(file: str, model: str, *flags: str) -> str:
    return python("mnet.benchmarks.sampling", _path(file), model, *flags)


def _path(file: str) -> Path:
    return ROOT / "examples" / file
