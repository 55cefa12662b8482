"""`mnet check`, and what `mnet compile` asks of a model, by what they print and how they exit."""

import json

import pytest

NET = """model {name}(width: int = 10, classes: int = 10) {{
  input x: f32[N, 16]
  output y = x |> hidden: dense(width) |> classifier: dense(classes)
  {claims}
}}
"""

SPACE = """model Space() {
  input x: f32[N, 16]
  choice width in { 8, 16, 32 }
  output y = x |> dense(width) |> dense(10)
  require params <= 500, macs <= 1K
}
"""

TABLE = {
    "schema_version": 1,
    "name": "board",
    "unit": "ms",
    "rows": [
        {"operator": "dense", "shapes": [[1, 16], [16, 10]], "ms": 2},
        {"operator": "dense", "shapes": [[1, 10], [10, 10]], "ms": 1.5},
    ],
}


@pytest.fixture
def net(tmp_path):
    """Writes a program of 280 parameters that claims something of itself, and a table for it."""
    (tmp_path / "board.json").write_text(json.dumps(TABLE))

    def write(claims, name="Net"):
        path = tmp_path / f"{name.lower()}.mnet"
        path.write_text(NET.format(name=name, claims=claims))
        return path

    return write


def test_what_holds_is_quiet(mnet, net):
    path = net("require params <= 280, latency(board) <= 3.5ms\n  expect params = 280, macs = 0.26K")
    done = mnet("check", path, "--table", "board=board.json")
    assert (done.stdout, done.stderr) == (f"{path}: no errors (Net)\n", "")


def test_findings_are_exit_code_1(mnet, net):
    done = mnet("check", net("require params <= 279\n  expect macs = 261"), code=1)
    assert done.stdout == ""
    assert "error[E0662]" in done.stderr
    assert "error[E0663]" in done.stderr


def test_a_warning_is_no_finding(mnet, net):
    path = net("require latency(board) <= 1ms")
    done = mnet("check", path)
    assert "warning[E0664]" in done.stderr
    assert "no errors" in done.stdout
    assert "error[E0662]" in mnet("check", path, "--table", "board=board.json", code=1).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--table", "board"], "is not of the form NAME=FILE"),
        (["--table", "board=none.json"], "can't read `none.json`"),
        (["--table", "tablet=board.json"], "`board.json` is the table `board`, not `tablet`"),
    ],
)
def test_a_wrong_table_is_exit_code_2(mnet, net, words, said):
    assert said in mnet("check", net("require latency(board) <= 1ms"), *words, code=2).stderr


def test_expectations_are_of_the_defaults(mnet, net):
    path = net("expect params = 280")
    done = mnet("check", path, "--set", "width=20")
    assert "notice: the expectations of Net were not compared: they are of a model as it stands" in done.stderr
    mnet("check", path, "--model", "Net", "--set", "width=20")


def test_requirements_are_of_the_values_given(mnet, net):
    path = net("require params <= 280")
    mnet("check", path)
    assert "error[E0662]" in mnet("check", path, "--set", "width=11", code=1).stderr


def test_every_model_of_a_file_is_checked(mnet, net, tmp_path):
    both = net("require params <= 10", "A").read_text() + net("expect params = 3", "B").read_text()
    (tmp_path / "both.mnet").write_text(both)
    found = json.loads(mnet("check", "both.mnet", "--format", "json", code=1).stdout)
    assert [one["code"] for one in found["diagnostics"]] == ["E0662", "E0663"]
    assert found["models"] == ["A", "B"]
    one = json.loads(mnet("check", "both.mnet", "--model", "B", "--format", "json", code=1).stdout)
    assert [diagnostic["code"] for diagnostic in one["diagnostics"]] == ["E0663"]


def test_json_has_the_same_keys_whatever_is_found(mnet, net):
    words = ("--format", "json")
    good = json.loads(mnet("check", net(""), *words).stdout)
    bad = json.loads(mnet("check", net("require params <= 1"), *words, code=1).stdout)
    assert good.keys() == bad.keys() == {"schema_version", "diagnostics", "models", "unchecked", "spaces"}


def test_a_space_is_looked_at_in_a_few_points(mnet, tmp_path):
    (tmp_path / "space.mnet").write_text(SPACE)
    done = mnet("check", "space.mnet")
    assert done.stdout.splitlines()[1:] == [
        "Space: 3 points of the space were looked at, which take all options",
        "Space: `params <= 500` holds at 2 of 3 points",
        "Space: `macs <= 1,000` holds at 3 of 3 points",
    ]
    spaces = json.loads(mnet("check", "space.mnet", "--format", "json").stdout)["spaces"]
    (tmp_path / "one.mnet").write_text(SPACE.replace("8, 16, 32", "8"))
    assert "Space: 1 point of the space was looked at, which takes all options" in mnet("check", "one.mnet").stdout
    assert spaces == {
        "Space": {
            "points": 3,
            "untaken_options": 0,
            "requirements": [
                {"requirement": "params <= 500", "met": 2, "points": 3},
                {"requirement": "macs <= 1,000", "met": 3, "points": 3},
            ],
        }
    }


def test_a_chosen_point_is_checked_alone(mnet, tmp_path):
    (tmp_path / "space.mnet").write_text(SPACE.replace("require", "expect params = 1\n  require"))
    assert "were not compared" in mnet("check", "space.mnet", "--choose", "width=16").stderr
    assert "error[E0662]" in mnet("check", "space.mnet", "--choose", "width=32", code=1).stderr
    assert "they are of one architecture, and this is a space" in mnet("check", "space.mnet").stderr


def test_a_space_without_such_a_point_is_a_finding(mnet, tmp_path):
    (tmp_path / "space.mnet").write_text(SPACE.replace("500", "200"))
    assert "the least that any point has is 226" in mnet("check", "space.mnet", code=1).stderr


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_compile_refuses_what_is_required_otherwise(mnet, net, tmp_path, target):
    done = mnet("compile", net("require params <= 279"), "-o", f"net.{target}", code=1)
    assert "error[E0662]" in done.stderr
    assert not (tmp_path / f"net.{target}").exists()


def test_compile_refuses_by_the_table(mnet, net, tmp_path):
    path = net("require latency(board) <= 3ms")
    assert "warning[E0664]" in mnet("compile", path, "-o", "net.tflite").stderr
    (tmp_path / "net.tflite").unlink()
    words = ("--table", "board=board.json", "-o", "net.tflite", "--depfile", "net.d")
    assert "3.5 ms" in mnet("compile", path, *words, code=1).stderr
    assert not (tmp_path / "net.tflite").exists()
    mnet("compile", net("require latency(board) <= 3.5ms"), *words)
    assert "board.json" in (tmp_path / "net.d").read_text()


def test_compile_looks_at_no_expectation(mnet, net, tmp_path):
    mnet("compile", net("expect params = 1"), "-o", "net.tflite")
    assert (tmp_path / "net.tflite").exists()


def test_compile_checks_the_point(mnet, tmp_path):
    (tmp_path / "space.mnet").write_text(SPACE)
    mnet("compile", "space.mnet", "--choose", "width=16", "-o", "net.tflite")
    assert "error[E0662]" in mnet("compile", "space.mnet", "--choose", "width=32", "-o", "big.tflite", code=1).stderr
