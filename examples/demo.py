"""MobileNetV3-Large from text to TFLite and ONNX, run in LiteRT and in ONNX Runtime: `make demo`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

import mnet
from mnet import driver
from mnet.compiler.memory import memory

PROGRAM = Path(__file__).with_name("mobilenet_v3.mnet")
MODEL = "MobileNetV3Large"


def main() -> None:
    """Compiles, runs, compares, and says what the model costs."""
    network = mnet.load(PROGRAM, MODEL)
    print(f"{PROGRAM.name}: {MODEL}, {len(network.graph.nodes)} operators, weights from seed 0\n")
    image = np.random.default_rng(0).uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        results = [show_target(network, target, Path(folder), image) for target in ("tflite", "onnx")]
    difference = np.max(np.abs(results[0] - results[1])) / np.max(np.abs(results[0]))
    print(f"largest difference between the two runtimes: {difference:.1e} of the largest output\n")
    show_cost(network)


def show_target(network: mnet.Network, target: str, folder: Path, image: np.ndarray) -> np.ndarray:
    """Compiles for one target, runs the artefact on the image, and gives its output."""
    start = time.perf_counter()
    artifact = mnet.write(network, target, folder / f"{MODEL}.{target}")
    seconds = time.perf_counter() - start
    runtime = driver.runtime(artifact.path)
    outputs = runtime.run(artifact.path, {"image": image})
    milliseconds = runtime.latency(artifact.path, runs=20) * 1e3
    print(f"{target}: {artifact.path.stat().st_size:,} bytes, written in {seconds:.2f} s")
    for name, output in outputs.items():
        print(f"  image {list(image.shape)} -> {name} {list(output.shape)}, {milliseconds:.1f} ms on one thread")
        best = np.argsort(output[0])[::-1][:3]
        print("  largest outputs: " + ", ".join(f"class {i}: {output[0, i]:.4f}" for i in best))
    return outputs["logits"]


def show_cost(network: mnet.Network) -> None:
    """What the blocks cost, and the network."""
    report = network.cost()
    print(f"{'part':<16}{'params':>12}{'MACs':>14}")
    for group in report.grouped(2):
        print(f"{group.path.removeprefix('network.'):<16}{group.counts.trainable:>12,}{group.counts.macs:>14,}")
    print(f"{'all':<16}{report.total.trainable:>12,}{report.total.macs:>14,}")
    peak = memory(network.optimise("tflite").graph).best
    print(f"peak activation memory: {peak.nbytes:,} bytes" + (f", at {peak.node.path}" if peak.node else ""))


if __name__ == "__main__":
    main()
