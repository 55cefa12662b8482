"""The weights of a model that has no checkpoint: documented, and the same on every run.

Each parameter draws from its own generator, PCG64 seeded by SHA-256 of the seed and the parameter's
name, so adding or changing a layer changes the weights of no other. By role:

- weight: `he_normal`; gamma and variance: ones; bias, beta and mean: zeros;
- slope (of prelu): 0.25 (He et al., "Delving Deep into Rectifiers", 2015, section 2.1).

An `@initializer` chooses another law. With the number n that the law takes, and fan-in and fan-out, the numbers of
inputs that one output sums over and of outputs that one input adds to,

- zeros, ones, constant: all elements 0, 1, n;
- normal: of mean 0 and standard deviation n;
- truncated_normal: the same, drawn again where it is more than 2 n from 0, which leaves a deviation of 0.8796 n;
- uniform: from -n to n;
- he_normal: normal of variance 2 / fan-in (the same paper, equation 10);
- he_uniform: uniform of the same variance, of limit sqrt(6 / fan-in);
- glorot_normal: normal of variance 2 / (fan-in + fan-out) (Glorot and Bengio, "Understanding the difficulty of
  training deep feedforward neural networks", 2010, equation 12);
- glorot_uniform: uniform of the same variance, of limit sqrt(6 / (fan-in + fan-out)) (the same paper, equation 16).

The last axis of a weight is the output channel, so its fan-in is the product of the others. Its fan-out is that of
all axes but the last but one, whatever the groups.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..dsl.dtypes import DType
from ..dsl.record import record
from .arrays import numpy_dtype
from .data import Array, TensorData
from .ir import Role


@record
class Law:
    """How the elements of a parameter are drawn: a key of `LAWS`, with its number where it takes one."""

    kind: str
    number: float | None = None


BY_ROLE = {
    Role.WEIGHT: Law("he_normal"),
    Role.BIAS: Law("zeros"),
    Role.GAMMA: Law("ones"),
    Role.BETA: Law("zeros"),
    Role.MEAN: Law("zeros"),
    Role.VARIANCE: Law("ones"),
    Role.SLOPE: Law("constant", 0.25),
}
"""The law of a parameter that no annotation chooses one for."""


@dataclass(frozen=True)
class Initialized(TensorData):
    """The elements that a parameter starts with, drawn when they are read. Not for `Role.CONSTANT`."""

    name: str
    role: Role
    dtype: DType
    shape: tuple[int, ...]
    seed: int = 0
    law: Law | None = None
    """None is the law of the role."""

    def read(self) -> Array:
        law = self.law or BY_ROLE[self.role]
        with np.errstate(over="ignore"):  # what is beyond the type is its infinity, as in any arithmetic
            drawn = LAWS[law.kind](_generator(self.name, self.seed), self.shape, law.number or 0.0)
            return drawn.astype(numpy_dtype(self.dtype), copy=False)


@dataclass(frozen=True)
class Written(TensorData):
    """A constant of the program: its elements in C order."""

    elements: tuple[float, ...]
    dtype: DType
    shape: tuple[int, ...]

    def read(self) -> Array:
        return np.array(self.elements, numpy_dtype(self.dtype)).reshape(self.shape)


Draw = Callable[[np.random.Generator, tuple[int, ...], float], Array]


def _fill(_generator: np.random.Generator, shape: tuple[int, ...], number: float) -> Array:
    return np.full(shape, number, np.float32)


def _normal(generator: np.random.Generator, shape: tuple[int, ...], stddev: float) -> Array:
    elements = generator.standard_normal(shape, np.float32)
    elements *= np.float32(stddev)
    return elements


def _truncated_normal(generator: np.random.Generator, shape: tuple[int, ...], stddev: float) -> Array:
    elements = generator.standard_normal(math.prod(shape), np.float32)
    while (beyond := np.flatnonzero(np.abs(elements) > 2)).size:
        elements[beyond] = generator.standard_normal(beyond.size, np.float32)
    elements *= np.float32(stddev)
    return elements.reshape(shape)


def _uniform(generator: np.random.Generator, shape: tuple[int, ...], limit: float) -> Array:
    elements = generator.random(shape, np.float32)
    elements *= 2
    elements -= 1
    elements *= np.float32(limit)
    return elements


def _scaled(draw: Draw, fan: Callable[[tuple[int, ...]], int], variance: float) -> Draw:
    """A law whose number is the square root of `variance / fan`."""
    return lambda generator, shape, _: draw(generator, shape, math.sqrt(variance / max(1, fan(shape))))


def fan_in(shape: tuple[int, ...]) -> int:
    """The inputs that one output of a weight of this shape sums over."""
    return math.prod(shape[:-1])


def fans(shape: tuple[int, ...]) -> int:
    """Fan-in and fan-out together."""
    return fan_in(shape) + math.prod(shape[:-2]) * math.prod(shape[-1:])


LAWS: Mapping[str, Draw] = {
    "zeros": lambda generator, shape, _: _fill(generator, shape, 0.0),
    "ones": lambda generator, shape, _: _fill(generator, shape, 1.0),
    "constant": _fill,
    "normal": _normal,
    "truncated_normal": _truncated_normal,
    "uniform": _uniform,
    "he_normal": _scaled(_normal, fan_in, 2),
    "he_uniform": _scaled(_uniform, fan_in, 6),
    "glorot_normal": _scaled(_normal, fans, 2),
    "glorot_uniform": _scaled(_uniform, fans, 6),
}
"""How each law that an `@initializer` can name draws float32 elements of a shape, from its number."""


def _generator(name: str, seed: int) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))
