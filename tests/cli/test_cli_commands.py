"""The other subcommands, each by what it prints and how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MNET = Path(sys.executable).with_name("mnet")


def test_help_imports_nothing_heavy():
    program = (
        "import sys\nfrom mnet.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('numpy', 'onnx', 'tensorflow', 'lark', 'flatbuffers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["bench", "check", "compile", "cost", "opt", "verify"])
def test_every_command_explains_itself(mnet, command):
    assert mnet(command, "--help").stdout.startswith("Usage:")


def test_unknown_command(mnet):
    assert "No such command" in mnet("compil", code=2).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(mnet, shell):
    done = subprocess.run(
        [MNET], env={**os.environ, "_MNET_COMPLETE": f"{shell}_source"}, capture_output=True, text=True
    )
    assert "_MNET_COMPLETE" in done.stdout


def test_check_is_quiet_about_a_good_program(mnet, tiny):
    assert mnet("check", tiny).stdout == f"{tiny}: no errors (Tiny)\n"


def test_check_says_which_models_it_could_not_check(mnet, tmp_path):
    (tmp_path / "a.mnet").write_text(
        "model A(classes: int) {\n  input x: f32[N, 4]\n  output y = x |> mean(axes=[3])\n}\n"
    )
    done = mnet("check", "a.mnet")
    assert "the shapes of A were not checked; say `--model A --set classes=...`" in done.stderr
    mnet("check", "a.mnet", "--model", "A", "--set", "classes=3", code=1)


def test_check_finds_shapes_in_every_model_of_a_file(mnet, tmp_path):
    (tmp_path / "two.mnet").write_text(
        "model A() {\n  input x: f32[N, 4]\n  output y = x |> mean(axes=[3])\n}\n"
        "model B() {\n  input x: f32[N, 4, 4, 3]\n  output y = x |> conv2d(8, groups=2)\n}\n"
    )
    found = json.loads(mnet("check", "two.mnet", "--format", "json", code=1).stdout)["diagnostics"]
    assert [d["labels"][0]["span"]["line"] for d in found] == [3, 7]


def test_a_file_that_is_not_there_is_wrong_input(mnet):
    assert "none.mnet" in mnet("check", "none.mnet", code=2).stderr


def test_cost_adds_up(mnet, examples):
    words = ("cost", examples / "mobilenet_v2.mnet", "--set", "width=0.5")
    report = json.loads(mnet(*words, "--format", "json").stdout)
    assert report["total"]["macs"] == sum(layer["macs"] for layer in report["layers"])
    assert report["peak_memory"]["bytes"] > 0
    text = mnet(*words, "--depth", "1").stdout
    assert f"MACs            {report['total']['macs']:,}" in text


def test_verify_names_the_line_where_an_artifact_departs(mnet, tiny):
    mnet("compile", tiny, "-o", "a.onnx", "--seed", "1")
    assert "equal" in mnet("verify", "a.onnx", tiny, "--seed", "1").stdout
    done = mnet("verify", "a.onnx", tiny, "--seed", "2", code=1)
    assert "logits: DIFFERS" in done.stdout
    assert "tiny.mnet:4" in done.stdout
    assert json.loads(mnet("verify", "a.onnx", tiny, "--format", "json", code=1).stdout)["passed"] is False


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_verify_takes_the_batch_of_the_artifact(mnet, tiny, target):
    mnet("compile", tiny, "-o", f"a.{target}", "--batch", "3")
    assert "equal" in mnet("verify", f"a.{target}", tiny).stdout
    done = mnet("verify", f"a.{target}", tiny, "--set", "classes=4", code=1)
    assert "its shape is (3, 10), not (3, 4)" in done.stdout


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_verify_says_that_an_artifact_has_other_inputs(mnet, tiny, examples, target):
    mnet("compile", tiny, "-o", f"a.{target}")
    done = mnet("verify", f"a.{target}", examples / "mobilenet_v2.mnet", code=2)
    assert "error[E0805]" in done.stderr
    assert "8, 8, 3" in done.stderr
    assert "224, 224, 3" in done.stderr


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_bench_measures(mnet, tiny, target):
    mnet("compile", tiny, "-o", f"a.{target}")
    assert json.loads(mnet("bench", f"a.{target}", "--runs", "3", "--format", "json").stdout)["median_ms"] > 0


@pytest.mark.parametrize("name", ["a.txt", "none.tflite", "none.onnx"])
def test_bench_of_what_is_no_artifact(mnet, tmp_path, name):
    (tmp_path / "a.txt").write_text("")
    assert name in mnet("bench", name, code=2).stderr


def test_opt_runs_passes_on_ir_text(mnet, tiny, tmp_path):
    text = mnet("opt", tiny, "-p", "").stdout
    (tmp_path / "a.ir").write_text(text)
    assert mnet("opt", "a.ir", "-p", "").stdout == text
    folded = mnet("opt", "a.ir", "-p", "fold-bn,fuse-activations", "--remarks")
    assert "batch_norm" in text
    assert "batch_norm(" not in folded.stdout
    assert "did: tiny.mnet:4" in folded.stderr or "tiny.mnet:4" in folded.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-p", "fold-bm"], "did you mean `fold-bn`?"),
        (["-p", "fold-bn,everything"], "1 | fold-bn,everything\n  |         ^^^^^^^^^^\n"),
        (["-p", "everything"], "the passes are `eliminate-common`, "),
        (["-p", "fold-bn{x=1}"], "x"),
    ],
)
def test_opt_refuses_a_wrong_pipeline(mnet, tiny, words, expected):
    assert expected in mnet("opt", tiny, *words, code=2).stderr


def test_opt_refuses_wrong_ir(mnet, tmp_path):
    (tmp_path / "a.ir").write_text("graph nonsense {")
    assert "a.ir:1" in mnet("opt", "a.ir", code=2).stderr


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_verify_runs_with_the_batch_of_the_artifact(mnet, tmp_path, target):
    (tmp_path / "mixed.mnet").write_text(
        "model M() {\n  input scale: f32[]\n  input fixed: f32[2, 4]\n  input x: f32[N, 4]\n"
        "  output y = x * scale |> relu\n  output z = fixed |> tanh\n}\n"
    )
    for batch in ([], ["--batch", "3"]):
        mnet("compile", "mixed.mnet", *batch, "-o", f"m.{target}")
        assert mnet("verify", f"m.{target}", "mixed.mnet").stdout.count("equal") == 2


@pytest.mark.parametrize("target", ["tflite", "onnx"])
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("image", "picture", "`picture` [N, 8, 8, 3]"), ("8, 8, 3", "9, 6, 3", "`image` [N, 9, 6, 3]")],
)
def test_verify_says_that_an_artifact_is_of_another_model(mnet, tiny, target, before, after, expected):
    mnet("compile", tiny, "-o", f"a.{target}")
    tiny.write_text(tiny.read_text().replace(before, after))
    message = mnet("verify", f"a.{target}", tiny, code=2).stderr
    assert f"`a.{target}` has the inputs `image` [" in message
    assert f", 8, 8, 3], and the program has {expected}" in message


@pytest.mark.parametrize("command", [["bench"], ["verify"]])
def test_a_pipe_is_no_artifact(mnet, tiny, tmp_path, command):
    os.mkfifo(tmp_path / "a.tflite")
    program = [tiny] if command == ["verify"] else []
    assert "`a.tflite` is no file" in mnet(*command, "a.tflite", *program, code=2).stderr
