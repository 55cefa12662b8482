"""After a syntax error: say what is wrong, then go on at the next statement or item that can be found.

Panic mode: tokens are skipped up to one that starts or ends something, and the stack is cut back to
the body or file that it stands in. A broken header is replaced by one that holds, so that the errors
of its body are found too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import codes
from .context import SOFT_KEYWORDS, Context
from .diagnostics import error
from .expected import accepts, expected
from .lexer import Token
from .mistakes import misplaced_quantity
from .syntax_errors import explain

if TYPE_CHECKING:
    from .parser import Machine

_STATEMENTS = frozenset(
    ["FOR", "IF", "RETURN", "INPUT", "OUTPUT", "FN", "CHOICE", "WHERE", "REPEAT", "REQUIRE", "EXPECT", "AT"]
)
_ITEMS = frozenset(["BLOCK", "MODEL", "IMPORT"])
_HEADERS = frozenset(["FOR", "IF", "REPEAT", "BLOCK", "MODEL"])


def recover(machine: Machine) -> bool:
    """Report the token that the machine stands at, and bring the machine to where it can go on.

    False where there is no such place, or too much has been reported.
    """
    if _took_keyword_for_label(machine):
        machine.pop(1)
        machine.position -= 1
    if _took_quantity_for_number(machine):
        return True
    context = Context(machine)
    machine.report(explain(context))
    if len(machine.diagnostics) < machine.limits.errors:
        return _Search(context).run()
    token = machine.tokens[machine.position]
    message = f"there are more than {machine.limits.errors} errors; the rest of the file is not read"
    machine.diagnostics.append(error(codes.TOO_MANY_ERRORS, message, token.span(machine.source.name)))
    return False


def _took_keyword_for_label(machine: Machine) -> bool:
    """After `x = y |>` the `output` of the next line passes for a label; it is that which does not fit."""
    if expected(machine.tables, machine.states) != ["`:`"]:
        return False
    return machine.firsts[-1] is machine.lasts[-1] and machine.lasts[-1].kind in SOFT_KEYWORDS


def _took_quantity_for_number(machine: Machine) -> bool:
    """Where a plain number could be, one stands in for a quantity, and nothing is broken."""
    token = machine.tokens[machine.position]
    if token.kind != "QUANTITY" or not accepts(machine.tables, machine.states, "INT"):
        return False
    machine.report(misplaced_quantity(token, machine.source.name))
    machine.tokens[machine.position] = Token("INT", "0", token.line, token.column)
    return True


class _Search:
    """The way from a broken statement or item to the next place that the machine knows.

    `braces` and `brackets` count what is open: braces since the error, brackets of the broken
    statement too, and among these `sets` the braces of options and branches. In brackets only
    a token that is not indented deeper than the statement ends it.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.machine = context.machine
        broken = context.broken
        self.column = (broken or context.tokens[context.position :])[0].column
        self.in_header = _is_header(broken)
        self.braces = 0
        opened = [self.machine.firsts[place].kind for place in context.open_brackets() if place >= context.base]
        self.brackets = len(opened)
        self.sets = opened.count("LBRACE")

    def run(self) -> bool:
        tokens = self.machine.tokens
        for position in range(self.machine.position, len(tokens)):
            if tokens[position].kind == "LBRACE" and self.in_header and not self.braces:
                return self.replace_header(position)
            if self.ends_before(position) and self.resume(position):
                return True
            self.count(tokens[position].kind)
        return False

    def ends_before(self, position: int) -> bool:
        """Whether the broken statement can be over before a token."""
        token = self.machine.tokens[position]
        if token.kind == "RBRACE":
            return not self.braces and not (self.sets and token.column >= self.column)
        if not self.context.starts_line(position):
            return False
        if token.kind in _ITEMS and not self.is_followed_by("COLON", position):
            return not self.braces or token.column == 1
        inside = self.braces or (self.brackets and token.column > self.column)
        return not inside and self.starts_statement(position)

    def starts_statement(self, position: int) -> bool:
        token = self.machine.tokens[position]
        if token.kind in {"NAME", "LPAR"}:
            return token.column == self.column or self.is_followed_by("_ASSIGN", position)
        return token.kind in _STATEMENTS and not self.is_followed_by("COLON", position)

    def is_followed_by(self, kind: str, position: int) -> bool:
        following = self.machine.tokens[position + 1 : position + 2]
        return bool(following) and following[0].kind == kind

    def resume(self, position: int) -> bool:
        """Cut the stack back to a place that takes the token, if there is one."""
        kind = self.machine.tokens[position].kind
        base = self.base_for(kind)
        if self.machine.tables.actions[self.machine.states[base]].get(kind, -1) < 0:
            return False
        self.cut(base, position)
        return True

    def base_for(self, kind: str) -> int:
        if kind in _ITEMS:
            return self.context.boundary(self.context.in_file)
        return self.context.boundary(self.context.in_body) if kind == "RBRACE" else self.context.base

    def replace_header(self, position: int) -> bool:
        """Put `if true` or `model _()` in the place of a header, before the brace of its body."""
        base = self.context.base
        in_body = self.context.in_body(self.machine.states[base])
        kinds = ["IF", "TRUE"] if in_body else ["MODEL", "NAME", "_CALL", "RPAR"]
        brace = self.machine.tokens[position]
        self.machine.tokens[position:position] = [Token(kind, "", brace.line, brace.column) for kind in kinds]
        self.cut(base, position)
        return True

    def cut(self, base: int, position: int) -> None:
        self.machine.pop(len(self.machine.values) - base)
        self.machine.position = position

    def count(self, kind: str) -> None:
        if kind == "RBRACE" and self.sets and not self.braces:
            self.sets -= 1
            self.brackets -= 1
        self.braces = max(0, self.braces + (kind == "LBRACE") - (kind == "RBRACE"))
        opened, closed = kind in {"LPAR", "_CALL", "LSQB"}, kind in {"RPAR", "RSQB"}
        self.brackets = max(0, self.brackets + opened - closed)


def _is_header(broken: list[Token]) -> bool:
    """Whether a body can still follow: `for`, `if`, `block`, `model`, a function without `=`, an unknown word."""
    if not broken:
        return False
    kinds = [token.kind for token in broken]
    if kinds[0] == "AT" and len(kinds) > 1:  # annotations that are complete are one part
        kinds = kinds[1:]
    return kinds[0] in _HEADERS or kinds == ["NAME"] or (kinds[0] == "FN" and "_ASSIGN" not in kinds)
