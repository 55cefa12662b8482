"""What commands that run for a fraction of a second must not import."""

import subprocess
import sys

import pytest

from mnet.benchmarks.models import ROOT

NETWORK = ROOT / "examples" / "mobilenet_v3.mnet"
TUNAS = ROOT / "examples" / "spaces" / "tunas.mnet"


def imported(*words):
    command = [sys.executable, "-X", "importtime", "-m", "mnet", *words]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    modules = {line.rpartition("|")[2].strip() for line in found.stderr.splitlines() if "|" in line}
    assert "mnet.cli" in modules
    return modules


@pytest.mark.parametrize(
    "words",
    [["check"], ["lint"], ["fmt", "--check"], ["space", "count", "--model", "TunasMobileNetV3"]],
    ids=lambda words: words[0],
)
def test_what_reads_no_weights_imports_no_numpy(words):
    assert not imported(*words, TUNAS) & {"numpy", "ml_dtypes"}


@pytest.mark.parametrize(
    ("words", "others"),
    [
        (["check"], {"mnet.passes", "mnet.lint", "mnet.manual", "mnet.compiler.space"}),
        (["lint"], {"mnet.passes", "mnet.manual", "mnet.compiler.space"}),
        (["fmt", "--check"], {"mnet.passes", "mnet.lint", "mnet.manual", "mnet.compiler.elaborate"}),
    ],
    ids=["check", "lint", "fmt"],
)
def test_a_network_needs_nothing_of_other_commands(words, others):
    assert not imported(*words, NETWORK) & others
