"""`make bench`: every figure that README and docs claim, measured on this machine.

python -m mnet.benchmarks [--rounds 5] [--inferences 50] [--only MobileNetV2]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from . import scaling
from .against_converter import compare
from .models import MODELS, ROOT

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="processes of each kind")
    parser.add_argument("--inferences", type=int, default=50, help="inferences of each artefact")
    parser.add_argument("--only", action="append", help="a model's name; all without this")
    options = parser.parse_args()
    chosen = [m for m in MODELS if not options.only or m.name in options.only]
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        comparisons = []
        for model in chosen:
            print(f"{model.name} ...", flush=True)
            comparisons.append(compare(model, folder, options.rounds, options.inferences))
        print("growth ...", flush=True)
        depth = scaling.depth(folder, options.rounds)
        weights = scaling.weight_bytes(folder, max(1, options.rounds // 2))
    # Only now: while this process measured others it had to stay small itself.
    from . import report

    report.write(ROOT / "benchmarks" / "results", comparisons, depth, weights)
    print((ROOT / "benchmarks" / "results" / "report.md").read_text())
