"""Peak memory against every order there is, and against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler.ir import Graph, Node, Value
from mnet.compiler.memory import memory
from mnet.compiler.ops import (
    ADD,
    BATCH_NORM,
    CONCAT,
    CONV2D,
    DENSE,
    IDENTITY,
    MEAN,
    RELU,
    RESHAPE,
    SPLIT,
    Trait,
)
from mnet.compiler.schedule import Problem

# The model of memory once more, as plainly as it can be said ---------------------------------


def roots(graph: Graph) -> dict[str, str]:
    """The value in whose memory each value lies."""
    found = {value.name: value.name for value in graph.inputs}
    for node in graph.nodes:
        views = node.op in (RESHAPE, IDENTITY)
        for value in node.outputs:
            found[value.name] = found[next(node.operands).name] if views else value.name
    return found


def peak_of(graph: Graph, order: Sequence[Node]) -> int:
    root = roots(graph)
    sizes = {v.name: v.type.nbytes() for v in (*graph.inputs, *(v for n in graph.nodes for v in n.outputs))}
    given_names = {value.name for value in graph.inputs}
    kept = {root[output.value.name] for output in graph.outputs}

    def reads(node: Node) -> set[str]:
        return {root[v.name] for v in node.operands if v.name in root}

    def needed(name: str, rest: Sequence[Node]) -> bool:
        return name in kept or any(name in reads(node) for node in rest)

    live = {name for name in given_names if needed(name, order)}
    peak = sum(sizes[name] for name in live)
    for index, node in enumerate(order):
        rest = order[index + 1 :]
        made = {root[v.name] for v in node.outputs} - live
        size = sum(sizes[name] for name in made)
        places = {n for n in reads(node) if n not in given_names and not needed(n, rest) and sizes[n] == size}
        in_place = bool(places) and (node.op.has(Trait.ELEMENTWISE) or node.op is BATCH_NORM)
        peak = max(peak, sum(sizes[name] for name in live) + (0 if in_place else size))
        live = {name for name in live | made if needed(name, rest)}
    return peak


def orders(graph: Graph) -> Iterator[tuple[Node, ...]]:
    def extend(done: tuple[Node, ...], known: frozenset[str]) -> Iterator[tuple[Node, ...]]:
        if len(done) == len(graph.nodes):
            yield done
        for node in graph.nodes:
            if all(n.path != node.path for n in done) and all(
                v.name in known or v.name in graph.parameters for v in node.operands
            ):
                yield from extend((*done, node), known | {v.name for v in node.outputs})

    return extend((), frozenset(value.name for value in graph.inputs))


def draw_node(draw: st.DrawFn, builder, values: list[Value]) -> list[Value]:
    x = draw(st.sampled_from(values[-6:]))
    match draw(st.sampled_from(["dense", "dense", "relu", "add", "add", "concat", "split", "reshape", "identity"])):
        case "dense":
            return [builder.call(DENSE, x, units=draw(st.integers(1, 12)), bias=False)]
        case "relu":
            return [builder.call(RELU, x)]
        case "add":
            alike = [v for v in values if v.type == x.type]
            return [builder.call(ADD, x, draw(st.sampled_from(alike)))]
        case "concat":
            return [builder.call(CONCAT, *draw(st.lists(st.sampled_from(values), min_size=1, max_size=3)))]
        case "split" if x.type.shape[1] % 2 == 0:
            return builder.call(SPLIT, x, sections=2)
        case "reshape":
            return [builder.call(RESHAPE, x, shape=[-1])]
        case _:
            return [builder.call(IDENTITY, x)]


@st.composite
def graphs(draw: st.DrawFn, new_builder, most: int = 7) -> Graph:
    builder = new_builder()
    values = [builder.input(1, draw(st.integers(1, 8)), name=f"x{i}") for i in range(draw(st.integers(1, 2)))]
    for _ in range(draw(st.integers(1, most))):
        values += draw_node(draw, builder, values)
    results = draw(st.lists(st.sampled_from(values), max_size=2))
    return builder.build(values[-1], *results)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_best_order_is_the_best_of_all(new_builder, data):
    graph = data.draw(graphs(new_builder))
    report = memory(graph)
    assert report.proven
    assert report.best.nbytes == min(peak_of(graph, order) for order in orders(graph))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_peaks_are_those_of_the_orders(new_builder, data):
    graph = data.draw(graphs(new_builder))
    report = memory(graph)
    assert report.given.nbytes == peak_of(graph, graph.nodes)
    assert report.best.nbytes == peak_of(graph, report.order)
    assert report.order in list(orders(graph))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_live_tensors_add_up_to_the_peak(new_builder, data):
    report = memory(data.draw(graphs(new_builder)))
    for peak in (report.given, report.best):
        assert sum(value.type.nbytes() for value in peak.live) == peak.nbytes


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_larger_graphs_get_a_valid_order_that_is_no_worse(new_builder, data):
    graph = data.draw(graphs(new_builder, most=60))
    report = memory(graph)
    assert report.best.nbytes == peak_of(graph, report.order) <= report.given.nbytes
    known = {value.name for value in graph.inputs} | graph.parameters.keys()
    for node in report.order:
        assert {value.name for value in node.operands} <= known
        known |= {value.name for value in node.outputs}


def test_chain_needs_its_widest_layer(builder):
    x = builder.input("N", 8, 8, 4)
    y = builder.call(CONV2D, x, filters=16)
    graph = builder.build(builder.call(CONV2D, builder.call(RELU, y), filters=2, path="last"))
    report = memory(graph)
    assert report.best.nbytes == 4 * 64 * (4 + 16)
    assert (report.best.node, report.best.live) == (graph.nodes[0], (x, y))


def test_better_order_finishes_a_branch_before_it_starts_the_next(builder):
    x = builder.input("N", 8, 8, 4)
    wide = [builder.call(CONV2D, x, filters=64) for _ in range(3)]
    narrow = [builder.call(CONV2D, y, filters=1) for y in wide]
    report = memory(builder.build(builder.call(CONCAT, *narrow)))
    assert report.given.nbytes == 4 * 64 * (4 + 3 * 64)
    assert report.best.nbytes == 4 * 64 * (4 + 64 + 2)
    assert report.proven


def test_order_as_written_is_kept_where_none_is_better(builder):
    x = builder.input("N", 8, 8, 4)
    graph = builder.build(builder.call(ADD, builder.call(CONV2D, x, filters=4), builder.call(CONV2D, x, filters=4)))
    assert memory(graph).order == graph.nodes


def test_graph_without_nodes(builder):
    x = builder.input("N", 4)
    report = memory(builder.build(x))
    assert (report.best.nbytes, report.best.node, report.order) == (16, None, ())


def chain(builder, length: int) -> Graph:
    x = builder.input("N", 8, 8, 4)
    for _ in range(length // 2):
        x = builder.call(RELU, builder.call(CONV2D, x, filters=4))
    return builder.build(x)


def ladder(builder, length: int) -> Graph:
    """Two chains that never meet before the end: nothing cuts it."""
    x = builder.input("N", 8, 8, 4)
    left, right = x, x
    for index in range(length // 2):
        left = builder.call(CONV2D, left, filters=1 + index * 7 % 11)
        right = builder.call(CONV2D, right, filters=1 + index * 5 % 13)
    return builder.build(builder.call(CONCAT, left, right))


def comb(builder, length: int) -> Graph:
    """Everything may run at any time."""
    x = builder.input("N", 8, 8, 4)
    wide = [builder.call(CONV2D, x, filters=1 + i % 7) for i in range(length // 2)]
    return builder.build(builder.call(CONCAT, *(builder.call(MEAN, y) for y in wide)))


@pytest.mark.parametrize("shape", [chain, ladder, comb])
def test_two_thousand_nodes_stay_bounded(builder, shape, monkeypatch):
    weighed = 0

    def step(problem: Problem, done: int, index: int):
        nonlocal weighed
        weighed += 1
        return original(problem, done, index)

    original = Problem.step
    monkeypatch.setattr(Problem, "step", step)
    graph = shape(builder, 2000)
    report = memory(graph)
    # Of each length the beam keeps 4 states, tries 16 tasks after each, and looks at 16 that may cost nothing.
    assert weighed < 4 * 16 * 16 * len(graph.nodes)
    assert report.best.nbytes <= report.given.nbytes
    assert {node.path for node in report.order} == {node.path for node in graph.nodes}
