"""The configuration that Keras 3 writes of a functional model: its topology, kinds and epsilons."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ...dsl.record import record
from .faults import beyond, broken
from .topology import Step, Topology, contract

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "conv2d": ("conv", ("weight", "bias")),
    "depthwise_conv2d": ("depthwise", ("weight", "bias")),
    "conv2d_transpose": ("transposed", ("weight", "bias")),
    "separable_conv2d": ("separable", ("depthwise", "weight", "bias")),
    "dense": ("dense", ("weight", "bias")),
    "batch_normalization": ("batch_norm", ("gamma", "beta", "mean", "variance")),
    "normalization": ("normalization", ("mean", "variance", "count")),
    "p_re_lu": ("prelu", ("slope",)),
}
"""For each class with weights our kind of layer, and the slots of its variables in their order."""

_OPS = {"multiply": "mul", "concatenate": "concat", "subtract": "sub", "input_layer": "input"}

MAX_LAYERS = 50_000


@dataclass(frozen=True)
class Config:
    """What is known of the layers by name. `topology` is None where the model is nested or not functional."""

    kinds: Mapping[str, str]
    epsilons: Mapping[str, float]
    topology: Topology | None


def parse_config(path: str, text: bytes) -> Config:
    """Raises DiagnosticError where the configuration is no JSON, or not one of a model."""
    try:
        layers = json.loads(text)["config"]["layers"]
        kinds = {layer["config"]["name"]: _snake_case(layer["class_name"]) for layer in layers}
        if len(layers) > MAX_LAYERS:
            raise beyond(path, f"its configuration has {len(layers)} layers, at most {MAX_LAYERS} are read")
        epsilons = {layer["config"]["name"]: layer["config"].get("epsilon") for layer in layers}
        topology = _topology(layers)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as exc:
        raise broken(path, f"its configuration describes no model ({type(exc).__name__})") from exc
    numbers = {
        name: float(value)
        for name, value in epsilons.items()
        if isinstance(value, float | int) and kinds[name] == "batch_normalization"
    }
    return Config(kinds, numbers, topology)


def _snake_case(name: str) -> str:
    """As Keras names the groups of a class: `DepthwiseConv2D` is `depthwise_conv2d`."""
    spaced = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


@record
class _Call:
    """One call of a layer; `inputs` name the calls that feed it."""

    name: str
    number: int
    kind: str
    inputs: tuple[tuple[str, int], ...]


def _topology(layers: list[Any]) -> Topology | None:
    if any("layers" in layer["config"] for layer in layers) or not all("inbound_nodes" in layer for layer in layers):
        return None
    calls = {(call.name, call.number): call for layer in layers for call in _calls(layer)}
    sources = {key: call.inputs for key, call in calls.items()}
    if any(source not in calls for inputs in sources.values() for source in inputs):
        return None
    try:
        order = tuple(TopologicalSorter(sources).static_order())
    except CycleError:
        return None
    return contract(_steps([calls[key] for key in order]))


def _calls(layer: Any) -> Iterator[_Call]:
    name, kind = layer["config"]["name"], _snake_case(layer["class_name"])
    if not layer["inbound_nodes"]:
        yield _Call(name, 0, kind, ())
    for number, node in enumerate(layer["inbound_nodes"]):
        yield _Call(name, number, kind, tuple(_histories([node["args"], node["kwargs"]])))


def _histories(value: Any) -> Iterator[tuple[str, int]]:
    """The tensors among a call's arguments, in order, as (layer, number of its call)."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        name, number, _ = value["config"]["keras_history"]
        yield name, number
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _histories(item)


def _steps(calls: list[_Call]) -> list[Step]:
    steps: list[Step] = []
    last: dict[tuple[str, int], int] = {}
    for call in calls:
        inputs = tuple(last[source] for source in call.inputs)
        for layer in _layers_of(call):
            steps.append(Step(_OPS.get(call.kind, call.kind), layer, inputs))
            inputs = (len(steps) - 1,)
        last[call.name, call.number] = len(steps) - 1
    return steps


def _layers_of(call: _Call) -> tuple[str | None, ...]:
    """The layers of ours that a call applies; None stands for one without weights."""
    if call.kind == "separable_conv2d":
        return f"{call.name}.depthwise", f"{call.name}.pointwise"
    return (call.name if call.kind in KINDS else None,)
