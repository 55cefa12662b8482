"""The codes of the diagnostics of this room: E12xx."""

from __future__ import annotations

from ..dsl.diagnostics import Code

NO_PAGE = Code("E1201", "nothing of this name")
