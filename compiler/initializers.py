"""The weights of a model that has no checkpoint: documented, and the same on every run.

Each parameter draws from its own generator, PCG64 seeded by SHA-256 of the seed and the parameter's
name, so adding or changing a layer changes the weights of no other. By role:

- weight: He normal, of mean 0 and variance 2 / fan-in, where the fan-in is the number of inputs that
  one output sums over (He et al., "Delving Deep into Rectifiers", 2015, equation 10);
- gamma and variance: ones; bias, beta and mean: zeros;
- slope (of prelu): 0.25 (the same paper, section 2.1).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from ..dsl.dtypes import DType
from .arrays import numpy_dtype
from .data import Array, TensorData
from .ir import Role

_FILL = {
    Role.BIAS: 0.0,
    Role.GAMMA: 1.0,
    Role.BETA: 0.0,
    Role.MEAN: 0.0,
    Role.VARIANCE: 1.0,
    Role.SLOPE: 0.25,
}


@dataclass(frozen=True)
class Initialized(TensorData):
    """The elements that a parameter starts with, drawn when they are read. Not for `Role.CONSTANT`."""

    name: str
    role: Role
    dtype: DType
    shape: tuple[int, ...]
    seed: int = 0

    def read(self) -> Array:
        if self.role is Role.WEIGHT:
            return he_normal(self.name, self.shape, self.seed).astype(numpy_dtype(self.dtype), copy=False)
        return np.full(self.shape, _FILL[self.role], numpy_dtype(self.dtype))


@dataclass(frozen=True)
class Written(TensorData):
    """A constant of the program: its elements in C order."""

    elements: tuple[float, ...]
    dtype: DType
    shape: tuple[int, ...]

    def read(self) -> Array:
        return np.array(self.elements, numpy_dtype(self.dtype)).reshape(self.shape)


def he_normal(name: str, shape: tuple[int, ...], seed: int) -> Array:
    """Normal float32 elements of variance 2 / fan-in. The last axis of `shape` is the output channel."""
    elements = _generator(name, seed).standard_normal(shape, np.float32)
    elements *= np.float32(math.sqrt(2 / max(1, math.prod(shape[:-1]))))
    return elements


def _generator(name: str, seed: int) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))
