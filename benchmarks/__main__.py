"""`make bench`: every figure that README and docs claim, measured on this machine.

python -m mnet.benchmarks [converter growth spaces programs] [--rounds 5] [--inferences 50] [--only MobileNetV2]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import programs, scaling, spaces
from .against_converter import Comparison, compare
from .models import MODELS, ROOT

PARTS = ("converter", "growth", "spaces", "programs")


def measure(part: str, work: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What report.json holds of one part."""
    match part:
        case "converter":
            return {"comparisons": list(_comparisons(work, options))}
        case "growth":
            weights = scaling.weight_bytes(work, max(1, options.rounds // 2))
            return {"depth": scaling.depth(work, options.rounds), "weight_bytes": weights}
        case "spaces":
            return spaces.measure(options.rounds)
        case _:
            return programs.measure(work, options.rounds)


def _comparisons(work: Path, options: argparse.Namespace) -> Iterator[Comparison]:
    for model in MODELS:
        if not options.only or model.name in options.only:
            print(f"{model.name} ...", flush=True)
            yield compare(model, work, options.rounds, options.inferences)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", metavar="PART", help="what is measured; all without this")
    parser.add_argument("--rounds", type=int, default=5, help="processes of each kind")
    parser.add_argument("--inferences", type=int, default=50, help="inferences of each artefact")
    parser.add_argument("--only", action="append", help="a model's name; all without this")
    options = parser.parse_args()
    if unknown := set(options.part) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    measured: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as work:
        for part in PARTS:
            if not options.part or part in options.part:
                print(f"{part} ...", flush=True)
                measured |= json.loads(json.dumps(measure(part, Path(work), options), default=asdict))
    # Only now: while this process measured others it had to stay small itself.
    from . import report

    report.write(ROOT / "benchmarks" / "results", measured)
    print((ROOT / "benchmarks" / "results" / "report.md").read_text())
