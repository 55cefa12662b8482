"""The diagnostic of a token that does not fit."""

from __future__ import annotations

from . import codes
from .context import CLOSERS, OPENERS, SOFT_KEYWORDS, Context
from .diagnostics import Diagnostic, Label, error
from .expected import expected, listing
from .hints import hint
from .hints_of_spaces import hint as hint_of_spaces
from .lexer import Token
from .mistakes import diagnose, keyword
from .source import Span
from .tables import END
from .trouble import Trouble

_KEYWORDS = SOFT_KEYWORDS | frozenset(
    ["IMPORT", "AS", "FN", "RETURN", "FOR", "IN", "IF", "ELSE", "AND", "OR", "NOT", "TRUE", "FALSE"]
)
_VALUE_ENDS = frozenset(["NAME", "INT", "FLOAT", "QUANTITY", "STRING", "TRUE", "FALSE", "RPAR", "RSQB"])


def explain(context: Context) -> Diagnostic:
    """What is wrong with the token that the machine stands at."""
    place = _culprit(context)
    token = context.tokens[place]
    words = _expected(context) if place == context.position else ["an operator", "a statement"]
    if _closes_nothing(token, context) and "an expression" not in words:
        return error(codes.UNCLOSED_BRACKET, f"this `{token.text}` closes nothing", _span(token, context))
    trouble = _trouble(context, place, words)
    mistake = diagnose(trouble, context.machine.source)
    if mistake:
        return mistake
    if _is_keyword_as_name(token, place, words, context):
        return keyword(token, context.machine.source.name, hint_of_spaces(trouble))
    unclosed = _unclosed(context, token)
    return error(
        codes.UNCLOSED_BRACKET if unclosed else codes.UNEXPECTED_TOKEN,
        f"expected {listing(words)}, found {_spelled(token)}",
        _span(token, context),
        others=unclosed,
        hint=hint(trouble),
    )


def _expected(context: Context) -> list[str]:
    return expected(context.machine.tables, context.machine.states)


def _spelled(token: Token) -> str:
    return "the end of the file" if token.kind == END else f"`{token.text}`"


def _span(token: Token, context: Context) -> Span:
    """The token's place; the end of the file is shown behind its last token."""
    file = context.machine.source.name
    if token.kind != END or not context.position:
        return token.span(file)
    last = context.tokens[context.position - 1]
    return Span(file, last.line, last.end_column, last.line, last.end_column)


def _culprit(context: Context) -> int:
    """Where the token to blame stands: mostly where the machine is.

    In `x = a b` the `b` starts a statement, and what follows does not fit; but it is `b` that is wrong.
    """
    broken = context.broken
    if not broken or not (broken[0].kind == "LPAR" or [token.kind for token in broken] == ["NAME"]):
        return context.position
    start = next(place for place in range(context.position - 1, -1, -1) if context.tokens[place] is broken[0])
    goes_on = not context.starts_line(start) and context.tokens[start - 1].kind in _VALUE_ENDS
    return start if goes_on else context.position


def _trouble(context: Context, place: int, words: list[str]) -> Trouble:
    tokens = context.tokens
    before = [comment for comment in context.machine.comments if comment.span.line <= tokens[place].line]
    return Trouble(
        token=tokens[place],
        previous=tokens[place - 1] if place else None,
        following=tokens[place + 1] if place + 1 < len(tokens) else None,
        statement=context.broken,
        bracketed=context.bracketed,
        expected=words,
        comment=before[-1] if before else None,
    )


def _unclosed(context: Context, token: Token) -> tuple[Label, ...]:
    """The innermost open bracket, where the token shows that it was left open."""
    opener = context.opener
    if opener is None:
        return ()
    closes_another = token.kind in CLOSERS and OPENERS[opener.kind] != token.kind and opener.kind != "LBRACE"
    if token.kind == END or closes_another or _starts_anew(context):
        return (Label(_span(opener, context), f"this `{opener.text}` is still open"),)
    return ()


def _closes_nothing(token: Token, context: Context) -> bool:
    """A brace stays open over whole statements; `)` and `]` do not reach out of theirs."""
    if token.kind not in CLOSERS:
        return False
    opener = context.opener
    return opener is None or (opener.kind == "LBRACE" and token.kind != "RBRACE")


def _starts_anew(context: Context) -> bool:
    """Whether the token starts a line: one of an item, in a body; any, in a bracket and not indented."""
    token = context.tokens[context.position]
    if not context.starts_line(context.position):
        return False
    if token.kind in {"IMPORT", "BLOCK", "MODEL"}:
        return True
    return context.bracketed != context.broken and token.column <= context.broken[0].column


def _is_keyword_as_name(token: Token, place: int, words: list[str], context: Context) -> bool:
    """Whether a keyword was meant as a name. At the start of a line it rather starts the next statement."""
    if context.starts_line(place):
        return False
    return (token.kind in _KEYWORDS and "a name" in words) or (token.kind in SOFT_KEYWORDS and "an expression" in words)
