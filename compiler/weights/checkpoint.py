"""What every weight file becomes: its tensors by name, and its layers and topology where the format knows them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...dsl.record import record
from .storage import Stored
from .topology import Topology


class Format(enum.Enum):
    SAFETENSORS = "safetensors"
    NPZ = "npz"
    KERAS = "keras"
    KERAS_H5 = "keras-h5"

    @property
    def names_layers(self) -> bool:
        """Whether the reader gives layers; of the other formats only the tensors' names tell."""
        return self in (Format.KERAS, Format.KERAS_H5)


@record
class Turn:
    """A place in an order of execution. Places of different sequences can't be compared."""

    sequence: str
    index: int


@dataclass(frozen=True, eq=False)
class StoredLayer:
    """The tensors of one layer by slot: `weight`, `bias`, `gamma`, ..., or by the file's own word.

    `kind` is conv, depthwise, transposed, dense, batch_norm, normalization, prelu, another word of the file, or
    None where the names do not tell. `turn` is known where the file lists its layers in an order of execution.
    """

    name: str
    kind: str | None
    tensors: Mapping[str, Stored]
    turn: Turn | None = None
    epsilon: float | None = None


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A weight file, opened: nothing but its headers has been read."""

    path: str
    format: Format
    tensors: Mapping[str, Stored]
    layers: tuple[StoredLayer, ...] = ()
    topology: Topology | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
