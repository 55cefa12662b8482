"""Points and codes that do not fit a model, and what is said about them.

Each case is compared with `tests/corpus/points/<case>.txt`; `pytest tests/space --update-golden` writes the texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnet import driver
from mnet.compiler.space.encoding import decode, from_one_hot
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.render import render
from mnet.dsl.source import Sources

GOLDEN = Path(__file__).parent.parent / "corpus" / "points"

PROGRAM = """\
block ibn(x: tensor, filters: int, stride: int = 1) {
  choice expand in { 3, 6 }
  return x |> conv2d(filters * expand, kernel=1) |> conv2d(filters, stride=stride)
}

block plain(x: tensor, filters: int, stride: int = 1) {
  return x |> conv2d(filters, stride=stride)
}

model Net() {
  input image: f32[N, 8, 8, 3]
  choice width in { 0.5, 1.0 }
  choice depth in { 1, 2 }
  choice residual in { true, false }
  choice strides in { (1, 1), (2, 1) }
  choice groups in { 1, 3 } where groups == 1 or width > 0.5
  choice rate in log_uniform(1e-4, 1e-1)
  x = image |> stem: conv2d(make_divisible(18 * width, 3 * groups), groups=groups, stride=strides)
  repeat depth as layer {
    choice op in { ibn, plain }
    y = x |> op(channels(x))
    x = if residual { x + y } else { y }
  }
  output z = x
}

model Other() {
  input image: f32[N, 8]
  output z = image |> relu
}

model Fragile() {
  input image: f32[N, 8, 8, 3]
  choice groups in { 1, 2 }
  output z = image |> conv2d(8, groups=groups)
}
"""

CHOICES: dict[str, Any] = {
    "width": 0.5,
    "depth": 2,
    "residual": True,
    "strides": [2, 1],
    "groups": 1,
    "layer0.op": "ibn",
    "layer0.op.expand": 6,
    "layer1.op": "plain",
}
"""The options of a point that fits."""


def point(carried: object = None, model: object = "Net", **changes: object) -> str:
    """The file of that point with other options; None takes one out. `__` stands for the dot of a path."""
    changed = CHOICES | {path.replace("__", "."): option for path, option in changes.items()}
    choices = {path: option for path, option in changed.items() if option is not None}
    content = {"schema_version": 1, "model": model, "choices": choices, "carried": carried or {"rate": 0.01}}
    return json.dumps(content, indent=1)


def file(entry: str) -> str:
    """A file with one entry among its choices, as it is written."""
    return f'{{"schema_version": 1, "model": "Net", "choices": {{{entry}}}}}'


FILES: dict[str, str | bytes] = {
    "file_empty": "",
    "file_no_json": "width = 1.0\n",
    "file_truncated": point()[:60],
    "file_list": "[1, 2]",
    "file_no_version": "{}",
    "file_later_version": '{"schema_version": 2}',
    "file_version_true": '{"schema_version": true}',
    "file_version_float": '{"schema_version": 1.0}',
    "file_unknown_key": point().replace('"carried"', '"caried"'),
    "file_model_missing": '{"schema_version": 1, "choices": {}}',
    "file_model_no_name": point(model="../net"),
    "file_choices_missing": '{"schema_version": 1, "model": "Net"}',
    "file_choices_list": '{"schema_version": 1, "model": "Net", "choices": ["width"]}',
    "file_key_twice": '{"schema_version": 1, "model": "Net", "model": "Other", "choices": {}}',
    "file_path_twice": file('"width": 0.5,\n "width": 1.0'),
    "file_nan": file('"width": NaN'),
    "file_infinity": file('"width": 1e999'),
    "file_long_number": file(f'"width": {"9" * 10_000}'),
    "file_deep": "[" * 1_000_000,
    "file_deep_option": file(f'"width": {"[" * 9}{"]" * 9}'),
    "file_object_option": file('"width": {"value": 1.0}'),
    "file_null_option": file('"width": null'),
    "file_hidden_option": file('"layer0.op": "ibn\\u202e"'),
    "file_surrogate_option": file('"layer0.op": "\\ud800"'),
    "file_no_paths": file('"": 1, "layer 0": 2, "a..b": 3, "\\ud800": 4, "na\\u00efve": 5'),
    "file_long_option": file(f'"{"w" * 10_000}!": "{"x" * 10_000}"'),
    "file_carried_text": point(carried={"rate": "0.01", "other": True, "third": None}),
    "file_latin": point().encode().replace(b"plain", b"pl\xe4in"),
    "file_large": " " * (1 << 22) + point(),
    "file_many_faults": file(", ".join(f'"layer{i}": null' for i in range(1000))),
    "point_of_no_model": point(model="Nett"),
    "point_of_other_model": point(model="Other"),
    "point_empty": file(""),
    "point_partial": point(layer1__op=None, width=None),
    "point_partial_in_one_choice": point(layer0__op__expand=None, layer1__op="ibn"),
    "point_unknown_option": point(layer1__op="plian"),
    "point_unknown_number": point(depth=3, width=0.75),
    "point_bool_for_int": point(depth=True, residual=1),
    "point_text_for_number": point(depth="2", width="1.0"),
    "point_wrong_list": point(strides=[1, 2]),
    "point_long_list": point(strides=list(range(1000))),
    "point_misspelt_path": point(layer1__op=None, layer1__opp="plain"),
    "point_renamed_place": point(layer0__op__expand=None, layer0__ibn__expand=6),
    "point_closed_decision": point(layer1__op__expand=3),
    "point_deeper_than_the_model": point(layer2__op="plain", layer7__op="plain"),
    "point_carried_missing": point(carried={"rat": 0.01}),
    "point_carried_out_of_range": point(carried={"rate": 10}),
    "point_carried_among_choices": point(carried={"other": 1.0}, rate=0.01),
    "point_excluded": point(groups=3),
    "point_excluded_and_partial": point(groups=3, layer1__op=None),
    "point_that_does_not_elaborate": file('"groups": 2').replace("Net", "Fragile"),
    "point_all_stale": file(", ".join(f'"stage{i}.kernel": 3' for i in range(100))),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named without a directory, so that messages are the same everywhere."""
    monkeypatch.chdir(tmp_path)
    Path("net.mnet").write_text(PROGRAM)


@pytest.mark.parametrize("name", FILES)
def test_broken_point(name: str, golden: Callable[[Path, str], None]) -> None:
    text = FILES[name]
    Path("point.json").write_bytes(text.encode() if isinstance(text, str) else text)
    sources = Sources()
    model = "Net" if name == "point_of_other_model" else None
    with pytest.raises(DiagnosticError) as caught:
        driver.load("net.mnet", model, choose="point.json", sources=sources)
    golden(GOLDEN / f"{name}.txt", render(caught.value.diagnostics, sources))


CODES: dict[str, list[Any]] = {
    "code_short": [0, 1],
    "code_out_of_range": [0, 2, -2, 0, 0, 0, 0, 0, 0],
    "code_of_other_things": [0, 1.0, True, "0", None, 0, 0, 0, 0],
    "code_leaves_open": [0, 1, 0, 0, 0, 0, -1, 1, -1],
    "code_decides_what_is_closed": [0, 0, 0, 0, 0, 1, 0, 1, -1],
    "code_excluded": [0, 0, 0, 0, 1, 1, -1, -1, -1],
}


@pytest.mark.parametrize("name", CODES)
def test_broken_code(name: str, golden: Callable[[Path, str], None]) -> None:
    compare_code(name, lambda space: decode(space, CODES[name], {"rate": 0.01}), golden)


BITS: dict[str, list[Any]] = {
    "bits_short": [0, 1],
    "bits_twice_and_other": [1, 1, 0, 2, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0.0, 1],
}


@pytest.mark.parametrize("name", BITS)
def test_broken_bits(name: str, golden: Callable[[Path, str], None]) -> None:
    compare_code(name, lambda space: from_one_hot(space, BITS[name]), golden)


def compare_code(name: str, use: Callable[[Any], object], golden: Callable[[Path, str], None]) -> None:
    sources = Sources()
    space = driver.space("net.mnet", "Net", sources=sources)
    with pytest.raises(DiagnosticError) as caught:
        use(space)
    golden(GOLDEN / f"{name}.txt", render(caught.value.diagnostics, sources))


def test_every_golden_text_has_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*FILES, *CODES, *BITS}


def test_the_point_that_they_are_made_from_fits() -> None:
    Path("point.json").write_text(point())
    network = driver.load("net.mnet", choose="point.json")
    assert network.point is not None
    assert dict(network.point.choices) == CHOICES
    assert [path.name for path in network.files] == ["net.mnet", "point.json"]
