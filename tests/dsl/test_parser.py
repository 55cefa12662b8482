from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mnet.dsl import maketables, tree
from mnet.dsl.limits import Limits
from mnet.dsl.parser import parse
from mnet.dsl.source import Source, Span

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted([*ROOT.glob("dsl/std/*.mnet"), *ROOT.glob("examples/**/*.mnet")])


AT = Span("", 1, 1, 1, 1)
"""Any place: spans take no part in comparison."""


def module(text: str) -> tree.Module:
    parsed = parse(Source("test.mnet", text))
    assert parsed.module is not None, [d.message for d in parsed.diagnostics]
    return parsed.module


def expression(text: str) -> tree.Expr:
    (item,) = module(f"v = {text}").items
    assert isinstance(item, tree.Constant)
    return item.value


def statements(text: str) -> tuple[tree.Statement, ...]:
    (item,) = module(f"model M() {{ {text} }}").items
    assert isinstance(item, tree.Model)
    return item.body


def codes(text: str, limits: Limits | None = None) -> list[str]:
    return [d.code.id for d in parse(Source("test.mnet", text), limits or Limits()).diagnostics]


def nodes(value: Any) -> Iterator[Any]:
    """Every node of a tree, and every node within."""
    if isinstance(value, tuple):
        for item in value:
            yield from nodes(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, Span):
        yield value
        for field in dataclasses.fields(value):
            yield from nodes(getattr(value, field.name))


def cut(source: Source, span: Span) -> str:
    lines = list(source.lines[span.line - 1 : span.end_line])
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


# The tables ---------------------------------------------------------------------------------


def grammar() -> str:
    return (ROOT / "dsl" / "grammar.lark").read_text(encoding="utf-8")


def test_tables_are_those_of_the_grammar() -> None:
    assert (ROOT / "dsl" / "tables.json").read_text(encoding="utf-8") == maketables.render(grammar())


@pytest.mark.parametrize("seed", ["1", "2"])
def test_tables_do_not_depend_on_hash_order(seed: str) -> None:
    program = "import sys; from mnet.dsl import maketables as m; sys.stdout.write(m.render(sys.stdin.read()))"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", program], input=grammar(), capture_output=True, text=True, check=True, env=environment
    )
    assert json.loads(done.stdout) == maketables.tables(grammar())


def test_conflict_in_the_grammar_is_refused() -> None:
    with pytest.raises(maketables.ConflictError, match="Shift/Reduce"):
        maketables.tables(grammar().replace('several_names: "("', "several_names: _open"))


def test_parsing_does_not_import_lark() -> None:
    program = "import sys, mnet.dsl.modules; sys.exit('lark' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


# Expressions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("-a ** b", "-(a ** b)"),
        ("a ** -b ** c", "a ** (-(b ** c))"),
        ("a * -b", "a * (-b)"),
        ("a % b / c", "(a % b) / c"),
        ("0..n + 1", "0..(n + 1)"),
        ("i in 0..n", "i in (0..n)"),
        ("a + b < c", "(a + b) < c"),
        ("not a == b", "not (a == b)"),
        ("not a and b or c", "((not a) and b) or c"),
        ("a or b and c", "a or (b and c)"),
        ("x + y |> f", "(x + y) |> f"),
        ("x |> f |> g(1)", "(x |> f) |> g(1)"),
        ("stem: f(x) + y", "(stem: f(x)) + y"),
        ("x |> stem: f(1)(2)[3]", "x |> (stem: (f(1)(2)[3]))"),
        ("x |> stem: f |> g", "(x |> (stem: f)) |> g"),
        ("if a { b } else if c { d } else { e }", "if a { b } else { if c { d } else { e } }"),
        ("-1", "-(1)"),
        ("((a))", "a"),
        ("[1, 2,]", "[1, 2]"),
        ("f(a, k=1,)", "f(a, k=1)"),
        ("1_000", "1000"),
    ],
)
def test_precedence(text: str, same: str) -> None:
    assert expression(text) == expression(same)


def test_literals() -> None:
    items = [tree.Literal(value, AT) for value in (7, 1.5, 2e-3, True, 'a"\\\n\t')]
    assert expression(r'[7, 1.5, 2e-3, true, "a\"\\\n\t"]') == tree.ListExpr(tuple(items), AT)
    assert [type(item.value) for item in items] == [int, float, float, bool, str]


def test_one_item_makes_a_tuple_only_with_a_comma() -> None:
    assert expression("(a,)") == tree.TupleExpr((tree.Name("a", AT),), AT)
    assert expression("(a)") == tree.Name("a", AT)


def test_comprehension() -> None:
    found = expression("[head(l) for (l, s) in levels as level if s > 1]")
    assert isinstance(found, tree.Comprehension)
    assert found.pattern.takes_apart
    assert found.label == tree.Identifier("level", AT)
    assert isinstance(found.condition, tree.Binary)


def test_words_that_start_statements_can_be_labels() -> None:
    found = statements("x = y |> output: dense(8) for i in 0..3 as block { x = x |> input: relu }")
    assert [type(statement) for statement in found] == [tree.Assign, tree.For]


# Statements ---------------------------------------------------------------------------------


def test_a_statement_ends_where_the_next_begins() -> None:
    assert statements("x = f (a, b) = g y = [1] return y") == statements("x = f\n(a, b) = g\ny = [1]\nreturn y")


def test_a_call_has_its_parenthesis_at_once() -> None:
    assert statements("x = f(a, b)") != statements("x = f")
    assert "E0101" in codes("model M() { x = f (a) }")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_line_breaks_mean_nothing(path: Path) -> None:
    source = Source("a", path.read_text(encoding="utf-8"))
    parsed = parse(source)
    assert parsed.module is not None
    lines = list(source.lines)
    for comment in parsed.module.comments:
        row = comment.span.line - 1
        lines[row] = lines[row][: comment.span.column - 1]
    bare, joined = (parse(Source("b", separator.join(lines))) for separator in ("\n", " "))
    assert bare.module == joined.module is not None


def test_patterns_nest() -> None:
    (found,) = statements("for (i, (a, b)) in xs { }")
    assert isinstance(found, tree.For)
    assert found.pattern.names == (
        tree.Identifier("i", AT),
        tree.Pattern((tree.Identifier("a", AT), tree.Identifier("b", AT)), True, AT),
    )


def test_else_if_is_an_if_in_the_else() -> None:
    (found,) = statements("if a { x = 1 } else if b { x = 2 } else { x = 3 }")
    assert isinstance(found, tree.If)
    assert found.otherwise == statements("if b { x = 2 } else { x = 3 }")


def test_types() -> None:
    (block,) = module('block b(x: list[tensor], k: int | (int, int) = 3, p: "same" | "valid" = "same") { }').items
    assert isinstance(block, tree.Block)
    number = tree.NamedType("int", AT)
    assert [p.type for p in block.parameters] == [
        tree.ListType(tree.NamedType("tensor", AT), AT),
        tree.UnionType((number, tree.TupleType((number, number), AT)), AT),
        tree.UnionType((tree.WordType("same", AT), tree.WordType("valid", AT)), AT),
    ]


def test_input_shape() -> None:
    (found,) = statements("input image: f32[N, size * 2, 3]")
    assert isinstance(found, tree.Input)
    assert found.type.dtype == tree.Identifier("f32", AT)
    assert found.type.dims == (tree.Name("N", AT), expression("size * 2"), tree.Literal(3, AT))


# Search spaces, requirements, annotations ---------------------------------------------------


def identifier(name: str) -> tree.Identifier:
    return tree.Identifier(name, AT)


def test_choices() -> None:
    named, listed = statements("/// doc\n choice k in { 3, a: f(5), } choice d in 0..n")
    options = tree.OptionSet((tree.Literal(3, AT), expression("a: f(5)")), AT)
    assert named == tree.Choice(identifier("k"), options, "", AT)
    assert listed == tree.Choice(identifier("d"), expression("0..n"), "", AT)


def test_doc_comments_of_choices_and_annotated_blocks() -> None:
    (first,) = statements("\n/// Its kernel.\nchoice k in { 3 }")
    assert isinstance(first, tree.Choice)
    assert first.doc == "Its kernel."
    for text in ("/// Doc.\n@freeze\nblock b() { }", "@freeze\n/// Doc.\nblock b() { }"):
        (block,) = module(text).items
        assert isinstance(block, tree.Block)
        assert (block.doc, block.annotations) == ("Doc.", (tree.Annotation(identifier("freeze"), (), AT),))


def test_conditions_are_statements() -> None:
    choice, where = statements("choice k in xs where(k > 1)")
    assert isinstance(choice, tree.Choice)
    assert where == tree.Where(expression("k > 1"), AT)


def test_repetitions() -> None:
    (found,) = statements("repeat (n) as layer { x = y }")
    assert found == tree.Repeat(tree.Name("n", AT), identifier("layer"), statements("x = y"), AT)


@pytest.mark.parametrize(
    ("text", "value", "unit", "digit"),
    [
        ("300M", 300_000_000, "count", 1e6),
        ("3.50M", 3_500_000, "count", 1e4),
        ("1_000K", 1_000_000, "count", 1e3),
        ("0.0005K", 0.5, "count", 0.1),
        ("2G", 2_000_000_000, "count", 1e9),
        ("7B", 7, "bytes", 1),
        ("250KB", 250_000, "bytes", 1e3),
        ("1.5MiB", 1_572_864, "bytes", 104857.6),
        ("1GB", 10**9, "bytes", 1e9),
        ("80ms", 0.08, "seconds", 1e-3),
        ("0.1us", 1e-7, "seconds", 1e-7),
        ("2s", 2, "seconds", 1),
    ],
)
def test_quantities(text: str, value: float, unit: str, digit: float) -> None:
    (found,) = statements(f"require macs <= {text}")
    bound = tree.Quantity(value, unit, digit, AT)
    assert found == tree.Require((tree.Requirement(identifier("macs"), None, "<=", bound, AT),), AT)


def test_requirements_and_expectations() -> None:
    require, expect = statements("require latency(cpu) < n * 2, macs == 3 expect macs = 3K +- 0.5%, params = a + -1")
    assert isinstance(require, tree.Require)
    assert isinstance(expect, tree.Expect)
    assert [(r.table, r.operator, r.bound) for r in require.requirements] == [
        (identifier("cpu"), "<", expression("n * 2")),
        (None, "==", tree.Literal(3, AT)),
    ]
    assert [(e.value, e.tolerance) for e in expect.expectations] == [
        (tree.Quantity(3000, "count", 1e3, AT), 0.005),
        (expression("a + (-1)"), None),
    ]


def test_a_sum_of_a_negative_number_is_no_tolerance() -> None:
    assert expression("a +-b") == expression("a+-b") == expression("a + (-b)")


def test_annotations() -> None:
    annotated, paths = statements('@freeze @sparsity(0.5, block=(1, 1)) x = y @freeze() on "a.*", "**"')
    freeze = tree.Annotation(identifier("freeze"), (), AT)
    block = tree.Argument(identifier("block"), expression("(1, 1)"), AT)
    ratio = tree.Argument(None, tree.Literal(0.5, AT), AT)
    sparsity = tree.Annotation(identifier("sparsity"), (ratio, block), AT)
    (assign,) = statements("x = y")
    assert annotated == tree.Annotated((freeze, sparsity), assign, AT)
    assert paths == tree.AnnotatedPaths((freeze,), (tree.Literal("a.*", AT), tree.Literal("**", AT)), AT)


# Comments -----------------------------------------------------------------------------------

COMMENTED = """\
//! About the file,
//! in two lines.
/// About the block.
///
/// More of it.
block b(
  x: tensor,
  /// The kernel.
  k: int = 3, /// not a doc comment: it is not the first of its line
  // an ordinary one
  s: int = 1,
) { // trailing
  return x
}
//! not about the file any more
"""


def test_doc_comments() -> None:
    found = module(COMMENTED)
    (block,) = found.items
    assert found.doc == "About the file,\nin two lines."
    assert isinstance(block, tree.Block)
    assert block.doc == "About the block.\n\nMore of it."
    assert [p.doc for p in block.parameters] == ["", "The kernel.", ""]


def test_comments_are_kept_with_their_places() -> None:
    source = Source("c", COMMENTED)
    comments = module(COMMENTED).comments
    assert len(comments) == 10
    assert all(cut(source, comment.span) == comment.text for comment in comments)


# Spans --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_spans_are_exact(path: Path) -> None:
    source = Source("a", path.read_text(encoding="utf-8"))
    for node in nodes(parse(source).module):
        text = cut(source, node.span)
        if isinstance(node, tree.Name | tree.Identifier | tree.NamedType):
            assert text == node.name
        elif isinstance(node, tree.Literal) and isinstance(node.value, int | float) and type(node.value) is not bool:
            assert float(text.replace("_", "")) == node.value
        else:
            assert text == text.strip() or isinstance(node, tree.Module)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_node_reparsed_from_its_span_is_itself(path: Path) -> None:
    source = Source("a", path.read_text(encoding="utf-8"))
    for node in nodes(parse(source).module):
        if isinstance(node, tree.Call | tree.Binary | tree.ListExpr | tree.Pipe | tree.Conditional):
            assert expression(cut(source, node.span)) == node


def test_parentheses_belong_to_the_operation_around_them() -> None:
    source = Source("a", "v = (a + b) * c")
    (item,) = module(source.text).items
    assert isinstance(item, tree.Constant)
    assert cut(source, item.value.span) == "(a + b) * c"


# Budgets ------------------------------------------------------------------------------------

DEEP = {
    "lists": ("[", "1", "]"),
    "calls": ("f(", "1", ")"),
    "signs": ("-", "1", ""),
    "sums": ("1 + ", "1", ""),
    "pipes": ("", "1", " |> f"),
    "conditionals": ("if a { b } else { ", "1", " }"),
    "conditions": ("if ", "a", " { b } else { c }"),
    "subscripts": ("x[", "1", "]"),
    "logic": ("a and ", "a", ""),
    "negations": ("not ", "a", ""),
    "comprehensions": ("[", "1", " for i in xs]"),
    "labels": ("l: (", "1", ")"),
    "powers": ("2 ** ", "1", ""),
}


@pytest.mark.parametrize(("opening", "middle", "closing"), DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("depth", [30, 150, 10_000])
def test_depth_is_bounded(opening: str, middle: str, closing: str, depth: int) -> None:
    found = codes("v = " + opening * depth + middle + closing * depth)
    assert found == ([] if depth < 50 else ["E0502"])


def test_parentheses_alone_do_not_nest() -> None:
    assert expression("(" * 5000 + "1" + ")" * 5000) == tree.Literal(1, AT)


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "[" * 50_000, "model M() {" * 10_000, "if a {" * 10_000, "repeat 1 as l {" * 10_000]
)
def test_what_is_never_closed_ends_soon(text: str) -> None:
    assert codes("v = " + text)


def test_limits_are_those_given() -> None:
    small = Limits(source_bytes=10)
    assert codes("v = 1", small) == []
    assert codes("v = 1 + 2 + 3", small) == ["E0501"]
    assert codes("long = 1", Limits(name_length=3)) == ["E0505"]
    assert codes('v = "long"', Limits(string_length=3)) == ["E0504"]
    assert codes("v = [[1]]", Limits(nesting=3)) == ["E0502"]
    assert codes("v = 1 2\n" * 9, Limits(errors=3)) == ["E0101"] * 3 + ["E0507"]


def test_ints_have_64_bits() -> None:
    assert expression("9223372036854775807") == tree.Literal(2**63 - 1, AT)
    assert expression("000000000000000000000000007") == tree.Literal(7, AT)
    assert codes("v = 9223372036854775808") == ["E0503"]
