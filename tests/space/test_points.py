"""Points: equal where they say the same, files that survive a round trip, codes, and ways from one to another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler.ir import Graph
from mnet.compiler.space import Point, Sampler, Space
from mnet.compiler.space.encoding import decode, encode, from_one_hot, one_hot
from mnet.compiler.space.openness import openness
from mnet.compiler.space.options import index_of
from mnet.compiler.space.pointfile import parse_point, print_point
from mnet.compiler.space.variation import crossover, mutate, neighbours
from mnet.dsl import modules
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.modules import load_text
from mnet.dsl.source import Source

BLOCKS = """
block ibn(x: tensor, filters: int) {
  choice expand in { 1, 2 }
  return x |> dense(filters * expand) |> dense(filters)
}
block plain(x: tensor, filters: int) { return x |> dense(filters) }
"""

BODIES = {
    "none": "output y = x |> relu",
    "flat": "choice a in { 1, 2, 3 } choice b in { 4, 5 } output y = x |> dense(a * b)",
    "where": """
        choice a in { 1, 2, 3 } choice b in { 1, 2, 3 } choice c in { 1, 2, 3 }
        where a < b
        where a + b + c <= 6
        output y = x |> dense(a) |> dense(b) |> dense(c)""",
    "conditional": """
        choice depth in { 1, 2, 3 }
        y = x
        repeat depth as layer {
          choice op in { ibn, plain, relu }
          y = if op == relu { y |> relu } else { y |> op(4) }
        }
        output z = y""",
    "dependent": """
        choice n in { 2, 3 } choice m in [n - 1, n, n + 1] where m >= 2
        choice wide in { true, false }
        if wide { choice f in { 8, 1.0 } } else { choice g in { "a", "b" } }
        output y = x |> dense(n + m)""",
    "late": """
        choice a in { 1, 2, 3 } choice b in { 1, 2, 3 } choice c in { 1, 2 } choice d in { (1, 1), (2, 1) }
        where a == b
        where c == 1 or b == 3
        output y = x |> dense(a)""",
    "carried": """
        choice rate in log_uniform(1e-4, 1e-1)
        choice tuned in { true, false }
        if tuned { choice decay in uniform(0.0, 1.0) }
        output y = x |> dense(4)""",
}


@cache
def space_of(name: str) -> Space:
    return Space(load_text(program_of(name)), None, {})


def program_of(name: str) -> str:
    return f"{BLOCKS}model Net() {{ input x: f32[N, 8]\n{BODIES[name].replace('choice', chr(10) + 'choice')} }}"


@cache
def points_of(name: str) -> list[Point]:
    return list(space_of(name).points())


def some_point() -> st.SearchStrategy[tuple[str, Point]]:
    named = st.sampled_from(sorted(BODIES))
    return named.flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(points_of(name))))


def two_points() -> st.SearchStrategy[tuple[str, Point, Point]]:
    named = st.sampled_from(sorted(BODIES))
    return named.flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(points_of(name)), st.sampled_from(points_of(name)))
    )


def taken(point: Point) -> dict[str, str]:
    """The options as JSON, which tells `1` from `1.0` and `true`."""
    return {path: json.dumps(option) for path, option in point.choices.items()}


def differences(one: Point, other: Point) -> list[str]:
    """The decisions that both points make, and not alike."""
    mine, theirs = taken(one), taken(other)
    return [path for path in mine if path in theirs and mine[path] != theirs[path]]


@pytest.mark.parametrize("name", BODIES)
def test_the_points_are_those_that_elaborate(name: str, oracle: Callable[..., Iterable[tuple[Point, Graph]]]) -> None:
    assert points_of(name) == [point for point, _ in oracle(load_text(program_of(name)))]


def test_a_space_that_can_not_be_told_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnet.compiler.space.space.OPTIONS", 50)
    space = Space(load_text(program_of("where").replace("{ 1, 2, 3 }", "stepped(1, 20, 1)")), None, {})
    with pytest.raises(DiagnosticError, match="depend on each other in more than 50 ways"):
        space.count()


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"b": 2, "c": 3}, "does not decide `a`"),
        ({"a": 1, "b": 9, "c": 3}, "`b` has no option `9`"),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, "there is no decision `d`"),
        ({"a": 2, "b": 1, "c": 3}, "exclude each other"),
    ],
)
def test_a_point_of_such_a_space_is_followed_all_the_same(
    choices: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mnet.compiler.space.space.OPTIONS", 1)
    space = Space(load_text(program_of("where")), None, {})
    assert space.elaborate(Point("Net", {"a": 1, "b": 2, "c": 3})).nodes
    with pytest.raises(DiagnosticError, match=message) as caught:
        space.elaborate(Point("Net", choices))
    assert len(caught.value.diagnostics) == 1


# Points and their files ---------------------------------------------------------------------


def test_points_are_equal_where_they_say_the_same_in_any_order() -> None:
    one, other = Point("Net", {"a": 1, "b": [1, 2]}), Point("Net", {"b": [1, 2], "a": 1})
    assert one == other
    assert len({one, other}) == 1
    different = [Point("Net", {"a": option, "b": [1, 2]}) for option in (1.0, True, "1", 2)]
    assert one not in different
    assert Point("Other", one.choices) != one
    assert Point("Net", one.choices, {"rate": 0.1}) != one


@given(some_point())
def test_a_point_survives_its_file(drawn: tuple[str, Point]) -> None:
    _, point = drawn
    text = print_point(point)
    read = parse_point(Source("point.json", text))
    assert read == point
    assert list(read.choices) == list(point.choices)
    assert print_point(read) == text


@settings(max_examples=300)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
def test_any_text_is_a_point_or_a_diagnostic(text: str) -> None:
    with pytest.raises(DiagnosticError):
        parse_point(Source("point.json", text))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=300)
@given(json_values, json_values, json_values, json_values)
def test_any_json_is_a_point_or_a_diagnostic(version: Any, model: Any, choices: Any, carried: Any) -> None:
    content = {"schema_version": version, "model": model, "choices": choices, "carried": carried}
    for changes in ({}, {"schema_version": 1, "model": "Net"}, {"schema_version": 1, "model": "Net", "carried": {}}):
        try:
            point = parse_point(Source("point.json", json.dumps(content | changes)))
        except DiagnosticError:
            continue
        assert parse_point(Source("point.json", print_point(point))) == point


PATHS = ["a", "b", "m", "depth", "layer0.op", "layer2.op.expand", "x"]
OPTIONS = st.booleans() | st.integers(-1, 4) | st.floats() | st.sampled_from(["ibn", "plain", "a"]) | st.just([1, 1])


@settings(max_examples=60)
@given(some_point(), st.dictionaries(st.sampled_from(PATHS), OPTIONS, max_size=3))
def test_any_point_is_in_the_space_or_refused(drawn: tuple[str, Point], changes: dict[str, Any]) -> None:
    name, point = drawn
    changed = Point("Net", {**point.choices, **changes}, point.carried)
    canonical = with_their_kinds(changed, name)
    if canonical in points_of(name):
        space_of(name).check(changed)
    else:
        with pytest.raises(DiagnosticError):
            space_of(name).check(changed)


def with_their_kinds(point: Point, name: str) -> Point:
    """The point with `1` for `1.0` where only that is offered."""
    offered = {decision.path: decision.options for decision in space_of(name).decisions}
    places = {path: index_of(offered[path], option) for path, option in point.choices.items() if path in offered}
    found = {path: offered[path][place] for path, place in places.items() if place is not None}
    return Point(point.model, {**point.choices, **found}, point.carried)


def test_a_number_may_be_written_as_another_of_its_kind() -> None:
    assert index_of([0.5, 1.0], 1) == 1
    assert index_of([1, 2], 2.0) == 1
    assert index_of([1, 1.0], 1) == 0
    assert index_of([1, 1.0], 1.0) == 1
    assert index_of([1, 2], True) is None
    assert index_of([True, False], 1) is None
    assert index_of([[1, 2]], (1, 2)) == 0


def test_a_point_may_write_its_numbers_so() -> None:
    space, point = space_of("dependent"), Point("Net", {"n": 2, "m": 2, "wide": True, "f": 1})
    canonical = Point("Net", {**point.choices, "f": 1.0})
    assert encode(space, point) == encode(space, canonical)
    assert space.cost(point) == space.cost(canonical)
    assert list(neighbours(space, point)) == list(neighbours(space, canonical))


def test_an_option_may_be_offered_under_some_others_only() -> None:
    space = space_of("dependent")
    point = Point("Net", {"n": 2, "m": 4, "wide": True, "f": 8})
    with pytest.raises(DiagnosticError, match="`m` has no option `4`") as caught:
        space.check(point)
    assert [label.text for found in caught.value.diagnostics for label in found.labels] == ["options: `1`, `2`, `3`"]
    with pytest.raises(DiagnosticError, match="does not decide `n`"):
        space.check(Point("Net", {path: option for path, option in point.choices.items() if path != "n"}))


def test_a_point_has_every_hyper_parameter_that_is_open() -> None:
    space = space_of("carried")
    with pytest.raises(DiagnosticError, match="does not decide `rate`"):
        space.check(Point("Net", {"tuned": False}))
    with pytest.raises(DiagnosticError, match="`decay` is not open"):
        space.check(Point("Net", {"tuned": False}, {"rate": 0.01, "decay": 0.5}))
    with pytest.raises(DiagnosticError, match="`rate` can't be"):
        space.check(Point("Net", {"tuned": False}, {"rate": 0.5}))


def test_a_point_survives_edits_that_rename_nothing() -> None:
    edited = program_of("conditional").replace("choice depth in { 1, 2, 3 }", "choice depth in stepped(0, 6, 1)")
    edited = edited.replace("choice op in", "y = y |> norm: batch_norm()\n choice op in")
    edited = edited.replace("model Net()", "/// Wider.\nmodel Net(classes: int = 3)").replace(
        "in { 1, 2 }", "in { 2, 1 }"
    )
    for point in points_of("conditional"):
        Space(load_text(edited), None, {}).check(point)


# Which decisions are open -------------------------------------------------------------------


@settings(max_examples=150)
@given(some_point(), st.randoms(use_true_random=False))
def test_openness_is_that_of_the_points_that_agree(drawn: tuple[str, Point], rng: Random) -> None:
    name, point = drawn
    told = {path: option for path, option in point.choices.items() if rng.random() < 0.5}
    agreeing = [other for other in points_of(name) if not differences(other, Point("Net", told))]
    paths = [{*other.choices, *other.carried} for other in agreeing]
    found = openness(space_of(name), told)
    assert found is not None
    assert found.always == set.intersection(*paths)
    assert found.ever == set.union(*paths)
    assert found.refused == ()


@pytest.mark.parametrize("name", BODIES)
def test_what_every_point_has_is_always_open(name: str) -> None:
    paths = [{*point.choices, *point.carried} for point in points_of(name)]
    found = openness(space_of(name), {})
    assert found is not None
    assert found.always == set.intersection(*paths)
    assert found.ever == set.union(*paths)


# Codes --------------------------------------------------------------------------------------


@given(some_point())
def test_a_code_decodes_to_its_point(drawn: tuple[str, Point]) -> None:
    name, point = drawn
    space = space_of(name)
    assert decode(space, encode(space, point), point.carried) == point
    assert from_one_hot(space, one_hot(space, point), point.carried) == point


@pytest.mark.parametrize("name", BODIES)
def test_points_have_codes_of_their_own(name: str) -> None:
    space = space_of(name)
    codes = {encode(space, point) for point in points_of(name)}
    assert len(codes) == space.count()
    assert {len(code) for code in codes} == {len(space.decisions)}


@settings(max_examples=200)
@given(st.sampled_from(sorted(BODIES)), st.lists(st.integers(-2, 3), max_size=9))
def test_any_code_is_of_a_point_or_a_diagnostic(name: str, code: list[int]) -> None:
    space = space_of(name)
    carried = points_of(name)[0].carried
    try:
        point = decode(space, code, carried)
    except DiagnosticError:
        return
    assert point in points_of(name)
    assert encode(space, point) == tuple(code)


# Ways from one to another -------------------------------------------------------------------


@given(some_point())
def test_neighbours_are_the_points_that_differ_in_one_decision(drawn: tuple[str, Point]) -> None:
    """Of those that differ in what the other option opens too, there is one: the first."""
    name, point = drawn
    found = list(neighbours(space_of(name), point))
    assert all(len(differences(point, other)) == 1 for other in found)
    assert len(set(found)) == len(found)
    near = [other for other in points_of(name) if len(differences(point, other)) == 1]
    changes = {step(point, other): other for other in reversed(near)}
    assert {step(point, other): taken(other) for other in found} == {
        change: taken(other) for change, other in changes.items()
    }


def step(point: Point, other: Point) -> tuple[str, str]:
    (path,) = differences(point, other)
    return path, taken(other)[path]


@given(some_point(), st.integers(0, 5))
def test_a_mutant_is_a_point_that_differs_in_one_decision(drawn: tuple[str, Point], seed: int) -> None:
    name, point = drawn
    mutant = mutate(space_of(name), point, Random(seed))
    space_of(name).check(mutant)
    assert mutant == mutate(space_of(name), point, Random(seed))
    has_neighbours = any(True for _ in neighbours(space_of(name), point))
    assert len(differences(point, mutant)) == (1 if has_neighbours else 0)


def test_every_neighbour_can_be_a_mutant() -> None:
    space, point = space_of("conditional"), points_of("conditional")[0]
    changes = {step(point, mutate(space, point, Random(seed))) for seed in range(200)}
    assert changes == {step(point, other) for other in neighbours(space, point)}


@given(two_points(), st.integers(0, 5))
def test_a_child_has_the_options_of_its_parents(drawn: tuple[str, Point, Point], seed: int) -> None:
    name, first, second = drawn
    child = crossover(space_of(name), first, second, Random(seed))
    space_of(name).check(child)
    assert child == crossover(space_of(name), first, second, Random(seed))
    inherited = [taken(parent).items() for parent in (first, second)]
    if name not in ("where", "late", "dependent"):  # there a child may have to be repaired
        told = {path for parent in (first, second) for path in parent.choices}
        assert all(item in inherited[0] or item in inherited[1] for item in taken(child).items() if item[0] in told)
    if first == second:
        assert taken(child) == taken(first)


SPACES = Path(__file__).parents[2] / "examples" / "spaces"
PUBLISHED = ["fbnet", "mnasnet", "nasnet_cell", "dass", "elastic_vit", "autohas", "compound_scaling"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_points_of_published_spaces_vary_within_them(name: str) -> None:
    space = Space(modules.load(SPACES / f"{name}.mnet", ()), None, {})
    sampler, rng = Sampler(space, 1), Random(2)
    population = [sampler.draw() for _ in range(8)]
    for first, second in pairwise(population):
        for point in (first, mutate(space, first, rng), crossover(space, first, second, rng)):
            space.check(point)
            assert decode(space, encode(space, point), point.carried) == point
    near = list(neighbours(space, population[0]))
    assert all(len(differences(population[0], other)) == 1 for other in near)
    assert len(near) == len(set(near)) > 0


def test_variation_of_what_is_no_point_is_refused() -> None:
    space, stray = space_of("flat"), Point("Net", {"a": 7})
    for vary in (
        lambda: list(neighbours(space, stray)),
        lambda: mutate(space, stray, Random(0)),
        lambda: crossover(space, stray, points_of("flat")[0], Random(0)),
        lambda: encode(space, stray),
    ):
        with pytest.raises(DiagnosticError, match="`a` has no option `7`"):
            vary()
