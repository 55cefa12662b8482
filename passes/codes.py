"""The codes of the diagnostics of this room: E11xx."""

from __future__ import annotations

from ..dsl.diagnostics import Code

PIPELINE_SYNTAX = Code("E1101", "malformed pipeline")
UNKNOWN_PASS = Code("E1102", "unknown pass")
UNKNOWN_OPTION = Code("E1103", "unknown option of a pass")
OPTION_VALUE = Code("E1104", "value that does not fit its option")
BROKEN_GRAPH = Code("E1105", "pass that broke the graph")
