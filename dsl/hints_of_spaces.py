"""What people mean who write choices, requirements and annotations in another way: one small rule a habit."""

from __future__ import annotations

from collections.abc import Callable

from .expected import COMPARISONS
from .trouble import Trouble

_IN_BODIES = {"CHOICE": "a choice", "WHERE": "`where`", "REPEAT": "`repeat`"}
_OF_MODELS = {"REQUIRE": "`require`", "EXPECT": "`expect`"}
_TAKES = {"WHERE": "condition", "IN": "options"}
_REQUIREMENT = "a requirement compares: `require macs <= 300M`"
_AFTER_BOUND = {
    **dict.fromkeys(
        {"AND", "OR"} | COMPARISONS, "requirements are separated by commas: `require macs <= 300M, params < 5M`"
    ),
    "_PLUS_MINUS": "only `expect` has a tolerance",
}
_EXPECTATION = "a published number is told by `expect params = 3.5M`"


def hint(trouble: Trouble) -> str | None:
    """The first hint that has something to say."""
    return next(filter(None, (rule(trouble) for rule in _RULES)), None)


def _outside(trouble: Trouble) -> str | None:
    """`choice` and others at the top of a file."""
    kind = trouble.token.kind
    if "a declaration" not in trouble.expected or trouble.statement:
        return None
    if kind in _IN_BODIES:
        return f"{_IN_BODIES[kind]} stands in the body of a model or block"
    return f"{_OF_MODELS[kind]} stands in the body of a model" if kind in _OF_MODELS else None


def _no_condition(trouble: Trouble) -> str | None:
    """`where` at the end of a body, or before the next line's `x = ...`, whose `x` is read as its condition;
    likewise the `in` of a choice."""
    *_, word, value = (None, None, *trouble.statement)
    if value and value.kind == "WHERE":
        return "`where` takes a condition on the choices made so far: `where depth >= 1`"
    misread = trouble.token.kind == "_ASSIGN" and word and value and word.line < value.line
    if not misread or not word or word.kind not in _TAKES:
        return None
    return f"the `{word.text}` of line {word.line} has no {_TAKES[word.kind]}"


def _where_inside(trouble: Trouble) -> str | None:
    """`choice k in { 3, 5 where k > 3 }`."""
    inside = trouble.token.kind == "WHERE" and trouble.starts == "CHOICE" and trouble.bracketed != trouble.statement
    return "`where` stands behind the options: `choice k in { 3, 5 } where k > 3`" if inside else None


def _choice(trouble: Trouble) -> str | None:
    """`choice k = ...`, `choice k: ...`, `choice k { ... }`, `choice in ...`, `choice (a, b) in ...`."""
    if trouble.starts != "CHOICE" or trouble.bracketed != trouble.statement:
        return None
    names = [token.text for token in trouble.statement if token.kind == "NAME"]
    if "`in`" in trouble.expected:
        return f"a choice is written `choice {names[0]} in {{ a, b }}`"
    if "a name" in trouble.expected:
        return "a choice has one name: `choice kernel in { 3, 5 }`"
    goes_on = trouble.token.kind in {"COMMA", "INT", "FLOAT", "STRING"}
    return "the options stand in braces: `{ 3, 5 }`" if goes_on else None


def _choice_without_word(trouble: Trouble) -> str | None:
    """`kernel in { 3, 5 }`."""
    if trouble.token.kind != "IN" or [token.kind for token in trouble.statement] != ["NAME"]:
        return None
    return f"a choice is written `choice {trouble.statement[0].text} in {{ a, b }}`"


def _conditions(trouble: Trouble) -> str | None:
    """`where depth > 1, depth < 4`."""
    listed = trouble.starts == "WHERE" and trouble.token.kind == "COMMA" and trouble.bracketed == trouble.statement
    return "two conditions are joined by `and`" if listed else None


def _option(trouble: Trouble) -> str | None:
    """`{ 3 | 5 }`, `{ "a": f(), 3: g() }`."""
    if trouble.starts != "CHOICE" or [token.kind for token in trouble.around[-1:]] != ["LBRACE"]:
        return None
    if trouble.token.kind in {"VBAR", "OR"}:
        return "options are separated by commas"
    labelled = trouble.token.kind in {"COLON", "_ASSIGN"}
    return "the label of an option is a name and a colon: `k3: ibn(kernel=3)`" if labelled else None


def _braces(trouble: Trouble) -> str | None:
    """`xs = {3, 5}`, `where k in {3, 5}`."""
    is_value = trouble.token.kind == "LBRACE" and "an expression" in trouble.expected
    return "a list is written `[3, 5]`; only the options of a choice stand in braces" if is_value else None


def _repeat(trouble: Trouble) -> str | None:
    """`repeat 3 { ... }`, `repeat 3 as "layer" { ... }`, `x |> repeat(3)`."""
    if trouble.token.kind == "REPEAT":
        return None if trouble.starts_line else "it is a statement: `repeat depth as layer { ... }`"
    about_label = "`as`" in trouble.expected or "a name" in trouble.expected
    is_head = trouble.starts == "REPEAT" and trouble.bracketed == trouble.statement
    return "it names its layers: `repeat depth as layer { ... }`" if is_head and about_label else None


def _require(trouble: Trouble) -> str | None:
    """`require macs = 300M`, `require 300M >= macs`, `require latency("cpu") <= 5ms`, `require macs < 3M and ...`."""
    kind = trouble.token.kind
    if trouble.starts != "REQUIRE":
        return None
    if trouble.bracketed != trouble.statement:
        return "a table of latencies is told by its name alone: `latency(pixel_cpu)`"
    if kind == "_ASSIGN":
        return f"{_REQUIREMENT}; {_EXPECTATION}"
    if "`<=`" in trouble.expected:
        return _REQUIREMENT
    if "a name" in trouble.expected:
        return "what is measured stands first: `require macs <= 300M`"
    return _AFTER_BOUND.get(kind)


def _expect(trouble: Trouble) -> str | None:
    """`expect macs == 300M`, `expect macs: 300M`, `expect macs = 300M +/- 1%`, `expect macs = 300M +- 1`."""
    if trouble.starts != "EXPECT":
        return None
    if "`=`" in trouble.expected:
        bound = trouble.token.kind in COMPARISONS - {"EQUAL"}
        return "a bound is a `require`: `require macs <= 300M`" if bound else _EXPECTATION
    if "`%`" in trouble.expected:
        return "a tolerance is in percent: `+- 1%`"
    if trouble.token.kind == "AND":
        return "expectations are separated by commas: `expect params = 3.5M, macs = 300M`"
    signs = [token.kind for token in (trouble.previous, trouble.token) if token]
    if signs == ["PLUS", "SLASH"] or signs[-1] == "PLUS":
        return "a tolerance is written `+- 1%`"
    return _EXPECTATION if "a name" in trouble.expected else None


def _arithmetic(trouble: Trouble) -> str | None:
    """`require macs <= 300M - 3M`."""
    calculates = trouble.token.kind in {"PLUS", "MINUS", "STAR", "SLASH", "POWER"}
    of_quantity = trouble.previous is not None and trouble.previous.kind == "QUANTITY"
    return "a bound is one quantity, or arithmetic of plain numbers" if calculates and of_quantity else None


def _missing_comma(trouble: Trouble) -> str | None:
    """`require macs <= 300M params < 5M`."""
    listed = trouble.previous and trouble.previous.kind == "QUANTITY" and trouble.token.kind == "NAME"
    return "requirements and expectations are separated by commas" if listed else None


def _tolerance(trouble: Trouble) -> str | None:
    is_sign = trouble.token.kind == "_PLUS_MINUS"
    return "`+-` stands before a tolerance; a sum is written `a + -b`" if is_sign else None


def _annotation(trouble: Trouble) -> str | None:
    """`@freeze, @placement("cpu")`, `@precision (weights="int8")`, `@"int8"`."""
    kinds = [token.kind for token in trouble.statement]
    if kinds[:2] == ["AT", "LPAR"]:
        return "an annotation's `(` stands directly behind its name: `@precision(`"
    if kinds in (["AT"], ["AT", "NAME"]) and trouble.token.kind == "COMMA":
        return "annotations stand one behind the other, without commas"
    if kinds == ["AT"] and trouble.expected == ["a name"]:
        return 'an annotation has a name: `@freeze`, `@precision(weights="int8")`'
    return None


def _annotation_without_sign(trouble: Trouble) -> str | None:
    """`freeze on "..."`, `precision(weights="int8") on "..."`."""
    from .annotations import ANNOTATIONS  # noqa: PLC0415  # only a file with mistakes needs them here

    word = trouble.statement[0].text if len(trouble.statement) == 1 else ""
    if word in ANNOTATIONS and trouble.token.kind in {"ON", "_CALL"}:
        return f"an annotation starts with `@`: `@{word}`"
    return '`on` follows annotations: `@freeze on "head.**"`' if trouble.token.kind == "ON" else None


_RULES: tuple[Callable[[Trouble], str | None], ...] = (
    _outside,
    _no_condition,
    _where_inside,
    _choice,
    _choice_without_word,
    _conditions,
    _option,
    _braces,
    _repeat,
    _require,
    _expect,
    _arithmetic,
    _missing_comma,
    _tolerance,
    _annotation,
    _annotation_without_sign,
)
