"""The syntax tree: what a program says, with the exact span of everything and nothing evaluated.

Nodes compare by content without their spans, so `parse(fmt(s)) == parse(s)` can be asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from .record import record
from .source import Span


def _span() -> Span:
    """A span takes no part in comparison: it says where a thing stands, not what it is."""
    span: Span = field(compare=False, repr=False)
    return span


@record
class Identifier:
    """A name where it is declared or used."""

    name: str
    span: Span = _span()


@record
class Comment:
    """A comment, kept for the formatter. `text` holds the marker: `// ...`, `/// ...`, `//! ...`."""

    text: str
    span: Span = _span()


@record
class Division:
    """A comment behind a value that reads like a divisor: `half = c // 2`. `left` is the last token of the value."""

    left: Identifier
    right: str
    span: Span = _span()


# Types as they are written ------------------------------------------------------------------


@record
class NamedType:
    """`int`, `tensor`, `activation`, ..."""

    name: str
    span: Span = _span()


@record
class ListType:
    element: TypeExpr
    span: Span = _span()


@record
class TupleType:
    elements: tuple[TypeExpr, ...]
    span: Span = _span()


@record
class UnionType:
    """`int | (int, int)`."""

    members: tuple[TypeExpr, ...]
    span: Span = _span()


@record
class WordType:
    """A string literal as a type: a member of a union of words."""

    word: str
    span: Span = _span()


TypeExpr = NamedType | ListType | TupleType | UnionType | WordType


@record
class TensorShape:
    """`f32[N, resolution, resolution, 3]`: the type of a model's input. A dimension is an
    expression, or the name of a symbolic batch where that name is bound nowhere."""

    dtype: Identifier
    dims: tuple[Expr, ...]
    span: Span = _span()


# Expressions --------------------------------------------------------------------------------


@record
class Literal:
    """An int, float, bool or string."""

    value: int | float | bool | str
    span: Span = _span()


@record
class Name:
    name: str
    span: Span = _span()


@record
class ListExpr:
    items: tuple[Expr, ...]
    span: Span = _span()


@record
class TupleExpr:
    items: tuple[Expr, ...]
    span: Span = _span()


@record
class Argument:
    """`x`, or `kernel=3`."""

    name: Identifier | None
    value: Expr
    span: Span = _span()


@record
class Call:
    callee: Expr
    arguments: tuple[Argument, ...]
    span: Span = _span()


@record
class Pipe:
    """`x |> conv2d(32)`: the left side becomes the first tensors of the call on the right;
    a tuple on the left fills as many tensors as it has items."""

    left: Expr
    right: Expr
    span: Span = _span()


@record
class Labelled:
    """`stem: conv2d(32)`: names the layers made by the expression, for their paths."""

    label: Identifier
    value: Expr
    span: Span = _span()


@record
class Unary:
    """`-x`, `not x`."""

    operator: str
    operand: Expr
    span: Span = _span()


@record
class Binary:
    """`+ - * / % **  == != < <= > >=  and or  in` and `..` (the ints from left up to, not including, right)."""

    operator: str
    left: Expr
    right: Expr
    span: Span = _span()


@record
class Conditional:
    """`if c { a } else { b }` as an expression. Only the branch taken is elaborated."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span = _span()


@record
class Subscript:
    """`xs[0]`, `xs[-1]`; on lists and tuples, not on tensors (they are sliced by `slice`)."""

    value: Expr
    index: Expr
    span: Span = _span()


@record
class Comprehension:
    """`[head(level) for level in levels as level if ...]`."""

    element: Expr
    pattern: Pattern
    iterable: Expr
    label: Identifier | None
    condition: Expr | None
    span: Span = _span()


Expr = (
    Literal
    | Name
    | ListExpr
    | TupleExpr
    | Call
    | Pipe
    | Labelled
    | Unary
    | Binary
    | Conditional
    | Subscript
    | Comprehension
)


@record
class Pattern:
    """What an assignment or a loop binds: one name, or several that take a tuple or list apart.

    `(i, (a, b))` nests. A single name is `names == (Identifier,)` with `takes_apart` false.
    """

    names: tuple[Identifier | Pattern, ...]
    takes_apart: bool
    span: Span = _span()

    @property
    def identifiers(self) -> Iterator[Identifier]:
        """Every name that is bound, from left to right."""
        for part in self.names:
            if isinstance(part, Pattern):
                yield from part.identifiers
            else:
                yield part


# Statements ---------------------------------------------------------------------------------


@record
class Assign:
    pattern: Pattern
    value: Expr
    span: Span = _span()


@record
class For:
    pattern: Pattern
    iterable: Expr
    label: Identifier | None
    body: tuple[Statement, ...]
    span: Span = _span()


@record
class If:
    """`else if` is an `otherwise` of one `If`."""

    condition: Expr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    span: Span = _span()


@record
class Return:
    value: Expr
    span: Span = _span()


@record
class Input:
    """`input image: f32[N, 224, 224, 3]`."""

    name: Identifier
    type: TensorShape
    span: Span = _span()


@record
class OutputStatement:
    """`output logits = x`, `output boxes, scores = head(x)`."""

    names: tuple[Identifier, ...]
    value: Expr
    span: Span = _span()


@record
class ParameterDeclaration:
    name: Identifier
    type: TypeExpr
    default: Expr | None
    doc: str
    span: Span = _span()


@record
class Function:
    """`fn ch(c: int) -> int = make_divisible(c * width, 8)`: an expression over values, no tensors."""

    name: Identifier
    parameters: tuple[ParameterDeclaration, ...]
    returns: TypeExpr
    body: Expr
    doc: str
    span: Span = _span()


# Search spaces ------------------------------------------------------------------------------


@record
class OptionSet:
    """`{ 3, 5 }`: the options of a choice, one by one."""

    items: tuple[Expr, ...]
    span: Span = _span()


@record
class Choice:
    """`choice kernel in { 3, 5 }`; `options` may be any expression that is a list."""

    name: Identifier
    options: OptionSet | Expr
    doc: str
    span: Span = _span()


@record
class Where:
    """`where depth >= 1`: a condition on the choices made so far."""

    condition: Expr
    span: Span = _span()


@record
class Repeat:
    """`repeat depth as layer { ... }` binds `index: int` and `first: bool` in its body."""

    count: Expr
    label: Identifier
    body: tuple[Statement, ...]
    span: Span = _span()


# Requirements -------------------------------------------------------------------------------


@record
class Quantity:
    """`3.50M`, `250KB`, `80ms`: a bound, the unit is `count`, `bytes` or `seconds`. `digit`
    is the worth of the last digit written, here 10000."""

    value: int | float
    unit: str
    digit: float
    span: Span = _span()


@record
class Requirement:
    """`macs <= 300M`, `latency(pixel_cpu) <= 80ms`. The operator is one of `< <= > >= ==`."""

    metric: Identifier
    table: Identifier | None
    operator: str
    bound: Quantity | Expr
    span: Span = _span()


@record
class Require:
    requirements: tuple[Requirement, ...]
    span: Span = _span()


@record
class Expectation:
    """`macs = 300M +- 1%`. The tolerance is a fraction, 0.01."""

    metric: Identifier
    value: Quantity | Expr
    tolerance: float | None
    span: Span = _span()


@record
class Expect:
    expectations: tuple[Expectation, ...]
    span: Span = _span()


# Annotations --------------------------------------------------------------------------------


@record
class Annotation:
    """`@precision(weights="int8")`, `@freeze`."""

    name: Identifier
    arguments: tuple[Argument, ...]
    span: Span = _span()


@record
class Annotated:
    """`@freeze x = x |> stem: conv2d(32)`: about all layers that the statement makes. Never nested."""

    annotations: tuple[Annotation, ...]
    statement: Statement
    span: Span = _span()


@record
class AnnotatedPaths:
    """`@freeze on "backbone.**"`: about all layers whose paths match one of the patterns, which are strings."""

    annotations: tuple[Annotation, ...]
    patterns: tuple[Literal, ...]
    span: Span = _span()


Statement = (
    Assign
    | For
    | If
    | Return
    | Input
    | OutputStatement
    | Function
    | Choice
    | Where
    | Repeat
    | Require
    | Expect
    | Annotated
    | AnnotatedPaths
)


# A file -------------------------------------------------------------------------------------


@record
class ImportedName:
    name: Identifier
    alias: Identifier | None
    span: Span = _span()

    @property
    def local(self) -> Identifier:
        return self.alias or self.name


@record
class Import:
    """`import std.mobile { conv_bn, inverted_residual as ibn }`."""

    module: tuple[str, ...]
    names: tuple[ImportedName, ...]
    module_span: Span = _span()
    span: Span = _span()

    @property
    def dotted(self) -> str:
        return ".".join(self.module)


@record
class Constant:
    """`channels = [16, 24, 40]` at the top of a file."""

    name: Identifier
    value: Expr
    doc: str
    span: Span = _span()


@record
class Block:
    """A reusable piece of a network. Its parameters of type `tensor` or `list[tensor]` come first.

    The annotations are about all layers of each of its calls.
    """

    name: Identifier
    parameters: tuple[ParameterDeclaration, ...]
    returns: TypeExpr | None
    body: tuple[Statement, ...]
    doc: str
    annotations: tuple[Annotation, ...]
    span: Span = _span()


@record
class Model:
    name: Identifier
    parameters: tuple[ParameterDeclaration, ...]
    body: tuple[Statement, ...]
    doc: str
    span: Span = _span()


Item = Function | Constant | Block | Model


@record
class Module:
    """One file, checked for syntax only."""

    imports: tuple[Import, ...]
    items: tuple[Item, ...]
    doc: str
    comments: tuple[Comment, ...] = field(compare=False, repr=False)
    divisions: tuple[Division, ...] = field(compare=False, repr=False)
    span: Span = _span()
