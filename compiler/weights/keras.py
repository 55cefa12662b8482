"""Reads what Keras writes: `.keras`, `.weights.h5`, and the older `.h5` with layers as groups.

`.weights.h5` numbers its layers class by class in `model.layers`' order, an order of execution:
`layers/conv2d_7/vars/0`, with the layer's own name as an attribute. `.keras` is a zip of such a file
and `config.json`, which knows the topology too. The older `.h5` lists `layer_names` in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from .checkpoint import Checkpoint, Format, StoredLayer, Turn
from .faults import beyond, broken
from .hdf5 import H5File, Window, opened_h5
from .keras_config import KINDS, Config, parse_config
from .names import checked_name, natural
from .slots import SYNONYMS
from .storage import Stored
from .zips import Member, members, opened_zip

MAX_CONFIG = 64 * 2**20

_VARIABLES = re.compile(
    r"(?:(?P<container>.*)/)?(?P<layer>(?P<kind>[^/]+?)(?:_(?P<number>[0-9]+))?)/vars/(?P<slot>[0-9]+)"
)
_FLAT = ("layers", "_layer_checkpoint_dependencies")
_PASSED_OVER = re.compile(r"(^|/)(optimizer|optimizer_weights|top_level_model_weights|seed_generator(_[0-9]+)?)(/|$)")


def read_keras(path: Path) -> Checkpoint:
    """Opens a `.keras` file. Raises DiagnosticError."""
    with opened_zip(path) as archive:
        found = members(path, archive)
        weights = _member(path, found, "model.weights.h5")
        if weights.deflated:
            raise broken(str(path), "`model.weights.h5` is compressed, which Keras never does")
        config_size = _member(path, found, "config.json").size
        if config_size > MAX_CONFIG:
            raise beyond(str(path), f"`config.json` has {config_size} bytes, at most {MAX_CONFIG} are read")
        config = parse_config(str(path), archive.read("config.json"))
    with opened_h5(Window(str(path), weights.offset, weights.size)) as file:
        tensors = _tensors(file)
        layers = _numbered(file, tensors)
    return _checkpoint(path, Format.KERAS, tensors, layers, config)


def _member(path: Path, found: Mapping[str, Member], name: str) -> Member:
    if name not in found:
        raise broken(str(path), f"a `.keras` file has a member `{name}`, this one has not")
    return found[name]


def read_keras_h5(path: Path) -> Checkpoint:
    """Opens a `.weights.h5` or an older `.h5`. Raises DiagnosticError."""
    with opened_h5(Window(str(path), 0, path.stat().st_size)) as file:
        tensors = _tensors(file)
        root = "model_weights" if any(name.startswith("model_weights/") for name in tensors) else ""
        listed = file.texts(root, "layer_names")
        if listed is None:
            return _checkpoint(path, Format.KERAS_H5, tensors, _numbered(file, tensors), None)
        text = file.text("", "model_config")
        config = parse_config(str(path), text.encode()) if text else None
        layers = _listed(file, root, listed, tensors, config)
    return _checkpoint(path, Format.KERAS_H5, tensors, layers, config)


def _tensors(file: H5File) -> dict[str, Stored]:
    return {name: stored for name, stored in file.datasets().items() if not _PASSED_OVER.search(name)}


def _checkpoint(
    path: Path, kind: Format, tensors: Mapping[str, Stored], layers: Iterable[StoredLayer], config: Config | None
) -> Checkpoint:
    whole = [part for layer in layers for part in _parts(layer)]
    if len({layer.name for layer in whole}) < len(whole):
        raise broken(str(path), "two of its layers have the same name")
    if config is None:
        return Checkpoint(str(path), kind, tensors, tuple(whole))
    known = tuple(replace(layer, epsilon=config.epsilons.get(layer.name)) for layer in whole)
    return Checkpoint(str(path), kind, tensors, known, config.topology)


def _numbered(file: H5File, tensors: Mapping[str, Stored]) -> list[StoredLayer]:
    """The layers of `.weights.h5`, with a turn where they are not nested in others."""
    groups: dict[str, dict[int, Stored]] = {}
    matches: dict[str, re.Match[str]] = {}
    for name, stored in tensors.items():
        match = _VARIABLES.fullmatch(name)
        group, slot = (match[0].rpartition("/vars/")[0], int(match["slot"])) if match else (name, 0)
        groups.setdefault(group, {})[slot] = stored
        if match:
            matches[group] = match
    return [_numbered_layer(file, group, groups[group], matches.get(group)) for group in sorted(groups, key=natural)]


def _numbered_layer(
    file: H5File, group: str, variables: Mapping[int, Stored], match: re.Match[str] | None
) -> StoredLayer:
    if match is None:
        return StoredLayer(group, group, {"": variables[0]})
    kind, slots = KINDS.get(match["kind"], (match["kind"], ()))
    name = checked_name(file.window.path, file.text(f"{group}/vars", "name") or match["layer"])
    turn = Turn(match["kind"], int(match["number"] or 0)) if match["container"] in _FLAT else None
    words = _present(kind, slots, len(variables))
    named = {words[i] if i < len(words) else str(i): variables[i] for i in sorted(variables)}
    nested = match["container"] if turn is None else None
    return StoredLayer(f"{nested}/{name}" if nested else name, kind, named, turn)


def _present(kind: str, slots: tuple[str, ...], variables: int) -> tuple[str, ...]:
    """The slots of a layer's variables: a batch norm of three lacks gamma, as is usual, one of two lacks beta too."""
    return slots[4 - variables :] if kind == "batch_norm" and variables in (2, 3) else slots


def _listed(
    file: H5File, root: str, names: Iterable[str], tensors: Mapping[str, Stored], config: Config | None
) -> list[StoredLayer]:
    """The layers of the older `.h5`, whose tensors have names."""
    layers = []
    for index, name in enumerate(names):
        group = f"{root}/{name}".strip("/")
        words = file.texts(group, "weight_names") or []
        found = {word: tensors.get(f"{group}/{word}") for word in words}
        slots = {_slot(word): stored for word, stored in found.items() if stored is not None}
        if slots:
            kind = config.kinds.get(name, "") if config else ""
            known = KINDS[kind][0] if kind in KINDS else _kind_by_slots(slots)
            renamed = {_renamed(slot, known): stored for slot, stored in slots.items()}
            layers.append(StoredLayer(checked_name(file.window.path, name), known, renamed, Turn("", index)))
    return layers


def _slot(word: str) -> str:
    return word.rpartition("/")[2].partition(":")[0]


def _renamed(slot: str, kind: str | None) -> str:
    return "depthwise" if kind == "separable" and slot == "depthwise_kernel" else SYNONYMS.get(slot, slot)


def _kind_by_slots(slots: Mapping[str, Stored]) -> str | None:
    if "depthwise_kernel" in slots:
        return "separable" if "pointwise_kernel" in slots else "depthwise"
    if "moving_mean" in slots:
        return "batch_norm"
    if "kernel" in slots:
        return {2: "dense", 4: "conv"}.get(len(slots["kernel"].shape))
    return "normalization" if "mean" in slots else None


def _parts(layer: StoredLayer) -> list[StoredLayer]:
    """A separable convolution is two layers of ours: `name.depthwise` and `name.pointwise`."""
    if layer.kind != "separable" or "depthwise" not in layer.tensors:
        return [layer]
    pointwise = {slot: stored for slot, stored in layer.tensors.items() if slot != "depthwise"}
    return [
        replace(
            layer, name=f"{layer.name}.depthwise", kind="depthwise", tensors={"weight": layer.tensors["depthwise"]}
        ),
        replace(layer, name=f"{layer.name}.pointwise", kind="conv", tensors=pointwise),
    ]
