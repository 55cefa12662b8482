"""The same network through `mnet compile` and through the converters that people use today."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .measure import MNET, Summary, interleaved, python
from .models import Model


@dataclass(frozen=True, slots=True)
class Comparison:
    """`compile` and `sizes` by tool; `latency_ms` of the two artefacts, single-threaded in LiteRT.

    `warm` is a compilation's seconds in a process that has compiled before; `compile` counts whole processes.
    """

    model: str
    compile: dict[str, Summary]
    warm: float
    sizes: dict[str, int]
    latency_ms: dict[str, float]


def compare(model: Model, work: Path, rounds: int, inferences: int) -> Comparison:
    """Saves the Keras network once, then lets every tool make a TFLite file of it, in turn."""
    saved = work / f"{model.name}.keras"
    python("mnet.benchmarks.keras_model", model.name, saved)
    artefacts = {tool: work / f"{model.name}.{tool}.tflite" for tool in ("mnet", "tensorflow")}
    compiled = interleaved(
        {
            "mnet": mnet_command(model, saved, artefacts["mnet"]),
            "tensorflow": [
                sys.executable,
                "-m",
                "mnet.benchmarks.tensorflow_converter",
                saved,
                artefacts["tensorflow"],
            ],
        },
        rounds,
    )
    return Comparison(
        model.name,
        compiled | _onnx2tf(model, saved, work, rounds),
        float(python("mnet.benchmarks.warm", model.path, model.name, saved, str(rounds), *_settings(model))),
        {tool: path.stat().st_size for tool, path in artefacts.items()},
        dict(zip(artefacts, _latencies(list(artefacts.values()), inferences), strict=True)),
    )


def mnet_command(model: Model, weights: Path, artefact: Path, target: str = "tflite") -> list[str | Path]:
    """What a user types."""
    command: list[str | Path] = [MNET, "compile", model.path, "--model", model.name, "--weights", weights]
    for setting in _settings(model):
        command += ["--set", setting]
    return [*command, "--target", target, "-o", artefact]


def _settings(model: Model) -> list[str]:
    return [f"{name}={str(value).lower()}" for name, value in model.parameters]


def _onnx2tf(model: Model, saved: Path, work: Path, rounds: int) -> dict[str, Summary]:
    """From our ONNX file, where the tool is installed: it is no dependency of ours."""
    if not (tool := shutil.which("onnx2tf")):
        return {}
    artefact = work / f"{model.name}.onnx"
    subprocess.run(mnet_command(model, saved, artefact, "onnx"), check=True, capture_output=True)
    return interleaved({"onnx2tf": [tool, "-i", artefact, "-o", work / "onnx2tf"]}, rounds)


def _latencies(artefacts: list[Path], inferences: int) -> list[float]:
    medians: list[float] = json.loads(python("mnet.benchmarks.latency", str(inferences), *artefacts))
    return medians
