"""Text to IR: recursive descent over the scanner's tokens, in time linear in the text.

The parser looks up names: operators, attributes, values made before they are used. Whether operands and types fit
each other is the verifier's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ...dsl.annotations import ANNOTATIONS, KIND_TAKES
from ...dsl.diagnostics import Code, DiagnosticError, error
from ...dsl.dtypes import DType
from ...dsl.source import Span
from ...dsl.types import REQUIRED
from ..annotations import with_defaults
from ..codes import IR_ATTRIBUTE, IR_DATA, IR_DUPLICATE, IR_SYNTAX
from ..data import ArrayData, TensorData
from ..initializers import LAWS, Initialized, Law
from ..ir import Annotation, Attributes, AttributeValue, Graph, Node, Output, Parameter, Role, Value, result_names
from ..ops import OPERATORS
from ..ops.base import Operator
from ..types import TensorType
from .elements import parse_base64, parse_inline
from .lexicon import ABSENT, FROZEN, IN_SECTION, INITIAL, WITH
from .pieces import look_up, read_attribute, read_integer, read_name, read_reference, read_scalar, read_span, read_type
from .scanner import Scanner, Token

T = TypeVar("T")

_ROLES = {role.value: role for role in Role}


def parse_graph(text: str, name: str = "<ir>") -> Graph:
    """The graph that a text of `print_graph` describes; `name` is the file that diagnostics speak of.

    Raises DiagnosticError (E1001 to E1005) with line and column for any other text.
    """
    return _Parser(Scanner(text, name)).graph()


@dataclass(slots=True)
class _Declared:
    """A parameter; its elements may come later, in the data section."""

    token: Token
    value: Value
    role: Role
    data: TensorData | None = None
    frozen: bool = False
    span: Span | None = None


class _Parser:
    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.doc = ""
        self.inputs: list[Value] = []
        self.outputs: dict[str, Output] = {}
        self.nodes: list[Node] = []
        self.declared: dict[str, _Declared] = {}
        self.values: dict[str, Value] = {}

    def graph(self) -> Graph:
        self.scanner.expect("graph")
        name = read_name(self.scanner, "the graph's name")
        self.scanner.expect("{")
        while not self.scanner.accept("}"):
            self.statement()
        if self.scanner.accept(IN_SECTION):
            self.section()
        if self.scanner.token.kind != "end":
            raise self.scanner.unexpected("the end of the text")
        outputs = tuple(self.outputs.values())
        return Graph(name, tuple(self.inputs), outputs, tuple(self.nodes), self.parameters(), self.doc)

    def statement(self) -> None:
        word = self.scanner.token.text
        if self.scanner.token.kind == "reference":
            self.node()
        elif word in _ROLES:
            self.scanner.advance()
            self.parameter(_ROLES[word])
        elif self.scanner.accept("input"):
            self.inputs.append(self.define(read_reference(self.scanner), self.type()))
        elif self.scanner.accept("output"):
            self.output()
        elif self.scanner.accept("doc"):
            self.doc = self.scanner.unquote(self.scanner.take("string", "a string"))
        else:
            raise self.scanner.unexpected("a node (`%x = ...`), a role, `input`, `output`, `doc` or `}`")

    # parameters

    def parameter(self, role: Role) -> None:
        token = read_reference(self.scanner)
        declared = _Declared(token, self.define(token, self.type()), role)
        self.scanner.expect("=")
        self.declared[declared.value.name] = declared
        if not self.scanner.accept(IN_SECTION):
            declared.data = self.initial(declared) if self.scanner.at(INITIAL) else self.elements(declared.value.type)
        declared.frozen = self.scanner.accept(FROZEN)
        declared.span = read_span(self.scanner)

    def initial(self, declared: _Declared) -> TensorData:
        word, value = self.scanner.expect(INITIAL), declared.value
        self.scanner.expect("(")
        seed = read_integer(self.scanner, "the seed")
        law = self.law() if self.scanner.accept(",") else None
        self.scanner.expect(")")
        if declared.role is Role.CONSTANT or not value.type.is_static:
            raise self.error(IR_DATA, f"there is no initialiser for a {declared.role.value} of {value.type}", word)
        return Initialized(value.name, declared.role, value.type.dtype, value.type.static_shape, seed, law)

    def law(self) -> Law:
        """A law by its name, with its number where it takes one."""
        kind = self.scanner.take("name", "the name of a law")
        look_up(self.scanner, kind, LAWS, "law")
        if kind.text not in KIND_TAKES:
            return Law(kind.text)
        self.scanner.expect(",")
        number = self.scanner.token
        value = float(read_scalar(self.scanner))
        if not DType.F32.holds(value):
            raise self.error(IR_DATA, f"`{number.text}` is no number of f32", number)
        return Law(kind.text, value)

    def elements(self, type_: TensorType) -> TensorData:
        opening = self.scanner.expect("[")
        elements: list[int | float | bool] = []
        while not self.scanner.accept("]"):
            elements.append(read_scalar(self.scanner))
            if not self.scanner.at("]"):
                self.scanner.expect(",")
        try:
            return ArrayData(parse_inline(elements, type_.dtype, type_.static_shape))
        except ValueError as cause:
            raise self.error(IR_DATA, str(cause), opening) from cause

    def section(self) -> None:
        self.scanner.expect("{")
        while not self.scanner.accept("}"):
            name = read_reference(self.scanner)
            declared = look_up(self.scanner, name, self.declared, "parameter")
            if declared.data is not None:
                raise self.error(IR_DUPLICATE, f"`{declared.value.name}` has its elements already", name)
            self.scanner.expect("=")
            token = self.scanner.take("string", "a string")
            try:
                type_ = declared.value.type
                array = parse_base64(self.scanner.unquote(token), type_.dtype, type_.static_shape)
            except ValueError as cause:
                raise self.error(IR_DATA, str(cause), token) from cause
            declared.data = ArrayData(array)

    def parameters(self) -> dict[str, Parameter]:
        return {name: self.complete(declared) for name, declared in self.declared.items()}

    def complete(self, declared: _Declared) -> Parameter:
        if declared.data is None:
            message = f"the elements of `{declared.value.name}` are not in the data section"
            raise self.error(IR_DATA, message, declared.token)
        return Parameter(declared.value, declared.data, declared.role, declared.span, declared.frozen)

    # nodes

    def node(self) -> None:
        results = self.listed(lambda: read_reference(self.scanner))
        self.scanner.expect("=")
        token = self.scanner.take("name", "an operator")
        op = look_up(self.scanner, token, OPERATORS, "operator")
        inputs = self.operands()
        attributes = self.attributes(op, token)
        self.scanner.expect(":")
        types = self.listed(lambda: read_type(self.scanner))
        if len(types) != len(results):
            message = f"`{op.name}` has {len(results)} results and {len(types)} types here"
            raise self.error(IR_SYNTAX, message, results[0])
        outputs = tuple(map(self.define, results, types))
        path, span = self.path(results), read_span(self.scanner)
        annotations = tuple(self.listed(self.annotation)) if self.scanner.accept(WITH) else ()
        self.nodes.append(Node(op, inputs, outputs, attributes, path, span, annotations))

    def path(self, results: list[Token]) -> str:
        """The node's path, from the names of its results."""
        names = tuple(map(self.scanner.unquote, results))
        path = names[0] if len(names) == 1 else names[0].removesuffix("#0")
        if names != result_names(path, len(names)):
            wanted = ", ".join(f"`{name}`" for name in result_names(path, len(names)))
            raise self.error(IR_SYNTAX, f"the results of a node with path `{path}` are named {wanted}", results[0])
        return path

    def operands(self) -> tuple[Value | None, ...]:
        self.scanner.expect("(")
        if self.scanner.accept(")"):
            return ()
        operands = self.listed(self.operand)
        self.scanner.expect(")")
        return tuple(operands)

    def operand(self) -> Value | None:
        if self.scanner.accept(ABSENT):
            return None
        return self.known(read_reference(self.scanner))

    def attributes(self, op: Operator, operator: Token) -> Attributes:
        names = [declared.name for declared in op.attributes]
        given = self.given(names, f"attribute of `{op.name}`", "}") if self.scanner.accept("{") else {}
        attributes: dict[str, AttributeValue] = {}
        for declared in op.attributes:
            value = given.get(declared.name, declared.default)
            if value is REQUIRED:
                raise self.error(IR_ATTRIBUTE, f"`{op.name}` needs the attribute `{declared.name}`", operator)
            attributes[declared.name] = value
        return attributes

    def annotation(self) -> Annotation:
        """One annotation of a node; what it leaves out has its default."""
        token = self.scanner.take("name", "an annotation")
        declared = look_up(self.scanner, token, ANNOTATIONS, "annotation").parameters
        names = [parameter.name for parameter in declared]
        given = self.given(names, f"argument of `{token.text}`", ")") if self.scanner.accept("(") else {}
        missing = next((p.name for p in declared if p.required and p.name not in given), None)
        if missing:
            raise self.error(IR_ATTRIBUTE, f"`{token.text}` needs `{missing}`", token)
        return Annotation(token.text, with_defaults(token.text, given), read_span(self.scanner))

    def given(self, known: Sequence[str], kind: str, closing: str) -> dict[str, AttributeValue]:
        """The pairs of a name and a value that are written out, after the opening bracket."""
        names = {name: name for name in known}
        given: dict[str, AttributeValue] = {}
        while not self.scanner.accept(closing):
            token = self.scanner.take("name", f"an {kind}")
            name = look_up(self.scanner, token, names, kind)
            if name in given:
                raise self.error(IR_DUPLICATE, f"`{name}` is given twice", token)
            self.scanner.expect("=")
            given[name] = read_attribute(self.scanner)
            if not self.scanner.at(closing):
                self.scanner.expect(",")
        return given

    # inputs, outputs, values

    def output(self) -> None:
        token = self.scanner.token
        name = read_name(self.scanner, "the output's name")
        if name in self.outputs:
            raise self.error(IR_DUPLICATE, f"there are two outputs `{name}`", token)
        self.scanner.expect("=")
        self.outputs[name] = Output(name, self.known(read_reference(self.scanner)))

    def type(self) -> TensorType:
        self.scanner.expect(":")
        return read_type(self.scanner)

    def define(self, token: Token, type_: TensorType) -> Value:
        name = self.scanner.unquote(token)
        if name in self.values:
            raise self.error(IR_DUPLICATE, f"`{name}` is defined twice", token)
        self.values[name] = Value(name, type_)
        return self.values[name]

    def known(self, token: Token) -> Value:
        return look_up(self.scanner, token, self.values, "value before this point named")

    def listed(self, read: Callable[[], T]) -> list[T]:
        """One or more, with commas between them."""
        items = [read()]
        while self.scanner.accept(","):
            items.append(read())
        return items

    def error(self, code: Code, message: str, token: Token) -> DiagnosticError:
        return DiagnosticError(error(code, message, self.scanner.span(token), "here"))
