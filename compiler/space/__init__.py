"""Search spaces: a model with open choices, its points, and what draws them."""

from .extremes import Extreme
from .point import Point
from .sampler import Sampler
from .space import Space

__all__ = ["Extreme", "Point", "Sampler", "Space"]
