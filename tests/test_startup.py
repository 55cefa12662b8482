"""What commands that run for a fraction of a second must not import."""

import subprocess
import sys

import pytest

from mnet.benchmarks.models import ROOT

TUNAS = ROOT / "examples" / "spaces" / "tunas.mnet"


@pytest.mark.parametrize(
    "words",
    [["check"], ["lint"], ["fmt", "--check"], ["space", "count", "--model", "TunasMobileNetV3"]],
    ids=lambda words: words[0],
)
def test_what_reads_no_weights_imports_no_numpy(words):
    command = [sys.executable, "-X", "importtime", "-m", "mnet", *words, TUNAS]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in found.stderr.splitlines() if "|" in line}
    assert "mnet.cli" in imported
    assert not imported & {"numpy", "ml_dtypes"}
