"""The weights of a model that has no checkpoint: documented, and the same on every run.

Each parameter draws from its own generator, PCG64 seeded by SHA-256 of the seed and the parameter's
name, so adding or changing a layer changes the weights of no other. By role:

- weight: `he_normal`; gamma and variance: ones; bias, beta and mean: zeros;
- slope (of prelu): 0.25 (He et al., "Delving Deep into Rectifiers", 2015, section 2.1).

An `@initializer` chooses another of `LAWS`. The fan-in of a weight is the number of inputs that one output sums
over, its fan-out that of outputs that one input adds to. The last axis of a weight is the output channel, so the
fan-in is the product of the other axes; the fan-out is that of all but the last but one, whatever the groups.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..dsl.dtypes import DType
from ..dsl.record import record
from .arrays import numpy_dtype
from .data import Array, TensorData
from .ir import Role
from .numpy_later import np


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
            drawn = LAWS[law.kind].draw(_generator(self.name, self.seed), self.shape, law.number or 0.0)
            return drawn.astype(numpy_dtype(self.dtype), copy=False)


@dataclass(frozen=True)
class Written(TensorData):
    """A constant of the program: its elements in C order."""

    elements: tuple[float, ...]
    dtype: DType
    shape: tuple[int, ...]

    def read(self) -> Array:
        return np.array(self.elements, numpy_dtype(self.dtype)).reshape(self.shape)


Draw: TypeAlias = "Callable[[np.random.Generator, tuple[int, ...], float], Array]"


@record
class Initializer:
    """`draw` makes float32 elements of a shape, from the law's number where it takes one; `doc` is the law in words."""

    draw: Draw
    doc: str
    source: str = ""


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


_HE = "He et al., Delving Deep into Rectifiers, 2015, equation 10"
_GLOROT = "Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010, equation"

LAWS: Mapping[str, Initializer] = {
    "zeros": Initializer(lambda generator, shape, _: _fill(generator, shape, 0.0), "every element is 0"),
    "ones": Initializer(lambda generator, shape, _: _fill(generator, shape, 1.0), "every element is 1"),
    "constant": Initializer(_fill, "every element is `value`"),
    "normal": Initializer(_normal, "normal of mean 0 and standard deviation `stddev`"),
    "truncated_normal": Initializer(
        _truncated_normal,
        "the same, drawn again where it is more than 2 `stddev` from 0, which leaves a deviation of 0.8796 `stddev`",
    ),
    "uniform": Initializer(_uniform, "uniform from -`limit` to `limit`"),
    "he_normal": Initializer(_scaled(_normal, fan_in, 2), "normal of mean 0 and variance 2 / fan-in", _HE),
    "he_uniform": Initializer(_scaled(_uniform, fan_in, 6), "uniform of limit sqrt(6 / fan-in), of that variance", _HE),
    "glorot_normal": Initializer(
        _scaled(_normal, fans, 2), "normal of mean 0 and variance 2 / (fan-in + fan-out)", f"{_GLOROT} 12"
    ),
    "glorot_uniform": Initializer(
        _scaled(_uniform, fans, 6), "uniform of limit sqrt(6 / (fan-in + fan-out)), of that variance", f"{_GLOROT} 16"
    ),
}
"""Every law that an `@initializer` can name."""


def _generator(name: str, seed: int) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))
