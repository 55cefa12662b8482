"""L702: names that are not written as such names are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...dsl.diagnostics import Code
from ..context import Context
from ..names import Declaration, Kind
from ..rule import Finding, Rule

_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*(_[0-9][A-Za-z0-9]*)*")
_SNAKE = re.compile(r"_*[a-z0-9]*(_[a-z0-9]+)*_*|[A-Z]")
_UPPER = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _check(context: Context) -> Iterator[Finding]:
    for found in context.names.declarations:
        style = _missed(found)
        if style is not None:
            name = found.name.name
            message = f"the {found.kind.value} `{name}` is not written in {style}"
            yield Finding(found.span, message, style, hint=f"call it `{_suggested(found)}`")


def _missed(found: Declaration) -> str | None:
    """The style that a name should be in, if it is not. What is imported is named elsewhere."""
    name = found.name.name
    if found.kind is Kind.IMPORT:
        return None
    if found.kind is Kind.MODEL:
        return None if _CAMEL.fullmatch(name) else "CamelCase"
    if found.kind is Kind.CONSTANT and _UPPER.fullmatch(name):
        return None
    return None if _SNAKE.fullmatch(name) else "snake_case"


def _suggested(found: Declaration) -> str:
    words = [word for part in found.name.name.split("_") for word in _HUMP.split(part) if word]
    if found.kind is Kind.MODEL:
        return "".join(word[0].upper() + word[1:] for word in words)
    return "_".join(word.lower() for word in words)


RULE = Rule(
    code=Code("L702", "name in another style than its kind's"),
    name="naming",
    what="Finds models whose names are not in CamelCase (`MobileNetV2`), and other names that are not in snake_case "
    "(`conv_bn`). A single capital is fine, as papers have them, and so are constants all in capitals.",
    why="The name alone tells what can be compiled and what can be called. Names of blocks and variables are parts of "
    "the paths of layers, which are easier to type and to match in one style.",
    fails="""\
/// One layer.
model Net(numClasses: int = 10) {
  input image: f32[N, 32, 32, 3]
  output logits = image |> mean() |> dense(numClasses)
}
""",
    passes="""\
/// One layer.
model Net(classes: int = 10) {
  input image: f32[N, 32, 32, 3]
  output logits = image |> mean() |> dense(classes)
}
""",
    check=_check,
)
