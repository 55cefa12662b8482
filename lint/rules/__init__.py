"""The rules, one file each, by code. A rule's file is imported when the rule is selected."""

from __future__ import annotations

RULES = {
    "L101": "unused_import",
    "L231": "even_kernel",
    "L232": "spelled_padding",
    "L233": "dense_on_image",
    "L234": "grouped_depthwise",
    "L235": "idle_activation",
    "L236": "idle_taps",
    "L237": "linear_pair",
    "L238": "pool_of_one",
    "L239": "normalised_twice",
    "L240": "operand_twice",
}
"""The module in this folder of each code."""
