"""Weights stream: compiling a large model takes little more memory than its largest tensor."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

WIDTH, LAYERS = 2048, 12  # 12 tensors of 16 MB

PROGRAM = f"""model Wide() {{
  input x: f32[N, {WIDTH}]
  for i in 0..{LAYERS} as layer {{ x = x |> dense({WIDTH}, bias=false) }}
  output y = x
}}
"""

# A process of its own, and a small one: a child's peak begins with the pages of its parent.
MEASURE = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, capture_output=True)
print(json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
"""


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_peak_memory_is_far_below_the_weights(tmp_path, target):
    (tmp_path / "wide.mnet").write_text(PROGRAM)
    random = np.random.default_rng(0)
    tensors = {
        f"layer{i}.dense.weight": random.standard_normal((WIDTH, WIDTH), dtype=np.float32) for i in range(LAYERS)
    }
    save_file(tensors, tmp_path / "wide.safetensors")
    command = [
        sys.executable,
        "-m",
        "mnet",
        "compile",
        "wide.mnet",
        "--weights",
        "wide.safetensors",
        "-o",
        f"w.{target}",
    ]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    weights = sum(tensor.nbytes for tensor in tensors.values())
    assert (tmp_path / f"w.{target}").stat().st_size > weights
    assert json.loads(done.stdout) < 0.6 * weights


LITTLE = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
sys.argv = ["mnet", *sys.argv[1:]]
runpy.run_module("mnet", run_name="__main__")
"""


def test_memory_that_does_not_suffice_is_no_traceback(tmp_path):
    (tmp_path / "huge.mnet").write_text(
        "model Huge() { input x: f32[1, 40000]\noutput y = x |> dense(40000, bias=false) }"
    )
    done = subprocess.run(
        [sys.executable, "-c", LITTLE, "compile", "huge.mnet", "-o", "h.onnx"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 2, done.stderr
    assert "error[E0669]: there is not enough memory for what this model needs" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "h.onnx").exists()
