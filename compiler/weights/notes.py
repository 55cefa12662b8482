"""What is worth knowing of a binding that is no mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .checkpoint import StoredLayer
from .layers import Layer

_EPSILONS = {"torch": ("PyTorch", 1e-5), "keras": ("Keras", 1e-3)}
"""What their batch norms have unless told otherwise."""


def notes_on(source: str, pairs: Iterable[tuple[Layer, StoredLayer]]) -> Iterator[str]:
    """An epsilon that nothing could check, if it is not the usual one of the library that trained the weights."""
    library, usual = _EPSILONS.get(source, ("", None))
    ours = {layer.epsilon for layer, stored in pairs if stored.kind == "batch_norm" and stored.epsilon is None}
    unusual = sorted(epsilon for epsilon in ours if epsilon not in (None, usual))
    if usual is not None and unusual:
        listed = ", ".join(f"{epsilon:g}" for epsilon in unusual)
        yield (
            f"the checkpoint does not say its batch norms' epsilon; the program has {listed} "
            f"({library}'s default is {usual:g})"
        )
