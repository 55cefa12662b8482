"""The points of a space that `mnet check` looks at: together they take every option that can be taken."""

from pathlib import Path

import pytest

from mnet import driver
from mnet.compiler.covering import Covering
from mnet.compiler.elaborate import elaborate
from mnet.compiler.survey import survey

SPACES = Path(__file__).resolve().parents[2] / "examples" / "spaces"

MODEL = """model Space() {{
  input x: f32[N, 8]
{body}
  output y = x
}}
"""


def covering(body):
    program = driver.read_source(MODEL.format(body=body), "net.mnet")
    return Covering(lambda decider: elaborate(program, decider=decider))


def visited(body):
    return [dict(point.options) for point in covering(body).points()]


def test_a_model_without_choices_is_one_point():
    assert visited("x = x |> relu()") == [{}]


def test_first_options_then_last_then_the_others():
    assert visited("choice a in { 1, 2, 3, 4 }\nchoice b in { 5, 6 }") == [
        {"a": 1, "b": 5},
        {"a": 4, "b": 6},
        {"a": 2, "b": 5},
        {"a": 3, "b": 5},
    ]


def test_what_an_option_opens_is_covered_too():
    body = "choice a in { 1, 2, 3 }\nif a == 2 { choice b in { 5, 6, 7 } choice c in { 8, 9, 10 } }"
    points = visited(body)
    assert {(path, option) for point in points for path, option in point.items()} == {
        *(("a", n) for n in (1, 2, 3)),
        *(("b", n) for n in (5, 6, 7)),
        *(("c", n) for n in (8, 9, 10)),
    }
    assert len(points) == 5


def test_excluded_points_are_walked_around():
    body = "choice a in { 1, 2, 3 }\nchoice b in { 1, 2, 3 }\nwhere a + b == 4"
    assert sorted((point["a"], point["b"]) for point in visited(body)) == [(1, 3), (2, 2), (3, 1)]


def test_what_is_always_excluded_is_given_up():
    body = "choice a in { 1, 2, 3 }\nwhere a != 2"
    space = covering(body)
    assert [point.options["a"] for point in space.points()] == [1, 3]
    assert space.untaken == 0


def test_a_space_without_points_has_none():
    assert visited("choice a in { 1, 2 }\nwhere a > 2") == []


def test_options_that_python_holds_equal_are_told_apart():
    assert [point["a"] for point in visited("choice a in { 1.0, 2.0 }")] == [1.0, 2.0]
    assert [point["a"] for point in visited("choice a in { true, false }")] == [True, False]


def test_carried_values_are_no_choices():
    assert visited("choice rate in log_uniform(0.001, 0.1)") == [{}]


@pytest.mark.parametrize(
    ("file", "model", "points"),
    [("fbnet", "FBNet", 9), ("mnasnet", "MnasSpace", 4), ("proxylessnas", "ProxylessNAS", 7)],
)
def test_published_spaces_need_as_many_points_as_their_largest_decision_has_options(file, model, points):
    program = driver.read(SPACES / f"{file}.mnet")
    found = survey(program, model, {}, {})
    assert (found.points, found.untaken, found.diagnostics) == (points, 0, ())


def test_a_hostile_condition_ends_the_search():
    """Nothing is excluded before the last choice: only whole points are tried, and one of a million is allowed."""
    choices = "".join(f"choice c{n} in stepped(0, 9, 1)\n" for n in range(6))
    body = choices + "where " + " and ".join(f"c{n} == 5" for n in range(6))
    program = driver.read_source(MODEL.format(body=body), "net.mnet")
    tried = []

    def build(decider):
        tried.append(decider)
        return elaborate(program, decider=decider)

    space = Covering(build)
    assert list(space.points()) == []
    assert space.untaken > 0
    assert len(tried) <= 128


def test_a_condition_far_from_its_choice_is_met_by_way_of_the_diagram():
    """The first choice has to be made otherwise, and all others come between it and the condition."""
    layers = "repeat 12 as layer {\n  choice op in { relu, tanh }\n  x = x |> op\n}"
    body = f"choice width in {{ 1, 2, 3 }}\n{layers}\nwhere width > 1"
    program = driver.read_source(MODEL.format(body=body), "net.mnet")
    found = survey(program, "Space", {}, {})
    assert (found.points, found.untaken) == (2, 0)


def test_nothing_is_proved_of_a_space_with_too_many_options():
    body = "choice a in stepped(1, 9000, 1)\nx = x |> dense(a)\nrequire params <= 5"
    program = driver.read_source(MODEL.format(body=body), "net.mnet")
    found = survey(program, "Space", {}, {})
    assert (found.points, found.untaken, found.diagnostics) == (64, 9000 - 64, ())
    assert [(one.met, one.points) for one in found.tried] == [(0, 64)]


def test_two_runs_look_at_the_same_points():
    program = driver.read(SPACES / "mnasnet.mnet")
    runs = [
        [point.options for point in Covering(lambda decider: elaborate(program, decider=decider)).points()]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
