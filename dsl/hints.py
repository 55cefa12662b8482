"""What people mean who write something that is not the language: one small rule a habit."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import hints_of_spaces
from .expected import BINARY, COMPARISONS
from .lexer import Token
from .trouble import Trouble

_OTHER_WORDS = {
    "elif": "write `else if condition { ... }`",
    "elseif": "write `else if condition { ... }`",
    "def": "write `fn name(a: int) -> int = ...` for values, `block name(x: tensor) { ... }` for layers",
    "function": "write `fn name(a: int) -> int = ...` for values, `block name(x: tensor) { ... }` for layers",
    "func": "write `fn name(a: int) -> int = ...` for values, `block name(x: tensor) { ... }` for layers",
    "class": "write `block name(x: tensor) { ... }` or `model Name() { ... }`",
    "network": "write `model Name() { ... }`",
    "while": "loops run over lists: `for i in 0..n { ... }`",
    "let": "an assignment is written `name = value`",
    "var": "an assignment is written `name = value`",
    "const": "a constant is written `name = value`",
    "from": "write `import module { name }`",
    "lambda": "write `fn name(a: int) -> int = ...`",
    "pass": "an empty body is written `{ }`",
    "assert": "a bound is written `require macs <= 300M`, a condition on choices `where depth >= 1`",
    **dict.fromkeys(["choose", "choices", "search", "select", "oneof"], "write `choice name in { a, b }`"),
    **dict.fromkeys(["times", "loop"], "write `repeat n as layer { ... }`"),
    **dict.fromkeys(["requires", "constraint", "limit"], "write `require macs <= 300M`"),
    **dict.fromkeys(["expects", "expected"], "write `expect params = 3.5M`"),
    **dict.fromkeys(["when", "given", "subject"], "a condition on choices is written `where depth >= 1`"),
}


def hint(trouble: Trouble) -> str | None:
    """The first hint that has something to say."""
    return hints_of_spaces.hint(trouble) or next(filter(None, (rule(trouble) for rule in _RULES)), None)


def _other_word(trouble: Trouble) -> str | None:
    """`elif`, `def`, ...: read as a name, so that the token after it is the one that does not fit."""
    for token in (trouble.token, trouble.previous):
        if token and token.kind == "NAME" and token.text in _OTHER_WORDS:
            return _OTHER_WORDS[token.text]
    return None


def _colon_for_braces(trouble: Trouble) -> str | None:
    """`model A():`, and `if deep:`, whose colon is read as that of a label, so that the next line does not fit."""
    at_end = trouble.token.kind == "COLON" and "`{`" in trouble.expected
    header = bool(trouble.statement) and trouble.statement[0].kind in {"IF", "FOR"}
    colons = [token.line for token in trouble.bracketed if token.kind == "COLON"]
    if at_end or (header and colons and colons[-1] < trouble.token.line):
        return "a body stands in braces: `{ ... }`"
    return None


def _condition_behind(trouble: Trouble) -> str | None:
    """`a if c else b`: outside brackets `if c` is read as the next statement, and the `else` is what does not fit."""
    as_statement = trouble.token.kind == "ELSE" and trouble.statement and trouble.statement[0].kind == "IF"
    in_brackets = trouble.token.kind == "IF" and trouble.bracketed != trouble.statement
    return "the condition comes first: `if c { a } else { b }`" if as_statement or in_brackets else None


def _part_of_tensor(trouble: Trouble) -> str | None:
    """`x[:, 0:2]`."""
    in_subscript = [token.kind for token in trouble.around[-2:]] == ["NAME", "LSQB"]
    if in_subscript and trouble.token.kind in {"COLON", "COMMA"}:
        return "`xs[i]` is one item of a list; a part of a tensor is `x |> slice(axes=[1], begin=[0], end=[2])`"
    return None


def _single_equals(trouble: Trouble) -> str | None:
    in_condition = any(token.kind in {"IF", "WHERE"} for token in trouble.bracketed)
    return "`==` compares, `=` assigns" if trouble.token.kind == "_ASSIGN" and in_condition else None


def _missing_value(trouble: Trouble) -> str | None:
    """`x =`, and on the next line `y = 3`: read as `x = y`, so that the second `=` is the one that does not fit."""
    *_, sign, value = (None, None, *trouble.statement)
    if trouble.token.kind == "_ASSIGN" and sign and value and sign.kind == "_ASSIGN" and sign.line < value.line:
        return f"the `=` of line {sign.line} has no value"
    return None


def _augmented(trouble: Trouble) -> str | None:
    name, sign, following = trouble.previous, trouble.token, trouble.following
    starts = name is not None and list(trouble.statement) == [name]
    if not (starts and name and following and following.kind == "_ASSIGN" and sign.end_column == following.column):
        return None
    return f"write `{name.text} = {name.text} {sign.text} ...`"


def _declared_type(trouble: Trouble) -> str | None:
    at_name = len(trouble.statement) == 1 and trouble.statement[0].kind == "NAME"
    return (
        "a variable has the type of its value; write `name = value`"
        if at_name and trouble.token.kind == "COLON"
        else None
    )


def _bare_expression(trouble: Trouble) -> str | None:
    at_name = len(trouble.statement) == 1 and trouble.statement[0].kind == "NAME"
    if at_name and trouble.token.kind in {"_CALL", "_PIPE", "LSQB"}:
        blank = " " if trouble.token.kind == "_PIPE" else ""
        value = f"{trouble.statement[0].text}{blank}{trouble.token.text}{blank}..."
        return f"a statement says what becomes of a value; write `y = {value}`"
    return None


def _call_with_blank(trouble: Trouble) -> str | None:
    """`conv2d (32)`: a parenthesis after a blank starts a group, or the statement `(a, b) = ...`."""
    if trouble.token.kind == "LPAR" and trouble.previous and trouble.previous.kind in {"NAME", "RPAR", "RSQB"}:
        return f"a call's `(` stands directly after what is called: `{trouble.previous.text}(`"
    return None


def _bare_tuple(trouble: Trouble) -> str | None:
    at_name = len(trouble.statement) == 1 and trouble.statement[0].kind == "NAME"
    return "several names stand in parentheses: `(a, b) = ...`" if at_name and trouble.token.kind == "COMMA" else None


def _chained_comparison(trouble: Trouble) -> str | None:
    chained = trouble.token.kind in COMPARISONS and any(token.kind in COMPARISONS for token in trouble.bracketed)
    return "comparisons do not chain; join two of them with `and`" if chained else None


def _negated_comparison(trouble: Trouble) -> str | None:
    """`a not in b`, as Python has it."""
    return "`not` stands before the comparison: `not a in b`" if trouble.token.kind == "NOT" else None


def _chained_range(trouble: Trouble) -> str | None:
    chained = trouble.token.kind == "UPTO" and any(token.kind == "UPTO" for token in trouble.bracketed)
    return "a range has two ends: `0..n`" if chained else None


def _operator_after_pipe(trouble: Trouble) -> str | None:
    if trouble.token.kind in BINARY and any(token.kind == "_PIPE" for token in trouble.bracketed):
        return f"put parentheses around the pipe: `(x |> f()) {trouble.token.text} ...`"
    return None


def _doubled_bar(trouble: Trouble) -> str | None:
    doubled = trouble.token.kind == "VBAR" and trouble.following and trouble.following.kind == "VBAR"
    return "write `or`" if doubled else None


def _bare_point(trouble: Trouble) -> str | None:
    if trouble.token.kind != "DOT":
        return None
    if _digits(trouble.previous) or _digits(trouble.following):
        return "a number has digits on both sides of its point: `1.0`, `0.5`"
    return "values have no fields; layers are named by labels: `x |> stem: conv2d(32)`"


def _digits(token: Token | None) -> bool:
    return token is not None and token.kind == "INT"


def _floor_division(trouble: Trouble) -> str | None:
    comment, previous = trouble.comment, trouble.previous
    if comment and previous and comment.span.line == previous.line and re.match(r"//\s*\w+\s*[,)\]+*-]", comment.text):
        return "`//` starts a comment; division without a rest is `floor(a / b)`"
    return None


def _import(trouble: Trouble) -> str | None:
    if trouble.statement and trouble.statement[0].kind == "IMPORT":
        return "an import names a module, and what it takes of it: `import std.mobile { conv_bn }`"
    return "imports stand before everything else" if trouble.token.kind == "IMPORT" else None


def _no_else(trouble: Trouble) -> str | None:
    return "an `if` that gives a value has an `else`" if "`else`" in trouble.expected else None


def _long_comment(trouble: Trouble) -> str | None:
    opens = trouble.token.kind == "STAR" and trouble.previous and trouble.previous.kind == "SLASH"
    return "a comment starts with `//` and ends with its line" if opens else None


def _missing_return_type(trouble: Trouble) -> str | None:
    in_function = trouble.statement and trouble.statement[0].kind == "FN"
    if in_function and trouble.token.kind in {"_ASSIGN", "LBRACE"} and trouble.bracketed == trouble.statement:
        return "a function is one expression, and says its type: `fn name(a: int) -> int = a + 1`"
    return None


def _arrow(trouble: Trouble) -> str | None:
    is_arrow = trouble.token.kind == "_ARROW"
    return "only `fn` and `block` have a result type, after their parameters" if is_arrow else None


_RULES: tuple[Callable[[Trouble], str | None], ...] = (
    _other_word,
    _colon_for_braces,
    _condition_behind,
    _part_of_tensor,
    _single_equals,
    _missing_value,
    _augmented,
    _declared_type,
    _bare_expression,
    _call_with_blank,
    _bare_tuple,
    _chained_comparison,
    _negated_comparison,
    _chained_range,
    _operator_after_pipe,
    _doubled_bar,
    _bare_point,
    _floor_division,
    _import,
    _no_else,
    _long_comment,
    _missing_return_type,
    _arrow,
)
