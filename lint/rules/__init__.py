"""The rules, one file each, by code. A rule's file is imported when the rule is selected."""

from __future__ import annotations

RULES = {
    "L101": "unused_import",
    "L102": "unused_definition",
    "L103": "unused_parameter",
    "L104": "unused_variable",
    "L105": "unused_layer",
    "L106": "hidden_operator",
    "L107": "needless_alias",
    "L108": "unused_input",
    "L109": "overwritten_value",
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
    "L301": "single_option",
    "L302": "duplicate_option",
    "L304": "same_option",
    "L305": "unread_choice",
    "L306": "idle_where",
    "L403": "contradiction",
    "L404": "looser_requirement",
    "L501": "undocumented",
    "L502": "file_without_doc",
    "L503": "number_in_prose",
    "L504": "stale_doc_name",
    "L505": "uncited_numbers",
}
"""The module in this folder of each code."""
