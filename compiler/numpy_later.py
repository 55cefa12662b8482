"""NumPy, imported where something of it is first used: a check, a count and a lint use nothing, and importing it takes
longer than all of the compiler.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["function", "np"]


class _Later:
    """Has what the module has; what was used is kept."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(importlib.import_module("numpy"), name)
        setattr(self, name, value)
        return value


if TYPE_CHECKING:
    import numpy as np
else:
    np = _Later()


def function(name: str) -> Callable[..., Any]:
    """NumPy's function of that name, looked up when it is called."""

    def called(*arrays: Any) -> Any:
        return getattr(np, name)(*arrays)

    return called
