"""What stands in a file but belongs to no token: told apart, so that each gets its own message.

Where the intention is plain (`'same'`, `#` for a comment) a token stands in, and the parser goes on as
if the file were right.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import codes
from .diagnostics import Applicability, Diagnostic, Edit, Fix, error
from .source import Span

PATTERNS = {
    "STRAY_FLOAT": r"[0-9]\w*\.[0-9]\w*",
    "STRAY_NUMBER": r"[0-9]\w*",
    "STRAY_STRING": r'"(?:[^"\\\n]|\\.)*\\?',
    "STRAY_QUOTED": r"'[^'\n]*'?|`[^`\n]*`?|[‘’“”„][^‘’“”„\"\n]*[‘’“”\"]?",
    "STRAY_COMMENT": r"\#[^\n]*",
    "STRAY_WORD": r"[^\W\x00-\x7f]\w*",
    "STRAY": r"&&|[^\n]",
}
"""Tried in this order, each after the tokens that it resembles."""

HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, marks that reorder text on the screen, halves of a surrogate pair."""

_HINTS = {
    ";": "a statement needs no end mark",
    "!": "write `not`",
    "~": "write `not`",
    "&": "write `and`",
    "&&": "write `and`",
    "^": "powers are written `a ** b`",
    "?": "write `if condition { a } else { b }`",
    "$": "names hold letters, digits and `_` only",
    "\\": "a line needs no mark to go on in the next",
    "×": "write `*`",
    "÷": "write `/`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "→": "write `->`",
    "\u2013": "this is a dash; write `-`",
    "\u2212": "this is a typographic minus; write `-`",
    "\xa0": "this is a no-break space; write an ordinary one",
}

_UNIT = re.compile(r"([0-9_.]+)([^\W\d_]+)")
_UNITS = {
    **dict.fromkeys(["k", "thousand"], "K"),
    **dict.fromkeys(["m", "mil", "million", "mmac", "mmacs", "mmadds", "mflop", "mflops", "mparams"], "M"),
    **dict.fromkeys(["g", "bn", "billion", "gmac", "gmacs", "gflop", "gflops"], "G"),
    **dict.fromkeys(["b", "byte", "bytes"], "B"),
    **{unit.lower(): unit for unit in ("KB", "MB", "GB", "KiB", "MiB", "GiB")},
    **dict.fromkeys(["s", "sec", "secs", "second", "seconds"], "s"),
    **dict.fromkeys(["ms", "msec", "msecs", "millis"], "ms"),
    **dict.fromkeys(["us", "usec", "usecs", "micros", "\xb5s", "\u03bcs"], "us"),
}
"""What others write for a unit, in small letters."""

Stray = tuple[Diagnostic, tuple[str, str] | None]
"""What is wrong, and the kind and text of the token that stands in."""


def explain(kind: str, text: str, span: Span) -> Stray:
    """The diagnostic of a stray of a kind in `PATTERNS`."""
    return _EXPLAIN[kind](text, span)


def hidden(character: str, span: Span) -> Diagnostic:
    """The diagnostic of a character that `HIDDEN` matches."""
    return error(
        codes.HIDDEN_CHARACTER,
        f"invisible character U+{ord(character):04X}",
        span,
        "what is shown here is not what is read",
        hint="delete it",
        fix=Fix("delete it", (Edit(span, ""),), Applicability.SAFE),
    )


def _unit(written: re.Match[str], meant: str, span: Span) -> Diagnostic:
    right = f"{written[1]}{meant}"
    fix = Fix(f"write `{right}`", (Edit(span, right),), Applicability.UNSAFE)
    return error(codes.UNKNOWN_UNIT, f"`{written[2]}` is no unit", span, hint=f"did you mean `{right}`?", fix=fix)


def _plus_minus(text: str, span: Span) -> Stray:
    fix = Fix("write `+-`", (Edit(span, "+-"),), Applicability.SAFE)
    return error(codes.BAD_CHARACTER, f"`{text}` has no meaning here", span, hint="write `+-`", fix=fix), (
        "_PLUS_MINUS",
        text,
    )


def _number(text: str, span: Span) -> Stray:
    unit = _UNIT.fullmatch(text)
    meant = _UNITS.get(unit[2].lower()) if unit else None
    if unit and meant:
        return _unit(unit, meant, span), ("INT", "0")
    hint = None
    if re.match(r"0[xXbBoO]", text):
        hint = "numbers are decimal"
    elif re.fullmatch(r"[0-9]+[A-Za-z]\w+|[0-9]+[^\W\deE_]", text):
        hint = "a name starts with a letter or `_`"
    return error(codes.BAD_NUMBER, f"`{text}` is not a number", span, hint=hint), ("INT", "0")


def _unterminated(text: str, span: Span) -> Stray:
    diagnostic = error(
        codes.UNTERMINATED_STRING,
        "this string has no end",
        span,
        'expected `"` before the end of the line',
        hint=r"a string stands on one line; `\n` inside it means a new line",
    )
    return diagnostic, ("STRING", '""'[: len(text)])


def _quoted(text: str, span: Span) -> Stray:
    straight = '"' + text.strip("'`‘’“”„\"") + '"'
    diagnostic = error(
        codes.BAD_CHARACTER,
        "a string stands in double quotes",
        span,
        hint=f"write `{straight}`",
        fix=Fix("use double quotes", (Edit(span, straight),), Applicability.SAFE),
    )
    return diagnostic, ("STRING", '""'[: len(text)])


def _hash(_text: str, span: Span) -> Stray:
    mark = Span(span.file, span.line, span.column, span.line, span.column + 1)
    fix = Fix("write `//`", (Edit(mark, "//"),), Applicability.SAFE)
    return error(
        codes.BAD_CHARACTER, "`#` does not start a comment", mark, hint="comments start with `//`", fix=fix
    ), None


def _character(text: str, span: Span) -> Stray:
    if HIDDEN.match(text):
        return hidden(text, span), None
    if text == "±":
        return _plus_minus(text, span)
    return error(codes.BAD_CHARACTER, f"`{text}` has no meaning here", span, hint=_HINTS.get(text)), None


def _word(text: str, span: Span) -> Stray:
    diagnostic = error(
        codes.BAD_CHARACTER,
        f"`{text}` can't stand in a name",
        span,
        hint="names hold ASCII letters, digits and `_`",
    )
    return diagnostic, ("NAME", text)


_EXPLAIN: dict[str, Callable[[str, Span], Stray]] = {
    "STRAY_FLOAT": _number,
    "STRAY_NUMBER": _number,
    "STRAY_STRING": _unterminated,
    "STRAY_QUOTED": _quoted,
    "STRAY_COMMENT": _hash,
    "STRAY_WORD": _word,
    "STRAY": _character,
}
