"""The rules, one file each, by code. A rule's file is imported when the rule is selected."""

from __future__ import annotations

RULES = {
    "L101": "unused_import",
}
"""The module in this folder of each code."""
