"""Spaces that are found wrong, empty or too large, and points drawn at random."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from mnet.compiler.codes import LIMIT
from mnet.compiler.cost import cost
from mnet.compiler.elaborate import elaborate
from mnet.compiler.limits import Limits
from mnet.compiler.space import Point, Sampler, Space
from mnet.compiler.space import space as limits
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.modules import load_text

BLOCKS = """
block basic(x: tensor, n: int = 4) -> tensor {
  choice k in { 1, 2 }
  return x |> dense(n * k)
}
block wider(x: tensor, n: int = 4) -> tensor {
  choice k in { 3, 4, 5 }
  return x |> dense(n * k)
}
block wrap(x: tensor, inner: block) -> tensor { return x |> dense(2) |> inner() }
"""


def space_of(body: str, items: str = "") -> Space:
    return Space(load_text(f"{BLOCKS}{items}\nmodel Net() {{\ninput image: f32[N, 8]\n{body}\n}}\n"))


def chosen(space: Space) -> list[dict[str, object]]:
    return [dict(point.choices) for point in space.points()]


# What has been wrong ------------------------------------------------------------------------


def test_what_an_outline_leaves_out_takes_its_names_all_the_same() -> None:
    loops = """
    x = image
    for i in 0..2 { x = x |> relu }
    for i in 0..1 { x = x |> basic() }
    output y = x"""
    assert [decision.path for decision in space_of(loops).decisions] == ["i_2_0.basic.k"]
    labels = "x = image |> basic: dense(3) output y = x |> basic()"
    assert [decision.path for decision in space_of(labels).decisions] == ["basic_2.k"]


def test_the_first_value_of_an_instance_is_no_tensor() -> None:
    early = """
    block offset(x: tensor, n: int) -> tensor {
      choice k in { n, n + 1 }
      return x |> dense(k)
    }"""
    assert chosen(space_of("it = offset(4) output y = it(image)", early)) == [{"it.k": 4}, {"it.k": 5}]
    piped = "c = image |> channels it = offset(c) output y = it(image)"
    assert chosen(space_of(piped, early)) == [{"it.k": 8}, {"it.k": 9}]


@pytest.mark.parametrize("made", ["it = basic() it = wrap(inner=it)", "it = wrap(inner=shared)"])
def test_an_instance_in_another_decides_once(made: str) -> None:
    body = f"{made} x = it(image) choice z in {{ 1, 2 }} output y = it(x |> dense(8)) |> dense(z)"
    space = space_of(body, "shared = basic()\n")
    assert space.count() == len(chosen(space)) == 4
    for point in space.points():
        assert space.cost(point) == cost(space.elaborate(point)).total


@pytest.mark.parametrize(
    "body",
    [
        "x = image if true and channels(x |> basic()) > 5 { x = x |> relu } output y = x",
        "choice c in { channels(image |> basic()), 2 } output y = image |> dense(c)",
        "choice c in { 3, if true and channels(image |> basic()) > 5 { 1 } else { 2 } } output y = image |> dense(c)",
        "repeat if true and channels(image |> basic()) > 5 { 1 } else { 2 } as l { choice c in { 1, 2 } }"
        " output y = image",
        "for i in 0..(if true and channels(image |> basic()) > 5 { 1 } else { 2 }) { choice c in { 1, 2 } }"
        " output y = image",
        "it = basic() x = wider(image, if true and channels(it(image)) > 5 { 1 } else { 2 })"
        " output y = [x, it(image)] |> concat()",
    ],
)
def test_a_decision_may_be_asked_for_anywhere(body: str, oracle) -> None:  # type: ignore[no-untyped-def]
    text = f"{BLOCKS}model Net() {{\ninput image: f32[N, 8]\n{body}\n}}\n"
    space = Space(load_text(text))
    assert list(space.points()) == [point for point, _ in oracle(load_text(text))]


def test_what_is_frozen_is_costed_so() -> None:
    body = '@freeze on "early" x = image |> early: dense(3) |> basic() @freeze z = x |> dense(2) output y = z'
    space = space_of(body)
    for point in space.points():
        found = space.cost(point)
        assert found == cost(space.elaborate(point)).total
        assert found.frozen > 0


def test_equal_paths_in_branches_that_exclude_each_other() -> None:
    space = space_of("choice op in { basic, wider } output y = image |> op()")
    assert [decision.options for decision in space.decisions] == [("basic", "wider"), (1, 2, 3, 4, 5)]
    assert (space.count(), space.raw_count()) == (5, 10)
    with pytest.raises(DiagnosticError, match=r"`op\.k` has no option `4`"):
        space.check(Point("Net", {"op": "basic", "op.k": 4}))


# Errors -------------------------------------------------------------------------------------


def test_an_error_at_one_point_is_no_matter_to_the_others() -> None:
    space = space_of("choice n in { 1, 0, 2 } choice m in { 1, 2 } output y = image |> dense(n) |> dense(m)")
    assert space.count() == 6
    good, bad = Point("Net", {"n": 2, "m": 1}), Point("Net", {"n": 0, "m": 1})
    assert space.cost(good) == cost(space.elaborate(good)).total
    with pytest.raises(DiagnosticError, match="units is 0"):
        space.cost(bad)
    assert space.cost(good) == cost(space.elaborate(good)).total


def test_a_constant_that_fails_is_told_of() -> None:
    with pytest.raises(DiagnosticError, match="division by zero"):
        space_of("output y = image |> basic()", "bad = 1 / 0\n").count()


# Degenerate and hostile spaces --------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "choice a in { 1, 2 } where false output y = image |> dense(a)",
        "choice a in { 1, 2 } choice b in { 1, 2 } x = image |> dense(b) where a + channels(x) > 4 output y = x",
    ],
)
def test_an_empty_space(body: str) -> None:
    space = space_of(body)
    assert (space.count(), list(space.points()), space.complete(Point("Net", {}))) == (0, [], None)
    for use in (lambda: Sampler(space, 0), lambda: space.minimum("params"), lambda: space.maximum("macs")):
        with pytest.raises(DiagnosticError, match="has no point"):
            use()


def test_dead_ends_are_passed_by() -> None:
    flags = " ".join(f"choice b{i} in {{ 0, 1 }} seen = seen + b{i}" for i in range(12))
    space = space_of(f"seen = 0 {flags} where seen == 12 output y = image |> dense(seen)")
    assert space.count() == 1
    (only,) = space.points()
    assert {Sampler(space, seed).draw() for seed in range(5)} == {only}
    assert space.minimum("params").point == only


def test_hundreds_of_decisions() -> None:
    space = space_of("x = image for i in 0..300 { choice b in { 1, 2 } x = x |> dense(b) } output y = x")
    assert space.count() == space.raw_count() == 2**300
    point = Sampler(space, 0, "architectures").draw()
    assert space.cost(point) == cost(space.elaborate(point)).total
    assert set(space.minimum("params").point.choices.values()) == {1}


FLAGS = "bits = 0 for i in 0..40 { choice b in { 0, 1 } bits = bits * 2 + b } where bits % 2 == 0 output y = image"


def test_a_space_that_can_only_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPTIONS", 500)
    space = space_of(FLAGS)
    for use in (space.count, lambda: space.decisions, lambda: Sampler(space, 0)):
        with pytest.raises(DiagnosticError, match="in more than 500 ways, the limit") as caught:
            use()
        assert [(found.code, found.hint is None) for found in caught.value.diagnostics] == [(LIMIT, False)]
    for point in islice(space.points(), 5):
        assert space.cost(point) == cost(space.elaborate(point)).total


def test_costs_forget_what_they_have_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    space = space_of("x = image for i in 0..6 { choice b in { 1, 2 } x = x |> dense(b) } output y = x")
    points = list(space.points())
    costs = [space.cost(point) for point in points]
    monkeypatch.setattr(limits, "COSTED", 10)
    assert [space.cost(point) for point in points] == costs
    assert space.costs.drawn <= 10 + 2 * 6


def test_a_hostile_loop_ends() -> None:
    body = (
        "for i in 0..400 { choice b in { 1, 2 } v = 0 for j in 0..1000 { v = v + j } where v + b > 0 } output y = image"
    )
    program = load_text(f"model Net() {{ input image: f32[N, 8] {body} }}")
    with pytest.raises(DiagnosticError, match="the limit is 20,000"):
        Space(program, limits=Limits(steps=20_000)).count()


def test_expressions_may_nest_as_deep_as_in_an_elaboration() -> None:
    text = "".join(f"block b{i}(x: tensor) -> tensor {{ return x |> b{i - 1}() }}\n" for i in range(1, 90))
    items = f"block b0(x: tensor) -> tensor {{ choice k in {{ 1, 2 }} return x |> dense(k) }}\n{text}"
    space = space_of("it = b89() output y = it(image |> b89())", items)
    assert space.count() == 4
    for point in space.points():
        assert space.cost(point) == cost(space.elaborate(point)).total


# Points at random ---------------------------------------------------------------------------

LOPSIDED = """
choice deep in { false, true }
choice w in { 1, 2, 3 } where w < 3 or deep
x = image |> dense(w)
if deep {
  choice a in { 1, 2 }
  choice b in { 1, 2, 3 } where a < b
  x = x |> dense(a + b)
}
output y = x"""
"""Two shallow points, and three times three deep ones."""

DRAWN = 5500


def chi_square(counts: Counter[Point], chances: dict[Point, float]) -> float:
    assert set(counts) <= set(chances)
    return sum((counts[point] - DRAWN * p) ** 2 / (DRAWN * p) for point, p in chances.items())


MOST = 29.59
"""Of chi-square with 10 degrees of freedom, exceeded once in a thousand."""


def drawn(space: Space, uniform: str) -> Counter[Point]:
    sampler = Sampler(space, 7, uniform)  # type: ignore[arg-type]
    return Counter(sampler.draw() for _ in range(DRAWN))


def test_architectures_are_equally_likely() -> None:
    space = space_of(LOPSIDED)
    points = list(space.points())
    assert len(points) == 11
    assert chi_square(drawn(space, "architectures"), dict.fromkeys(points, 1 / 11)) < MOST


def test_options_are_equally_likely() -> None:
    space = space_of(LOPSIDED)
    shallow = {Point("Net", {"deep": False, "w": w}): 1 / 4 for w in (1, 2)}
    inner = {(1, 2): 1 / 4, (1, 3): 1 / 4, (2, 3): 1 / 2}
    deep = {
        Point("Net", {"deep": True, "w": w, "a": a, "b": b}): chance / 6
        for w in (1, 2, 3)
        for (a, b), chance in inner.items()
    }
    assert chi_square(drawn(space, "decisions"), shallow | deep) < MOST


def test_a_seed_draws_the_same_points() -> None:
    one, other = (Sampler(space_of(LOPSIDED), 3) for _ in range(2))
    assert [one.draw() for _ in range(50)] == [other.draw() for _ in range(50)]
    assert [Sampler(space_of(LOPSIDED), seed).draw() for seed in range(9)] != [one.draw() for _ in range(9)]


def test_a_model_without_choices_is_one_point() -> None:
    space = space_of("output y = image |> dense(3)")
    assert (space.count(), space.raw_count(), chosen(space)) == (1, 1, [{}])
    assert (
        space.cost(Point("Net", {}))
        == cost(elaborate(load_text("model Net() { input image: f32[N, 8] output y = image |> dense(3) }"))).total
    )
