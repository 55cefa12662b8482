"""Which rules run: codes by their beginnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .rules import RULES


def selected(select: Sequence[str] = (), ignore: Sequence[str] = ()) -> list[str]:
    """The codes that begin with one of `select` (all, where it is empty) and with none of `ignore`."""
    chosen = tuple(select) or ("L",)
    return [code for code in RULES if code.startswith(chosen) and not code.startswith(tuple(ignore))]


def unknown(prefixes: Iterable[str]) -> list[str]:
    """Those of the prefixes that no rule's code begins with."""
    return [prefix for prefix in prefixes if not any(code.startswith(prefix) for code in RULES)]
