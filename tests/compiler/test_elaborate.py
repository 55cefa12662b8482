"""Paths, weights and values of elaborated graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from mnet.compiler.elaborate import elaborate
from mnet.compiler.ir import Graph, Role
from mnet.compiler.verify import verify
from mnet.dsl import tree
from mnet.dsl.diagnostics import Severity
from mnet.dsl.modules import MAIN, Program, load_text
from mnet.dsl.source import Sources, Span


def build(text: str, model: str | None = None, arguments: Mapping[str, object] | None = None) -> Graph:
    graph = elaborate(load_text(text), model, arguments or {})
    assert [found for found in verify(graph) if found.severity is Severity.ERROR] == []
    return graph


def body(text: str, blocks: str = "") -> Graph:
    """The graph of a model with input `x: f32[N, 8]` and this body."""
    return build(f"{blocks}\nmodel M() {{ input x: f32[N, 8]\n{text} }}")


def paths(graph: Graph) -> list[str]:
    return [node.path for node in graph.nodes]


def units(graph: Graph) -> list[int]:
    """The widths of the dense layers: what the values of a program came to."""
    return [int(node.output.type.shape[-1]) for node in graph.nodes if node.op.name == "dense"]


def value_of(expression: str, before: str = "") -> int:
    """An int that an expression is worth, as the width of a layer."""
    return units(body(f"{before}\noutput y = x |> dense({expression})"))[0]


# Paths --------------------------------------------------------------------------------------


def test_a_path_is_the_label_else_the_name_of_what_is_called() -> None:
    graph = body("output y = x |> first: dense(4) |> dense(5) |> relu")
    assert paths(graph) == ["first", "dense", "relu"]


def test_a_repetition_without_label_is_numbered_from_two() -> None:
    graph = body("output y = x |> dense(4) |> dense(4) |> dense(4)")
    assert paths(graph) == ["dense", "dense_2", "dense_3"]


def test_a_number_skips_labels() -> None:
    graph = body("output y = x |> dense_2: dense(4) |> dense(4) |> dense(4)")
    assert paths(graph) == ["dense_2", "dense", "dense_3"]


def test_blocks_and_loops_make_segments_and_ifs_do_not() -> None:
    graph = body(
        "for (w, n) in [(4, 1), (8, 2)] as stage { for i in 0..n { if w > 4 { x = x |> head(w) } } }\noutput y = x",
        "block head(x: tensor, w: int) -> tensor { return x |> dense(w) |> relu }",
    )
    assert paths(graph) == [
        "stage1.i0.head.dense",
        "stage1.i0.head.relu",
        "stage1.i1.head.dense",
        "stage1.i1.head.relu",
    ]


def test_a_loop_over_values_needs_no_label() -> None:
    graph = body("n = 0\nfor (a, b) in [(1, 2), (3, 4)] { n = n + a * b }\noutput y = x |> dense(n)")
    assert units(graph) == [14]


def test_the_second_loop_of_a_variable_is_numbered() -> None:
    graph = body("for i in 0..1 { x = x |> relu }\nfor i in 0..1 { x = x |> relu }\noutput y = x")
    assert paths(graph) == ["i0.relu", "i_2_0.relu"]


def test_a_comprehension_is_a_loop() -> None:
    graph = body("ys = [t |> dense(4) for t in [x, x, x] as level]\noutput y = ys[0] + ys[2]")
    assert paths(graph) == ["level0.dense", "level1.dense", "level2.dense", "add"]


def test_the_turns_of_a_comprehension_count_what_is_left_out() -> None:
    graph = body("ys = [x |> dense(w) for w in [1, 2, 3] if w != 2]\noutput y = ys[0] + ys[1]")
    assert paths(graph)[:2] == ["w0.dense", "w2.dense"]


def test_a_label_on_no_call_opens_a_scope() -> None:
    graph = body("y = side: (x |> dense(4) |> relu)\nz = sum: (y + y)\noutput o = z")
    assert paths(graph) == ["side.dense", "side.relu", "sum.add"]


def test_an_activation_is_called_as_the_parameter_is() -> None:
    """So that another activation does not rename the layer."""
    graph = body(
        "output y = x |> unit(relu6) |> unit(leaky_relu(slope=0.2))",
        "block unit(x: tensor, act: activation) -> tensor { return x |> act }",
    )
    assert paths(graph) == ["unit.act", "unit_2.act"]
    assert graph.nodes[1].attributes["slope"] == 0.2


def test_an_alias_names_the_layer() -> None:
    graph = build("import std.mobile { conv_bn as cb }\nmodel M() { input x: f32[N, 8, 8, 3]\noutput y = x |> cb(4) }")
    assert paths(graph) == ["cb.conv", "cb.bn"]


def test_several_results_are_numbered() -> None:
    graph = body("(a, b) = x |> parts: split(2)\noutput y = a + b")
    assert [value.name for value in graph.nodes[0].outputs] == ["parts#0", "parts#1"]


def test_what_is_edited_renames_nothing_else() -> None:
    stages = "for (w, n) in {} as stage {{ for i in 0..n as block {{ x = x |> dense(w) |> relu }} }}\noutput y = x"
    before = paths(body(stages.format("[(8, 2), (16, 2), (8, 1)]")))
    after = paths(body(stages.format("[(8, 2), (16, 4), (8, 1)]")))
    assert [path for path in after if path in before] == before
    assert {path.split(".")[0] for path in set(after) - set(before)} == {"stage1"}


def test_two_runs_give_equal_graphs() -> None:
    text = "output y = (x |> dense(4) |> dense(4)) * 2 + constant([1.0, 2.0, 3.0, 4.0])"
    assert body(text) == body(text)


# Weights and instances ----------------------------------------------------------------------

HEAD = "block head(x: tensor, w: int) -> tensor { return x |> fc: dense(w) |> relu }"


def test_a_layer_owns_its_weights() -> None:
    graph = body("output y = x |> head(4)", HEAD)
    assert list(graph.parameters) == ["head.fc.weight", "head.fc.bias"]
    assert graph.nodes[0].span is not None
    assert graph.parameters["head.fc.weight"].span == graph.nodes[0].span


def test_an_instance_shares_its_weights_under_the_name_of_its_variable() -> None:
    graph = body("box = head(8)\nys = [t |> box for t in [x, x] as level]\noutput a, b = ys", HEAD)
    assert paths(graph) == ["level0.box.fc", "level0.box.relu", "level1.box.fc", "level1.box.relu"]
    assert list(graph.parameters) == ["box.fc.weight", "box.fc.bias"]
    assert graph.nodes[0].inputs[1] == graph.nodes[2].inputs[1]


def test_an_instance_is_called_like_a_function_too() -> None:
    graph = body("fc = dense(8)\noutput y = fc(fc(x))")
    assert paths(graph) == ["fc", "fc_2"]
    assert list(graph.parameters) == ["fc.weight", "fc.bias"]


def test_a_label_outdoes_the_variable() -> None:
    graph = body("fc = shared: dense(8)\noutput y = x |> first: fc |> fc")
    assert paths(graph) == ["first", "shared"]
    assert list(graph.parameters) == ["shared.weight", "shared.bias"]


def test_an_instance_of_each_turn_is_its_own() -> None:
    graph = body("heads = [dense(8) for i in 0..2 as head]\noutput a, b = [h(x) for h in heads as use]")
    assert paths(graph) == ["use0.h", "use1.h"]
    assert list(graph.parameters)[::2] == ["head0.dense.weight", "head1.dense.weight"]


def test_an_instance_inside_an_instance() -> None:
    graph = body(
        "pair = twice()\noutput y = x |> pair |> pair",
        "block twice(x: tensor) -> tensor {\n  fc = dense(8)\n  return x |> fc |> fc\n}",
    )
    assert paths(graph) == ["pair.fc", "pair.fc_2", "pair_2.fc", "pair_2.fc_2"]
    assert list(graph.parameters) == ["pair.fc.weight", "pair.fc.bias"]


def test_a_block_is_a_value_until_it_is_applied() -> None:
    graph = body(
        "output y = x |> around(head)",
        HEAD + "\nblock around(x: tensor, inner: block) -> tensor { return x |> inner(4) |> inner(4) }",
    )
    assert list(graph.parameters)[::2] == ["around.inner.fc.weight", "around.inner_2.fc.weight"]


def test_roles_follow_the_operator() -> None:
    graph = build("model M() { input x: f32[N, 4, 4, 2]\noutput y = x |> batch_norm() |> prelu }")
    assert [p.role for p in graph.parameters.values()] == [
        Role.GAMMA, Role.BETA, Role.MEAN, Role.VARIANCE, Role.SLOPE,
    ]  # fmt: skip


# Tensors ------------------------------------------------------------------------------------


def test_signs_between_tensors_are_operators() -> None:
    graph = body("output y = -(x + x) * (x - x) / x")
    assert [node.op.name for node in graph.nodes] == ["add", "neg", "sub", "mul", "div"]


def test_a_number_beside_a_tensor_is_a_constant_of_its_type() -> None:
    graph = build("model M() { input x: f16[N, 8]\noutput y = 2 * x - 1 }")
    assert [(p.name, p.role, str(p.value.type)) for p in graph.parameters.values()] == [
        ("mul.a", Role.CONSTANT, "f16[]"),
        ("sub.b", Role.CONSTANT, "f16[]"),
    ]
    assert graph.parameters["mul.a"].data.read() == 2.0


def test_a_constant_has_the_shape_of_its_lists() -> None:
    graph = body("output y = x * scale: constant([[1, 2, 3, 4, 5, 6, 7, 8]])")
    assert str(graph.parameters["scale"].value.type) == "f32[1, 8]"


def test_tensors_come_by_the_pipe_and_first() -> None:
    graph = body(
        "y = x |> dense(8)\na = x |> maximum(y)\nb = (x, y) |> maximum\nc = maximum(x, y)\noutput o = a + b + c"
    )
    assert len({node.inputs for node in graph.nodes if node.op.name == "maximum"}) == 1


def test_a_list_of_tensors() -> None:
    graph = body(
        "output y = join([x, x, x], 4)",
        "block join(xs: list[tensor], n: int) -> tensor { return xs + [xs[0]] |> concat() |> dense(n) }",
    )
    assert [node.output.type.shape[-1] for node in graph.nodes] == [32, 4]


def test_a_block_gives_several_tensors() -> None:
    graph = body(
        "(a, b) = x |> fork()\noutput left, right = (b, a)",
        "block fork(x: tensor) -> (tensor, tensor) { return (x |> dense(2), x |> dense(3)) }",
    )
    assert [(o.name, o.value.type.shape[-1]) for o in graph.outputs] == [("left", 3), ("right", 2)]


def test_the_batch_may_stay_open_or_be_a_parameter() -> None:
    assert body("output y = x").batch == "N"
    fixed = build("model M(N: int = 4) { input x: f32[N, 8]\noutput y = x }")
    assert fixed.inputs[0].type.shape == (4, 8)


def test_a_dtype_is_a_value() -> None:
    graph = build("model M(t: dtype = f16) { input x: t[1, 8]\noutput y = x }")
    assert str(graph.inputs[0].type) == "f16[1, 8]"


def test_documentation_goes_with_the_graph() -> None:
    assert build("/// Does nothing.\nmodel M() { input x: f32[N, 8]\noutput y = x }").doc == "Does nothing."


# Values -------------------------------------------------------------------------------------


def test_an_assignment_rebinds_the_name_around_it() -> None:
    assert value_of("n", "n = 1\nfor i in 0..3 { if i > 0 { n = n + i } }") == 4


def test_a_name_first_given_in_a_body_stays_there() -> None:
    assert value_of("n", "n = 1\nfor i in 0..3 { m = i * 10\nif m > 0 { k = m } }") == 1


def test_a_block_does_not_rebind_what_is_outside() -> None:
    graph = build("n = 3\nblock b(x: tensor) -> tensor {\n  m = n\n  m = m + 1\n  return x |> dense(m)\n}\n"
                  "model M() { input x: f32[N, 8]\noutput y = x |> b() |> b() |> dense(n) }")  # fmt: skip
    assert units(graph) == [4, 4, 3]


def test_a_function_sees_the_scope_around_it() -> None:
    assert value_of("scaled(10)", "width = 0.5\nfn scaled(c: int) -> int = int(c * width)") == 5


def test_a_default_may_speak_of_the_parameters_before_it() -> None:
    graph = body(
        "output y = x |> b(3) |> b(3, twice=5)",
        "block b(x: tensor, n: int, twice: int = n * 2 + channels(x)) -> tensor { return x |> dense(twice) }",
    )
    assert units(graph) == [14, 5]


def test_only_the_branch_taken_is_elaborated() -> None:
    assert value_of("if n == 0 { 7 } else { floor(1 / n) }", "n = 0") == 7


def test_and_or_leave_their_right_side() -> None:
    assert value_of("if n == 0 or 1 / n > 0 { 1 } else { 2 }", "n = 0") == 1
    assert value_of("if n != 0 and 1 / n > 0 { 1 } else { 2 }", "n = 0") == 2


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7 % 4", 3),
        ("floor(7 / 2)", 3),
        ("2 ** 3 ** 2", 512),
        ("-3 + 10", 7),
        ("len([1, 2] + [3])", 3),
        ("[1, 2, 3][-1]", 3),
        ("(4, 5)[0]", 4),
        ("if 3 in [1, 3] { 1 } else { 2 }", 1),
        ('if "a" + "b" == "ab" { 1 } else { 2 }', 1),
        ("if [(1, 2.0)] == [(1, 2)] { 1 } else { 2 }", 1),
        ("if not (1 < 2 and 2.5 >= 2) { 1 } else { 2 }", 2),
        ("sum([i * j for (i, j) in zip([1, 2], [3, 4])])", 11),
        ("sum([i for i in 0..10 if i % 2 == 0])", 20),
        ("len(5..2) + 1", 1),
        ("reversed([1, 2, 3])[0]", 3),
        ("enumerate([7, 8])[1][0] + 4", 5),
        ("len(distinct([3, 1, 3, 1])) + distinct([(3, 1), (2, 1), (3, 1)])[1][0]", 4),
        ("len(distinct([1, 1.0]))", 1),
        ("sum(stepped(8, 40, 16))", 72),
        ("len(stepped(8, 39, 16)) + len(stepped(8, 7, 1))", 2),
        ("if stepped(0.1, 0.3, 0.1) == [0.1, 0.2, 0.3] { 1 } else { 2 }", 1),
        ("abs(-3) + max(1, 2) + min([5, 4])", 9),
        ("round(2.5) + round(3.5) + ceil(0.1) + int(3.9) + int(true)", 11),
        ("int(float(3) * 1.5)", 4),
        ("shape(x)[0] + channels(x)", 16),
        ("if relu == relu and relu != relu6 { 1 } else { 2 }", 1),
    ],
)  # fmt: skip
def test_what_expressions_are_worth(expression: str, value: int) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("arguments", "value"),
    [("32 * 0.35", 16), ("24 * 1.3", 32), ("12", 16), ("11", 16), ("3", 8), ("30, divisor=4", 32), ("3, min=4", 4)],
)
def test_channels_are_rounded_as_mobilenets_do(arguments: str, value: int) -> None:
    """Values of `_make_divisible` of TensorFlow's MobileNets."""
    assert value_of(f"make_divisible({arguments})") == value


# The choice of a model and its parameters ---------------------------------------------------

SET = """
model M(width: float = 1.0, sizes: list[int] = [8], pair: (int, int) = (1, 2), act: activation = relu,
        mode: "a" | "b" = "a", kernel: int | (int, int) = 3, deep: bool = false, name: string = "") {
  input x: f32[N, 8]
  y = x |> dense(int(width * 100)) |> dense(sum(sizes)) |> dense(pair[1]) |> act
  n = if mode == "b" { 1 } else { 2 }
  output z = y |> dense(n + (if deep { 10 } else { 20 }) + (if name == "1" { 100 } else { 200 }))
}
"""


def test_parameters_are_set_by_text() -> None:
    text = {"width": "0.75", "sizes": "[3, 4]", "pair": "(5, 6)", "act": "hard_swish"}
    text |= {"mode": "b", "deep": "true", "name": "1"}
    graph = build(SET, arguments=text)
    assert units(graph) == [75, 7, 6, 111]
    assert graph.nodes[3].op.name == "hard_swish"
    assert graph.nodes[3].path == "act"


def test_parameters_are_set_by_value() -> None:
    assert units(build(SET, arguments={"width": 2, "sizes": [1, 2], "pair": (1, 9), "deep": True})) == [200, 3, 9, 212]


def test_a_model_is_chosen_by_name() -> None:
    text = "model A() { input x: f32[N, 8]\noutput y = x }\nmodel B() { input x: f32[N, 8]\noutput y = x |> relu }"
    assert build(text, "B").name == "B"


# Trees made by hand -------------------------------------------------------------------------


def chain(operator: str, length: int) -> Program:
    """A model whose output is a chain of binary operators, deeper on the left than Python's stack."""
    span = Span("deep", 1, 1, 1, 1)

    def name(text: str) -> tree.Identifier:
        return tree.Identifier(text, span)

    expr: tree.Expr = tree.Name("x", span)
    make: Callable[[tree.Expr], tree.Expr] = {
        "+": lambda left: tree.Binary("+", left, tree.Literal(1, span), span),
        "|>": lambda left: tree.Pipe(left, tree.Name("relu", span), span),
    }[operator]
    for _ in range(length):
        expr = make(expr)
    shape = tree.TensorShape(name("f32"), (tree.Literal(1, span),), span)
    body = (tree.Input(name("x"), shape, span), tree.OutputStatement((name("y"),), expr, span))
    module = tree.Module((), (tree.Model(name("M"), (), body, "", span),), "", (), (), span)
    return Program({MAIN: module}, Sources(), ())


@pytest.mark.parametrize("operator", ["+", "|>"])
def test_a_chain_longer_than_the_stack(operator: str) -> None:
    assert len(elaborate(chain(operator, 5000)).nodes) == 5000


def test_value_builtins_take_lists_of_tensors() -> None:
    """The last of three tensors is left out by its place in a list whose length is asked for."""
    body = """
      ys = [x, x + x, x |> absolute()]
      output y = concat([y for (i, y) in enumerate(reversed(ys)) as part if i < len(ys) - 1])
    """
    graph = build(f"model M() {{ input x: f32[N, 4] {body} }}")
    assert [node.op.name for node in graph.nodes] == ["add", "absolute", "concat"]
    assert [value.name for value in graph.nodes[-1].operands] == ["absolute", "add"]
