"""A point of a search space: the option that is taken at each decision that is open there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..choices import OptionName
from ..elaborate.choices import key_of


@dataclass(frozen=True, eq=False)
class Point:
    """Says for a model which option is taken at each decision, and the value of each hyper-parameter carried.

    Both are known by their paths and stand in the order of the text. Points are equal where they say the same, in
    whatever order; `1`, `1.0` and `true` are three options.
    """

    model: str
    choices: Mapping[str, OptionName]
    carried: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def _key(self) -> tuple[str, frozenset[tuple[str, object]], frozenset[tuple[str, float]]]:
        choices = frozenset((path, key_of(option)) for path, option in self.choices.items())
        return self.model, choices, frozenset(self.carried.items())

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Point) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)
