"""The command line as users meet it: another process, its output, its exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

TINY = """//! A classifier for tests.
model Tiny(classes: int = 10, width: float = 1.0) {
  input image: f32[N, 8, 8, 3]
  x = image |> conv2d(make_divisible(8 * width), bias=false) |> batch_norm() |> relu6()
  output logits = x |> mean() |> dense(classes)
}
"""


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.mnet"
    path.write_text(TINY)
    return path


@pytest.fixture
def mnet(tmp_path):
    """Runs `mnet` in an empty directory."""

    def run(*words, code=0, env=None, cwd=tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "mnet", *map(str, words)],
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**os.environ, **(env or {})},
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def examples():
    return EXAMPLES
