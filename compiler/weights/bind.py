"""Binds a checkpoint to a graph: pairs the layers, fills them, names everything that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...dsl.record import record
from ..ir import Graph
from .checkpoint import Checkpoint, StoredLayer
from .faults import limited
from .fill import BoundData, Filler
from .flat import layers_by_name, source_of
from .layers import layers_of
from .notes import notes_on
from .pairing import Pairing
from .rename import Rename
from .report import Filled, MisfitError, Report
from .slots import PRESETS
from .storage import Stored


@record
class Bound:
    """A graph whose parameters are a checkpoint's, and what was bound to what."""

    graph: Graph
    report: Report


def bind(graph: Graph, checkpoint: Checkpoint, rename: Rename | None = None) -> Bound:
    """Replaces the data of every learned parameter; reads no weights but those of a surplus input normalisation.

    Layers are paired by the rename file's rules, by equal names, and by structure (see `align`).
    Raises MisfitError with one diagnostic for each tensor or layer that is missing, left over,
    of another shape or element type, or that could belong to several layers.
    """
    rename = rename or Rename()
    source = _source(checkpoint, rename)
    layouts = {**PRESETS[source], **rename.layouts}
    layers = {layer.path: layer for layer in layers_of(graph)}
    stored = {layer.name: layer for layer in _stored(checkpoint, rename)}
    pairs = Pairing(graph, checkpoint, rename, layouts, layers, stored).pair()
    filler = Filler(checkpoint.path, layouts, rename)
    filled = {path: filler.fill(layers[path], stored[match.stored]) for path, match in pairs.matches.items()}
    for path, name in pairs.suspects.items():
        filler.fill(layers[path], stored[name])
    paired = [(layers[path], stored[match.stored]) for path, match in pairs.matches.items()]
    notes = () if rename.epsilon else tuple(notes_on(source, paired))
    told = tuple(Filled(pairs.matches[path], _described(filled[path])) for path in layers if path in filled)
    report = Report(checkpoint.path, told, pairs.passed_over, pairs.without, pairs.unused, notes)
    problems = (*pairs.problems, *filler.problems)
    if problems:
        raise MisfitError(limited(problems), report)
    data = {name: bound for tensors in filled.values() for name, (bound, _) in tensors.items()}
    return Bound(_with_data(graph, data), report)


def _described(tensors: Mapping[str, tuple[BoundData, Stored]]) -> dict[str, str]:
    return {name: f"{tensor.name} {tensor}" for name, (_, tensor) in tensors.items()}


def _source(checkpoint: Checkpoint, rename: Rename) -> str:
    return rename.source or ("keras" if checkpoint.format.names_layers else source_of(checkpoint.tensors))


def _stored(checkpoint: Checkpoint, rename: Rename) -> tuple[StoredLayer, ...]:
    if checkpoint.format.names_layers:
        found = checkpoint.layers
    else:
        tensors = {name: tensor for name, tensor in checkpoint.tensors.items() if not rename.ignores(name)}
        found = layers_by_name(tensors, rename)
    return tuple(layer for layer in found if not rename.ignores(layer.name))


def _with_data(graph: Graph, data: Mapping[str, BoundData]) -> Graph:
    parameters = {
        name: replace(parameter, data=data[name]) if name in data else parameter
        for name, parameter in graph.parameters.items()
    }
    return replace(graph, parameters=parameters)
