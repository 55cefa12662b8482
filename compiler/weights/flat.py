"""Layers out of tensor names alone: `features.0.weight` and `features.0.bias` are one layer."""

from __future__ import annotations

from collections.abc import Mapping

from .. import codes
from .checkpoint import StoredLayer, Turn
from .faults import fault
from .names import natural
from .rename import Rename
from .slots import BOOKKEEPING, SYNONYMS
from .storage import Stored


def source_of(tensors: Mapping[str, Stored]) -> str:
    """Which preset the names speak for: only PyTorch calls a statistic `running_mean`, only Keras `moving_mean`."""
    last_words = {_split(name)[1] for name in tensors}
    if "running_mean" in last_words:
        return "torch"
    return "keras" if "moving_mean" in last_words else "mnet"


def _split(name: str) -> tuple[str, str]:
    """The layer and the tensor's word, which Keras ends in `:0`. A name of one word is a layer's weight."""
    cut = max(name.rfind("."), name.rfind("/"))
    word = name[cut + 1 :].partition(":")[0]
    return (name[:cut], word) if cut > 0 else (name, "weight")


def layers_by_name(tensors: Mapping[str, Stored], rename: Rename) -> tuple[StoredLayer, ...]:
    """The layers in the file's order. A tensor whose full name a rule matches goes where the rule says.

    Raises DiagnosticError where two tensors have one place.
    """
    groups: dict[str, dict[str, Stored]] = {}
    for name, stored in tensors.items():
        layer, word = _split(rename.path_of(name) or name)
        if word in BOOKKEEPING:
            continue
        other = groups.setdefault(layer, {}).setdefault(word, stored)
        if other is not stored:
            raise fault(codes.WEIGHT_CONFLICT, f"`{other.name}` and `{name}` are both the `{word}` of `{layer}`")
    names = sorted(groups, key=natural) if rename.order == "natural" else list(groups)
    turns = {name: Turn("", index) for index, name in enumerate(names)} if rename.order else {}
    slots = {**SYNONYMS, **rename.slots}
    return tuple(_layer(name, words, slots, turns.get(name)) for name, words in groups.items())


def _layer(name: str, words: Mapping[str, Stored], slots: Mapping[str, str], turn: Turn | None) -> StoredLayer:
    tensors: dict[str, Stored] = {}
    for word, stored in words.items():
        slot = slots.get(word, word)
        tensors[word if slot in tensors else slot] = stored
    if "mean" in tensors or "variance" in tensors:
        affine = {"weight": "gamma", "bias": "beta"}
        return StoredLayer(name, "batch_norm", {affine.get(slot, slot): t for slot, t in tensors.items()}, turn)
    return StoredLayer(name, _kind(words, tensors), tensors, turn)


def _kind(words: Mapping[str, Stored], tensors: Mapping[str, Stored]) -> str | None:
    if "depthwise_kernel" in words:
        return "depthwise"
    if "slope" in tensors:
        return "prelu"
    rank = len(tensors["weight"].shape) if "weight" in tensors else 0
    return {2: "dense", 4: "conv"}.get(rank)
