"""Alignment never pairs wrongly: random networks, hidden names, any order of execution."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler.weights.align import How, align
from mnet.compiler.weights.checkpoint import Turn
from mnet.compiler.weights.colours import Side
from mnet.compiler.weights.order import of_layers, of_modules, refuted
from mnet.compiler.weights.topology import Step, Topology, contract

often = settings(max_examples=300, deadline=None)


@st.composite
def networks(draw):
    """Steps in an order of execution: layers of few shapes, sums and concatenations."""
    steps = [Step("input", None, ())]
    for index in range(draw(st.integers(1, 25))):
        sources = draw(st.lists(st.integers(max(0, index - 4), index), min_size=1, max_size=3))
        if len(sources) == 1 or draw(st.booleans()):
            steps.append(Step("conv2d", f"layer{index}", (sources[-1],)))
        else:
            steps.append(Step(draw(st.sampled_from(["add", "concat", "mul"])), None, tuple(sources)))
    return steps


def signatures(steps, draw):
    return {s.layer: ("linear", (draw(st.integers(1, 2)),), ("weight",)) for s in steps if s.layer}


def executed_otherwise(steps, generator):
    """The same network in another order of execution, its layers with other names, sums with their operands swapped."""
    order: list[int] = []
    waiting = set(range(len(steps)))
    while waiting:
        ready = [i for i in sorted(waiting) if all(source in order for source in steps[i].inputs)]
        order.append(generator.choice(ready))
        waiting.discard(order[-1])
    place = {old: new for new, old in enumerate(order)}
    moved = []
    for old in order:
        inputs = [place[source] for source in steps[old].inputs]
        if steps[old].op in ("add", "mul"):
            generator.shuffle(inputs)
        moved.append(replace(steps[old], layer=hidden(steps[old].layer), inputs=tuple(inputs)))
    return moved


def hidden(layer):
    return layer and f"hidden_{layer}"


def renamed(shapes):
    return {hidden(layer): shape for layer, shape in shapes.items()}


@often
@given(networks(), st.data(), st.integers(0, 10**6))
def test_by_order_alone(steps, data, seed):
    shapes = signatures(steps, data.draw)
    moved = executed_otherwise(steps, random.Random(seed))
    turns = {step.layer: Turn("", index) for index, step in enumerate(moved) if step.layer}
    found = align(Side(shapes, contract(steps)), Side(renamed(shapes), Topology(())), turns, {})
    assert all(match.stored == hidden(match.path) for match in found)


@often
@given(networks(), st.data(), st.integers(0, 10**6))
def test_by_topology_as_well(steps, data, seed):
    """Where two layers can be swapped without changing anything else, neither may be paired."""
    shapes = signatures(steps, data.draw)
    theirs = Side(renamed(shapes), contract(executed_otherwise(steps, random.Random(seed))))
    found = align(Side(shapes, contract(steps)), theirs, dict.fromkeys(theirs.signatures), {})
    assert all(match.stored == hidden(match.path) for match in found)


@often
@given(networks(), st.data(), st.integers(0, 10**6))
def test_known_pairs_are_built_upon(steps, data, seed):
    shapes = signatures(steps, data.draw)
    theirs = Side(renamed(shapes), contract(executed_otherwise(steps, random.Random(seed))))
    known = {layer: hidden(layer) for layer in shapes if data.draw(st.booleans())}
    found = align(Side(shapes, contract(steps)), theirs, dict.fromkeys(theirs.signatures), known)
    assert all(match.stored == hidden(match.path) and match.path not in known for match in found)


@often
@given(networks(), st.data(), st.integers(0, 10**6))
def test_an_order_that_is_so_is_never_refuted(steps, data, seed):
    """Modules of three layers each, numbered in an order of execution."""
    shapes = signatures(steps, data.draw)
    moved = [step.layer for step in executed_otherwise(steps, random.Random(seed)) if step.layer]
    names = {layer: f"module{index // 3:02}.{index:02}" for index, layer in enumerate(moved)}
    turns = {name: Turn("", index) for index, name in enumerate(names.values())}
    ours = Side(shapes, contract(steps))
    found = align(ours, Side({names[hidden(path)]: shape for path, shape in shapes.items()}, Topology(())), turns, {})
    orders = of_modules(found, turns, shapes) + of_layers(found, turns)
    assert refuted(orders, found, ours.topology) is None


def chain(count):
    layers = [Step("conv2d", f"layer{i}", (i,)) for i in range(count)]
    return [Step("input", None, ()), *layers]


def alike(steps, name=lambda layer: layer):
    return {name(step.layer): ("linear", (3,), ("weight",)) for step in steps if step.layer}


def test_a_long_chain_is_paired_by_order():
    steps = chain(3000)
    stored = alike(steps, hidden)
    turns = {name: Turn("conv2d", index) for index, name in enumerate(stored)}
    found = align(Side(alike(steps), contract(steps)), Side(stored, Topology(())), turns, {})
    assert len(found) == 3000
    assert all(match.how is How.ORDER and match.stored == hidden(match.path) for match in found)


def test_turns_of_different_sequences_say_nothing():
    steps = chain(2)
    stored = alike(steps, hidden)
    turns = {name: Turn(str(index), 0) for index, name in enumerate(stored)}
    assert align(Side(alike(steps), contract(steps)), Side(stored, Topology(())), turns, {}) == []


BRANCHES = [
    Step("input", None, ()),
    Step("conv2d", "left", (0,)),
    Step("conv2d", "right", (0,)),
]


def aligned(steps, shapes=None):
    shapes = shapes or alike(steps)
    return align(Side(shapes, contract(steps)), Side(shapes, contract(steps)), dict.fromkeys(shapes), {})


def test_branches_that_are_added_can_not_be_told_apart():
    assert aligned([*BRANCHES, Step("add", None, (1, 2))]) == []


def test_branches_that_are_concatenated_can():
    found = aligned([*BRANCHES, Step("concat", None, (2, 1))])
    assert {match.path: match.stored for match in found} == {"left": "left", "right": "right"}


def test_a_branch_is_known_by_what_follows_it():
    steps = [*BRANCHES, Step("batch_norm", "bn", (1,)), Step("add", None, (3, 2))]
    shapes = alike(steps) | {"bn": ("batch_norm", (3,), ("mean",))}
    assert len(aligned(steps, shapes)) == 3


def test_a_layer_that_is_applied_twice_has_no_place_in_an_order():
    steps = [Step("input", None, ()), *(Step("conv2d", name, (i,)) for i, name in enumerate(["a", "b", "a"]))]
    stored = alike(steps, hidden)
    turns = {name: Turn("", index) for index, name in enumerate(stored)}
    assert align(Side(alike(steps), contract(steps)), Side(stored, Topology(())), turns, {}) == []
    assert len(aligned(steps)) == 2
