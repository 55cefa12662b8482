"""`mnet space`, and the options that choose a point, each by what it prints and how it exits."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from mnet.cli.space import command

SPACE = """\
block ibn(x: tensor, filters: int) {
  choice expand in { 3, 6 }
  return x |> conv2d(filters * expand, kernel=1) |> conv2d(filters)
}

block plain(x: tensor, filters: int) { return x |> conv2d(filters) }

model Net() {
  input image: f32[N, 8, 8, 3]
  choice width in { 0.5, 1.0 }
  choice depth in { 1, 2 } where depth == 1 or width == 1.0
  choice rate in log_uniform(1e-4, 1e-1)
  x = image
  repeat depth as layer {
    choice op in { ibn, plain }
    x = x |> op(make_divisible(16 * width, 8))
  }
  output y = x
}
"""

EMPTY = "model Empty() {\n  input x: f32[N, 8]\n  choice a in { 1, 2 } where a > 2\n  output y = x |> dense(a)\n}\n"


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.mnet"
    path.write_text(SPACE)
    return path


@pytest.fixture
def point(mnet, net, tmp_path):
    """The largest point, as a file."""
    mnet("space", "max", net, "-o", "point.json")
    return tmp_path / "point.json"


def printed(done):
    return json.loads(done.stdout)


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_command_explains_itself(mnet):
    shown = mnet("space", "--help").stdout
    assert [name for name in command.commands if f"\n  {name} " not in shown] == []
    for name in command.commands:
        told = CliRunner().invoke(command, [name, "--help"])
        assert told.output.startswith("Usage:")
        assert "MODEL.mnet" in told.output


def test_describe_tells_where_decisions_are_made_and_when(mnet, net):
    shown = mnet("space", "describe", net).stdout.splitlines()
    assert shown[0].split() == ["decision", "options", "open", "line", "count"]
    assert shown[1].split() == ["width", "0.5,", "1.0", "always", "net.mnet:10", "2"]
    assert [line.split()[0] for line in shown if "conditional" in line] == [
        "layer0.op.expand",
        "layer1.op",
        "layer1.op.expand",
    ]
    assert [line.split()[-2:] for line in shown if line.startswith("rate")] == [["carried", "net.mnet:12"]]
    told = printed(mnet("space", "describe", net, "--format", "json"))
    assert told["decisions"][2] == {
        "path": "layer0.op",
        "options": ["ibn", "plain"],
        "conditional": False,
        "span": f"{net}:15:12",
    }
    assert told["carried"][0]["log"] is True


def test_count_is_exact(mnet, net, examples):
    assert mnet("space", "count", net).stdout == "points         15\nindex vectors  64\n"
    told = printed(mnet("space", "count", examples / "spaces" / "single_path.mnet", "--format", "json"))
    assert (told["schema_version"], told["points"]) == (1, "31250000000000")


def test_a_model_without_choices_has_one_point(mnet, tiny):
    assert mnet("space", "count", tiny).stdout.startswith("points         1\n")
    assert lines(mnet("space", "enumerate", tiny))[0]["choices"] == {}


def test_a_space_without_points(mnet, tmp_path):
    (tmp_path / "empty.mnet").write_text(EMPTY)
    assert mnet("space", "count", "empty.mnet").stdout.startswith("points         0\n")
    assert mnet("space", "enumerate", "empty.mnet").stdout == ""
    for name in ("sample", "min", "max"):
        assert "error[E0634]" in mnet("space", name, "empty.mnet", code=2).stderr


def test_a_seed_draws_the_same_points(mnet, net):
    drawn = mnet("space", "sample", net, "--count", 20, "--seed", 3).stdout
    assert mnet("space", "sample", net, "--count", 20, "--seed", 3).stdout == drawn
    assert mnet("space", "sample", net, "--count", 20, "--seed", 4).stdout != drawn
    evenly = mnet("space", "sample", net, "--count", 20, "--seed", 3, "--uniform", "architectures").stdout
    assert len(evenly.splitlines()) == 20
    assert evenly != drawn


def test_enumerate_lists_every_point_once(mnet, net):
    every = lines(mnet("space", "enumerate", net))
    assert len({json.dumps(point["choices"]) for point in every}) == len(every) == 15
    assert lines(mnet("space", "enumerate", net, "--limit", 4)) == every[:4]
    assert printed(mnet("space", "enumerate", net, "--format", "json", "--limit", 99))["points"] == every
    assert "say `--limit`" in mnet("space", "enumerate", net, "--format", "json", code=2).stderr


def test_enumerate_streams_until_nobody_reads(examples):
    """Of 10**20 points the first one comes at once, and a closed pipe is no crash."""
    words = ["space", "enumerate", examples / "spaces" / "fbnet.mnet"]
    command = [sys.executable, "-m", "mnet", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert json.loads(running.stdout.readline())["model"] == "FBNet"
        running.stdout.close()
        assert running.stderr.read() == ""


def test_extremes_say_what_they_are(mnet, net):
    least, most = (mnet("space", which, net, "--by", "params", "--format", "json") for which in ("min", "max"))
    assert printed(least)["value"] < printed(most)["value"]
    assert printed(least)["proof"] == "exact"
    shown = mnet("space", "min", net)
    assert "macs (exact)" in shown.stderr
    assert printed(shown)["choices"] == {"width": 0.5, "depth": 1, "layer0.op": "plain"}


def test_a_written_point_compiles_and_costs_the_same(mnet, net, point):
    told = printed(mnet("space", "cost", net, point, "--format", "json"))["total"]
    assert told == printed(mnet("cost", net, "--choose", point, "--format", "json"))["total"]
    assert f"{told['macs']:,}" in mnet("space", "cost", net, point).stdout
    mnet("compile", net, "--choose", point, "-o", "net.onnx", "--depfile", "net.d")
    assert "point.json" in (net.parent / "net.d").read_text()
    assert "equal" in mnet("verify", "net.onnx", net, "--choose", point).stdout


def test_codes_there_and_back(mnet, net, point):
    for form in ([], ["--one-hot"]):
        code = mnet("space", "encode", net, point, *form).stdout.strip()
        decoded = mnet("space", "decode", net, code, *form, "--carry", "rate=0.0001")
        assert printed(decoded) == json.loads(point.read_text())


def test_codes_of_nothing(mnet, net):
    assert "error[E0641]" in mnet("space", "decode", net, "[0, 1]", code=2).stderr
    for code in ("0,1", "{}", "[" * 100_000):
        assert "list of numbers" in mnet("space", "decode", net, code, code=2).stderr
    assert "PATH=NUMBER" in mnet("space", "decode", net, "[]", "--carry", "rate", code=2).stderr


def test_variation(mnet, net, point, tmp_path):
    near = lines(mnet("space", "neighbours", net, point))
    assert len(near) == 5  # without width=0.5, which the depth excludes
    mutant = printed(mnet("space", "mutate", net, point, "--seed", 5))
    assert mutant["choices"] != json.loads(point.read_text())["choices"]
    mnet("space", "min", net, "-o", "least.json")
    child = printed(mnet("space", "crossover", net, point, "least.json", "--seed", 1))
    (tmp_path / "child.json").write_text(json.dumps(child))
    mnet("space", "cost", net, "child.json")


def test_a_program_is_never_written_over(mnet, net):
    for name in ("sample", "enumerate", "max"):
        assert "error[E0901]" in mnet("space", name, net, "-o", net, code=2).stderr
    assert net.read_text() == SPACE


def test_json_is_one_object_whatever_happens(mnet, net, point):
    for words in (["mutate", net, point], ["neighbours", net, point], ["sample", net], ["encode", net, point]):
        assert printed(mnet("space", *words, "--format", "json"))["schema_version"] == 1
    failed = mnet("space", "cost", net, "none.json", "--format", "json", code=2)
    assert printed(failed)["diagnostics"][0]["code"] == "E0404"


# Choosing a point ---------------------------------------------------------------------------


def test_an_open_model_is_refused(mnet, net):
    assert "error[E0630]" in mnet("compile", net, code=2).stderr


def test_decisions_one_by_one(mnet, net):
    words = [word for pair in ("width=1", "depth=1", "rate=0.01", "layer0.op=plain") for word in ("--choose", pair)]
    assert "448 trainable" in mnet("cost", net, *words).stdout
    refused = mnet("cost", net, *words[:-2], "--choose", "layer0.op=plian", code=2).stderr
    assert "did you mean `plain`?" in refused
    assert "does not decide `width`" in mnet("cost", net, "--choose", "depth=1", code=2).stderr


def test_a_sample_is_the_one_that_space_draws(mnet, net, tmp_path):
    (tmp_path / "drawn.json").write_text(mnet("space", "sample", net, "--seed", 7).stdout)
    drawn = mnet("cost", net, "--choose", "drawn.json").stdout
    assert mnet("cost", net, "--sample", 7).stdout == drawn


def test_the_same_point_makes_the_same_bytes(mnet, net, point, tmp_path):
    told = printed(mnet("compile", net, "--choose", "max", "-o", "a.tflite", "--format", "json"))
    assert told["point"] == json.loads(point.read_text())
    mnet("compile", net, "--choose", point, "-o", "b.tflite")
    assert (tmp_path / "a.tflite").read_bytes() == (tmp_path / "b.tflite").read_bytes()


def test_ways_to_choose_exclude_each_other(mnet, net, point):
    assert "exclude each other" in mnet("cost", net, "--sample", 1, "--choose", "max", code=2).stderr
    assert "PATH=OPTION" in mnet("cost", net, "--choose", "max", "--choose", "width=1", code=2).stderr
    assert "PATH=OPTION" in mnet("cost", net, "--choose", point, "--choose", point, code=2).stderr


def test_check_looks_at_the_point_that_is_chosen(mnet, net, tmp_path):
    net.write_text(SPACE.replace("output y = x", "output y = x\n  require params <= 1K"))
    assert "no errors" in mnet("check", net, "--choose", "min").stdout
    assert "params <= 1K" in mnet("check", net, "--choose", "max", code=1).stderr


def test_opt_prints_the_ir_of_a_point(mnet, net):
    assert "layer1.op" in mnet("opt", net, "--choose", "max").stdout
