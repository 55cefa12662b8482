"""Blocks that are called: what one has returned and cost is remembered, and one that decides can be entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from ..cost import NOTHING, Counts
from ..elaborate.layers import Site
from ..elaborate.run import Frame
from ..elaborate.values import BlockValue, Instance
from .bodies import returns_several
from .state import key_of_items
from .tally import Tally


class Entered(Exception):  # noqa: N818  # no error: the call is taken up by who asked for it
    """A call of a block that decides, instead of its result."""

    def __init__(self, block: BlockValue, tensors: Sequence[Any], values: Mapping[str, Any], site: Site) -> None:
        super().__init__(block.name)
        self.block, self.tensors, self.values, self.site = block, tensors, values, site


class Blocks:
    """What blocks have returned and cost. It depends on the types of their tensors and on their values only.

    A block that decides is elaborated each time, and so is one that is given a layer or called as an instance: their
    weights may be counted already. Where nothing is built, a block that does not decide is passed over.
    While `entering`, the first call of a block that decides raises `Entered`.
    """

    def __init__(self, deciding: Set[int]) -> None:
        self.entering = False
        self.depth = 0
        self._deciding = deciding
        self._known: dict[object, tuple[Any, Counts]] = {}

    def recall(  # noqa: PLR0913, PLR0917  # a call has all these parts
        self,
        frame: Frame,
        block: Any,
        tensors: Sequence[Any],
        values: Mapping[str, Any],
        site: Any,
        run_body: Callable[[], Any],
    ) -> Any:
        """The result of a block, whose layers are counted."""
        if id(block.declaration) in self._deciding:
            if self.entering and not frame.run.sharing and len(frame.run.calls) == self.depth:
                raise Entered(block, tensors, values, site)
            return run_body()
        tally = frame.run.builder
        if tally.opaque is not None:
            return run_body() if returns_several(block.declaration) else tally.opaque
        if frame.run.sharing or _holds_layer(values.values()):
            return run_body()
        assert isinstance(tally, Tally)
        key = id(block), key_of_items(tensors), key_of_items([*values]), key_of_items([*values.values()])
        known = self._known.get(key)
        if known is None:
            known = self._learn(frame, tally, key, run_body)
        else:
            tally.counts += known[1]
        return known[0]

    def _learn(self, frame: Frame, tally: Tally, key: object, run_body: Callable[[], Any]) -> tuple[Any, Counts]:
        decided, before = len(frame.run.decided), tally.counts
        tally.counts = NOTHING
        result = run_body()
        learned = result, tally.counts
        tally.counts = before + tally.counts
        if len(frame.run.decided) == decided:
            self._known[key] = learned
        return learned


def _holds_layer(values: Iterable[Any]) -> bool:
    return any(
        isinstance(value, Instance) or (isinstance(value, list | tuple) and _holds_layer(value)) for value in values
    )
