"""Writes a safetensors file of random square matrices, in a process of its own.

python -m mnet.benchmarks.random_weights LAYERS WIDTH out.safetensors
"""

from __future__ import annotations

import sys

import numpy as np
from safetensors.numpy import save_file

if __name__ == "__main__":
    layers, width = int(sys.argv[1]), int(sys.argv[2])
    random = np.random.default_rng(layers)
    matrices = (random.standard_normal((width, width), dtype=np.float32) for _ in range(layers))
    save_file({f"layer{i}.dense.weight": matrix for i, matrix in enumerate(matrices)}, sys.argv[3])
