"""Decides which stored layer fills which layer, and what to say of those that find no partner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from itertools import islice, takewhile

import numpy as np

from ...dsl.diagnostics import Diagnostic, Label, error
from ...dsl.suggest import hint
from .. import codes
from ..ir import Graph
from .align import Group, How, Match, align, groups_of
from .checkpoint import Checkpoint, Format, StoredLayer
from .colours import Side
from .faults import MAX_SHOWN
from .layers import Layer, Signature, describe, stored_signature, topology_of
from .order import Order, Turns, of_layers, of_modules, refuted
from .rename import Rename
from .slots import BOOKKEEPING, Layouts
from .topology import Topology

NAMES_SHOWN = 6
NAMES_COMPARED = 20
NAMES_GLANCED_AT = 2000
LONGEST_COMPARED = 100


@dataclass(frozen=True)
class Pairs:
    """The pairs by path; pairs that are only the likeliest (to say what is wrong with them); what was left out.

    `without` and `unused` describe the layers of the two sides that have no pair.
    """

    matches: Mapping[str, Match]
    suspects: Mapping[str, str]
    problems: tuple[Diagnostic, ...]
    passed_over: tuple[str, ...]
    without: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True)
class Pairing:
    """Both sides, and the pairs made so far."""

    graph: Graph
    checkpoint: Checkpoint
    rename: Rename
    layouts: Layouts
    layers: Mapping[str, Layer]
    stored: Mapping[str, StoredLayer]
    matches: dict[str, Match] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def pair(self) -> Pairs:
        """By rule, by name, by structure, in this order."""
        self._by_rules()
        self._by_names()
        if self._aligns:
            known = {path: match.stored for path, match in self.matches.items()}
            found = align(self._ours, self._theirs, self._turns, known)
            self.matches.update((match.path, match) for match in found)
            self._check_order()
        return self._finish()

    @cached_property
    def _ours(self) -> Side:
        return Side({path: layer.signature for path, layer in self.layers.items()}, topology_of(self.graph))

    @cached_property
    def _theirs(self) -> Side:
        signatures = {name: stored_signature(layer, self.layouts) for name, layer in self.stored.items()}
        return Side(signatures, self.checkpoint.topology or Topology(()))

    @cached_property
    def _aligns(self) -> bool:
        """A file of plain names of which some are ours was written for this program: what is left is a mistake."""
        named = any(match.how is How.NAME for match in self.matches.values())
        told = bool(self.rename.rules) or self.rename.order is not None
        return self.checkpoint.format.names_layers or told or not named

    def _by_rules(self) -> None:
        for name in self.stored:
            path = self.rename.path_of(name)
            if path is not None:
                self._add(Match(path, name, How.RENAME, "a rule of the rename file"))
        names = (*self.checkpoint.tensors, *(layer.name for layer in self.checkpoint.layers), *self.stored)
        for rule in (*self.rename.rules, *self.rename.ignored):
            if not any(rule.match(name) for name in names):
                message = f"this line matches no layer of `{self.checkpoint.path}`"
                self.problems.append(error(codes.RENAME_UNUSED, message, rule.span, hint=self._prefixed))

    def _add(self, match: Match) -> None:
        span = next(rule.span for rule in self.rename.rules if rule.apply(match.stored) is not None)
        if match.path not in self.layers:
            message = f"`{match.path}`, for `{match.stored}`, is no layer of the program"
            hint = _likely(match.path, self._theirs.signatures[match.stored], self._ours.signatures)
            self.problems.append(error(codes.RENAME_TARGET, message, span, hint=hint))
        elif match.path in self.matches:
            message = f"`{match.path}` is given both `{self.matches[match.path].stored}` and `{match.stored}`"
            self.problems.append(error(codes.WEIGHT_CONFLICT, message, span))
        else:
            self.matches[match.path] = match

    def _by_names(self) -> None:
        used = {match.stored for match in self.matches.values()}
        for path in self.layers:
            if path in self.stored and path not in self.matches and path not in used:
                self.matches[path] = Match(path, path, How.NAME, "the same name")

    @cached_property
    def _turns(self) -> Turns:
        return {name: layer.turn for name, layer in self.stored.items()}

    def _check_order(self) -> None:
        found = refuted(self._stated_orders(), self.matches.values(), self._ours.topology)
        if found is None:
            return
        first, second = found
        message = (
            f"`{first.path}` runs before `{second.path}`, yet `order {self.rename.order}` has `{first.stored}` "
            f"of `{self.checkpoint.path}` run after `{second.stored}`"
        )
        spans = [(match.path, span) for match in found for span in self.layers[match.path].spans[:1]]
        labels = tuple(Label(span, path) for path, span in spans)
        hint = "the names have another order: write rules for these layers and their neighbours"
        self.problems.append(Diagnostic(codes.RENAME_ORDER, message, labels, hint=hint))

    def _stated_orders(self) -> list[Order]:
        matches = list(self.matches.values())
        if self.rename.order == "natural":
            return of_modules(matches, self._turns, self._ours.signatures)
        return of_layers(matches, self._turns) if self.rename.order == "file" else []

    def _finish(self) -> Pairs:
        used = {match.stored for match in self.matches.values()}
        spare = {name: layer for name, layer in self.stored.items() if name not in used}
        passed = tuple(name for name, layer in spare.items() if _means_nothing(layer))
        lost = {path: layer for path, layer in self.layers.items() if path not in self.matches}
        left = {name: layer for name, layer in spare.items() if name not in passed}
        without, unused = self._ours.described(lost), self._theirs.described(left)
        tied = self._tied() if self._aligns else []
        lost = {p: layer for p, layer in lost.items() if not any(p in group.paths for group in tied)}
        left = {n: layer for n, layer in left.items() if not any(n in group.stored for group in tied)}
        suspects = self._suspects(lost, left) if self._aligns else {}
        self.problems.extend(self._ambiguous(group) for group in tied)
        missing = [layer for path, layer in lost.items() if path not in suspects]
        surplus = [layer for name, layer in left.items() if name not in suspects.values()]
        ours = {path: self._ours.signatures[path] for path in lost}
        theirs = {name: self._theirs.signatures[name] for name in left}
        for rank, layer in enumerate(missing):
            self.problems.append(self._missing(layer, theirs if rank < MAX_SHOWN else {}))
        for rank, spare_layer in enumerate(surplus):
            self.problems.append(self._surplus(spare_layer, ours if rank < MAX_SHOWN else {}))
        return Pairs(self.matches, suspects, tuple(self.problems), passed, without, unused)

    def _tied(self) -> list[Group]:
        known = {path: match.stored for path, match in self.matches.items()}
        return [group for group in groups_of(self._ours, self._theirs, known) if group.stored]

    def _suspects(self, lost: Iterable[str], left: Iterable[str]) -> dict[str, str]:
        """Where one layer of a family is left on each side, they are meant for each other."""
        ours = _single_families((path, self._ours.signatures[path][0]) for path in lost)
        theirs = _single_families((name, self._theirs.signatures[name][0]) for name in left)
        return {path: theirs[family] for family, path in ours.items() if family in theirs}

    def _ambiguous(self, group: Group) -> Diagnostic:
        what, ours, theirs = describe(group.signature), _names(group.paths), _names(group.stored)
        message = f"{ours} and {theirs} of `{self.checkpoint.path}` are alike, {what}, and nothing tells which is which"
        if not group.even:
            counts = f"{len(group.stored)} of {what} and the program {len(group.paths)}"
            message = f"`{self.checkpoint.path}` has {counts}: {theirs} for {ours}"
        spans = [(path, span) for path in group.paths[:NAMES_SHOWN] for span in self.layers[path].spans[:1]]
        labels = tuple(Label(span, path) for path, span in spans)
        return Diagnostic(codes.WEIGHT_AMBIGUOUS, message, labels, hint=self._advice(group))

    @cached_property
    def _prefixed(self) -> str | None:
        """A hint where the names fit once a prefix of all is taken off, such as the `module.` of PyTorch's wrappers."""
        first = next(iter(self.stored), "")
        prefixes = (first[: dot.end()] for dot in re.finditer(r"\.", first))
        prefix = next(filter(self._fits_without, prefixes), None)
        return prefix and f"all names in `{self.checkpoint.path}` begin with `{prefix}`, so must the patterns of rules"

    def _fits_without(self, prefix: str) -> bool:
        if not all(name.startswith(prefix) for name in self.stored):
            return False
        bare = [name.removeprefix(prefix) for name in self.stored]
        return any(name in self.layers or any(rule.match(name) for rule in self.rename.rules) for name in bare)

    def _advice(self, group: Group) -> str:
        if self._prefixed:
            return self._prefixed
        if not group.even:
            return "the file may be of another width, depth or version of this network"
        advice = f"say so in a rename file: `{group.stored[0]} = ...`"
        blind = self.checkpoint.format is Format.KERAS_H5 and self.checkpoint.topology is None
        return f"{advice}; or give the model's `.keras` file, which knows how layers are connected" if blind else advice

    def _missing(self, layer: Layer, left: Mapping[str, Signature]) -> Diagnostic:
        names = _names([parameter.name for parameter in layer.parameters.values()])
        message = f"`{self.checkpoint.path}` has no weights for `{layer.path}`: {names}"
        labels = layer.labels(f"this {layer.op} needs them")
        hint = self._prefixed or _likely(layer.path, layer.signature, left)
        return Diagnostic(codes.WEIGHT_MISSING, message, labels, hint=hint)

    def _surplus(self, layer: StoredLayer, lost: Mapping[str, Signature]) -> Diagnostic:
        tensors = ", ".join(f"{slot} {tensor}" for slot, tensor in layer.tensors.items())
        message = f"`{layer.name}` of `{self.checkpoint.path}` belongs to no layer of the program: {tensors}"
        likely = self._prefixed or _likely(layer.name, self._theirs.signatures[layer.name], lost)
        advice = likely or f"`ignore {layer.name}` in a rename file leaves it out"
        if layer.kind == "normalization":
            advice = f"`batch_norm(scale=false, center=false)` is this layer of Keras; {advice}"
        return error(codes.WEIGHT_SURPLUS, message, hint=advice)


def _means_nothing(layer: StoredLayer) -> bool:
    """Whether inference is the same without it: counters, seeds, and an input normalisation by 0 and 1."""
    if set(layer.tensors) <= BOOKKEEPING:
        return True
    mean, variance = layer.tensors.get("mean"), layer.tensors.get("variance")
    if layer.kind != "normalization" or mean is None or variance is None or mean.data is None or variance.data is None:
        return False
    return bool(np.all(mean.data.read() == 0) and np.all(variance.data.read() == 1))


def _single_families(layers: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The families of one layer."""
    by_family: dict[str, list[str]] = {}
    for name, family in layers:
        by_family.setdefault(family, []).append(name)
    return {family: names[0] for family, names in by_family.items() if len(names) == 1}


def _likely(name: str, signature: Signature, candidates: Mapping[str, Signature]) -> str | None:
    """Did you mean ...?, asked of the layers of its shape, then of those that are not known to be of another kind."""
    kinds = {signature[0], ""} if signature[0] else {other[0] for other in candidates.values()}
    same = [candidate for candidate, other in candidates.items() if other == signature]
    kin = [candidate for candidate, other in candidates.items() if other[0] in kinds]
    return _hint(name, same) or _hint(name, kin)


def _names(names: Iterable[str]) -> str:
    listed = [f"`{name}`" for name in names]
    more = f" and {len(listed) - NAMES_SHOWN} more" if len(listed) > NAMES_SHOWN else ""
    return ", ".join(listed[:NAMES_SHOWN]) + more


def _hint(name: str, candidates: Iterable[str]) -> str | None:
    """Did you mean ...?, asked of the few that begin and end most alike, for the comparison is slow."""
    short = (candidate for candidate in islice(candidates, NAMES_GLANCED_AT) if len(candidate) <= LONGEST_COMPARED)
    likely = nlargest(NAMES_COMPARED, short, key=lambda candidate: _ends_alike(name, candidate))
    return hint(name, likely) if len(name) <= LONGEST_COMPARED else None


def _ends_alike(one: str, other: str) -> int:
    return _begins_alike(one, other) + _begins_alike(one[::-1], other[::-1])


def _begins_alike(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
