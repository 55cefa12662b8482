"""`mnet compile`: artefacts, build systems, mistakes."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest


def test_says_what_it_wrote_and_that_weights_were_made_up(mnet, tiny, tmp_path):
    done = mnet("compile", tiny)
    size = (tmp_path / "Tiny.tflite").stat().st_size
    assert done.stdout == f"Tiny.tflite: {size:,} bytes\n"
    assert done.stderr == "notice: no weights given; parameters are initialised from seed 0\n"


def test_json_describes_the_artifact(mnet, tiny, tmp_path):
    done = mnet("compile", tiny, "--target", "onnx", "--format", "json")
    described = json.loads(done.stdout)
    content = (tmp_path / "Tiny.onnx").read_bytes()
    assert described["schema_version"] == 1
    assert described["files"] == [
        {"path": "Tiny.onnx", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ]
    assert (described["model"], described["target"], described["initialised"]) == ("Tiny", "onnx", True)


def test_the_ending_of_the_output_names_the_target(mnet, tiny, tmp_path):
    mnet("compile", tiny, "-o", "a.onnx")
    mnet("compile", tiny, "--target", "onnx", "-o", "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_unchanged_inputs_leave_the_file_alone(mnet, tiny, tmp_path):
    mnet("compile", tiny)
    os.utime(tmp_path / "Tiny.tflite", (1, 1))
    assert "unchanged" in mnet("compile", tiny).stdout
    assert (tmp_path / "Tiny.tflite").stat().st_mtime == 1
    assert "unchanged" not in mnet("compile", tiny, "--set", "classes=11").stdout


def test_make_builds_again_only_when_a_file_that_was_read_changed(tmp_path, tiny):
    (tmp_path / "blocks.mnet").write_text("block twice(x: tensor) -> tensor {\n  return x + x\n}\n")
    tiny.write_text("import blocks { twice }\n" + tiny.read_text().replace("|> mean()", "|> twice() |> mean()"))
    (tmp_path / "Makefile").write_text(
        "net.tflite: tiny.mnet\n\t@echo compiling\n"
        f"\t@{sys.executable} -m mnet compile tiny.mnet -o $@ --depfile net.d\n\t@touch $@\n-include net.d\n"
    )

    def make():
        return subprocess.run(["make"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert "compiling" in make()
    assert "compiling" not in make()
    later = (tmp_path / "net.tflite").stat().st_mtime + 5
    os.utime(tmp_path / "blocks.mnet", (later, later))
    assert "compiling" in make()
    (tmp_path / "blocks.mnet").rename(tmp_path / "pieces.mnet")
    tiny.write_text(tiny.read_text().replace("import blocks", "import pieces"))
    assert "compiling" in make()


def test_the_depfile_quotes_what_make_would_take_apart(mnet, tmp_path, tiny):
    odd = tmp_path / "a $b #c.mnet"
    odd.write_text(tiny.read_text())
    mnet("compile", odd.name, "-o", "n.tflite", "--depfile", "n.d")
    assert (tmp_path / "n.d").read_text() == "n.tflite: a\\ $$b\\ \\#c.mnet\na\\ $$b\\ \\#c.mnet:\n"


def test_weights_by_path(mnet, tiny, tmp_path):
    random = np.random.default_rng(0)
    shapes = {"conv2d.weight": (3, 3, 3, 8), "dense.weight": (8, 10), "dense.bias": (10,)}
    shapes |= {f"batch_norm.{name}": (8,) for name in ("gamma", "beta", "mean", "variance")}
    np.savez(tmp_path / "w.npz", **{name: np.abs(random.normal(size=s)).astype("f4") for name, s in shapes.items()})
    assert mnet("compile", tiny, "--weights", "w.npz").stderr == ""
    mnet("verify", "Tiny.tflite", tiny, "--weights", "w.npz")


def torch_weights(path, classes):
    random = np.random.default_rng(0)
    shapes = {"a.0.weight": (8, 3, 3, 3), "b.weight": (classes, 8), "b.bias": (classes,)}
    shapes |= {f"a.1.{name}": (8,) for name in ("weight", "bias", "running_mean", "running_var")}
    np.savez(path, **{name: np.abs(random.normal(size=s)).astype("f4") for name, s in shapes.items()})


def test_notes_of_the_binding_are_notices(mnet, tiny, tmp_path):
    torch_weights(tmp_path / "w.npz", 10)
    said = mnet("compile", tiny, "--weights", "w.npz").stderr
    assert said.startswith("notice: the checkpoint does not say its batch norms' epsilon; the program has 0.001")


def test_weights_that_do_not_fit_are_explained_too(mnet, tiny, tmp_path):
    torch_weights(tmp_path / "w.npz", 7)
    said = mnet("compile", tiny, "--weights", "w.npz", "--explain-weights", code=2).stderr
    assert "  conv2d     <- a.0  shape" in said
    assert "  not used: b, convolution or dense [1, 1, 8, 7]\nerror[E0707]" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--set", "klasses=3"], "did you mean `classes`?"),
        (["--set", "classes=many"], "classes"),
        (["--set", "classes"], "is not of the form NAME=VALUE"),
        (["--model", "Tinny"], "did you mean `Tiny`?"),
        (["--target", "tflite", "--opset", "17"], "error[E0903]: target `tflite` has no option `opset`"),
        (["-o", "no/such/dir.tflite"], "no such file or directory"),
        (["-o", ".", "--target", "onnx"], "it is a directory"),
        (["-o", "net.pb"], "does not end in `.tflite` or `.onnx`"),
        (["-o", "net.onnx", "--target", "tflite"], "its name says otherwise"),
        (["--weights", "none.npz"], "none.npz"),
        (["--rename", "none.rename"], "error[E0718]: `none.rename` renames the layers of no weight file"),
        (["--rename", "none.rename", "--weights", "none.npz"], "none"),
    ],
)
def test_mistakes_exit_with_2_and_write_nothing(mnet, tiny, tmp_path, words, expected):
    done = mnet("compile", tiny, *words, code=2)
    assert expected in done.stderr
    assert os.listdir(tmp_path) == ["tiny.mnet"]


def test_errors_are_json_where_json_was_asked_for(mnet, tmp_path):
    (tmp_path / "bad.mnet").write_text("model M() {\n  input x: f32[1, 4]\n  output y = x |> dnse(3)\n}\n")
    done = mnet("compile", "bad.mnet", "--format", "json", code=2)
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert (found["code"], found["labels"][0]["span"]["line"]) == ("E0201", 3)
    assert "dense" in found["hint"]


def test_colour_only_where_somebody_looks(mnet, tmp_path):
    (tmp_path / "bad.mnet").write_text("model M() {}\n")
    assert "\x1b" not in mnet("check", "bad.mnet", code=1).stderr


class TestSameBytes:
    """The same input gives the same bytes, whatever else differs."""

    @pytest.mark.parametrize("target", ["tflite", "onnx"])
    def test_across_processes_hash_seeds_directories_and_locales(self, mnet, examples, tmp_path, target):
        program = examples / "mobilenet_v3.mnet"
        elsewhere = tmp_path / "deep" / "er"
        elsewhere.mkdir(parents=True)
        copy = elsewhere / "mobilenet_v3.mnet"
        copy.write_text(program.read_text())
        words = ("--model", "MobileNetV3Small", "--target", target, "-o")
        mnet(
            "compile",
            program,
            *words,
            tmp_path / f"a.{target}",
            env={"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
        )
        other = {"PYTHONHASHSEED": "77", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo", "OMP_NUM_THREADS": "1"}
        mnet("compile", copy.name, *words, tmp_path / f"b.{target}", env=other, cwd=elsewhere)
        assert (tmp_path / f"a.{target}").read_bytes() == (tmp_path / f"b.{target}").read_bytes()


def test_names_that_are_not_utf8_give_the_same_bytes_in_every_locale(mnet, tiny, tmp_path):
    odd = tmp_path / os.fsdecode("ü\xff.mnet".encode() + b"\xff")
    odd.write_bytes(tiny.read_bytes())
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "utf-8:replace"}
    for target in ("tflite", "onnx"):
        mnet("compile", odd, "--target", target, "-o", "a", "--depfile", "a.d")
        mnet("compile", odd, "--target", target, "-o", "b", env=ascii_only)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
        assert os.fsencode(odd) in (tmp_path / "a.d").read_bytes()


def test_a_result_that_cannot_be_printed_is_no_traceback(tiny, tmp_path):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mnet", "cost", tiny], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr == "error[E0901]: can't write the result: no space left on device\n"


@pytest.mark.parametrize("batch", ["2147483648", "99999999999999999999"])
@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_a_batch_beyond_any_file_is_refused(mnet, tiny, target, batch):
    assert "a batch is 1 to 2,147,483,647" in mnet("compile", tiny, "--target", target, "--batch", batch, code=2).stderr


def test_what_was_read_is_never_overwritten(mnet, tiny, tmp_path):
    (tmp_path / "blocks.mnet").write_text("block twice(x: tensor) -> tensor {\n  return x + x\n}\n")
    tiny.write_text("import blocks { twice }\n" + tiny.read_text().replace("|> mean()", "|> twice() |> mean()"))
    mnet("opt", tiny, "-o", "tiny.ir")
    (tmp_path / "linked.onnx").symlink_to("tiny.mnet")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for words in (
        ["compile", tiny, "--target", "onnx", "-o", "tiny.mnet"],
        ["compile", tiny, "--target", "onnx", "-o", "linked.onnx"],
        ["compile", tiny, "--target", "onnx", "-o", "blocks.mnet"],
        ["opt", tiny, "-o", "tiny.mnet"],
    ):
        assert "it is read or written by the same command" in mnet(*words, code=2).stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    for depfile in ("tiny.mnet", "Tiny.tflite"):
        assert f"can't write `{depfile}`" in mnet("compile", tiny, "--depfile", depfile, code=2).stderr
    assert tiny.read_bytes() == before[tiny]


ANNOTATED = """model Net() {
  input x: f32[N, 8]
  @precision(weights="int8", activations="int8") @freeze y = x |> dense(4)
  @freeze y = y |> relu
  output o = y
}
"""


def test_annotations_without_effect_are_warnings(mnet, tmp_path):
    (tmp_path / "net.mnet").write_text(ANNOTATED)
    done = mnet("compile", "net.mnet", "-o", "a.onnx", "--format", "json")
    assert "`onnx` does not honour `@precision` yet: the network in the file is the same as without it" in done.stderr
    assert "@freeze" in done.stderr
    listed = json.loads(done.stdout)["diagnostics"]
    assert [(found["code"], found["severity"], found["labels"][0]["span"]["line"]) for found in listed] == [
        ("E0647", "warning", 4),
        ("E0806", "warning", 3),
    ]


def test_cost_lists_annotations_and_frozen_parameters(mnet, tmp_path):
    (tmp_path / "net.mnet").write_text(ANNOTATED)
    report = json.loads(mnet("cost", "net.mnet", "--format", "json").stdout)
    assert report["layers"][0]["annotations"] == [
        {"kind": "precision", "arguments": {"weights": "int8", "activations": "int8"}},
        {"kind": "freeze", "arguments": {}},
    ]
    assert (report["total"]["trainable"], report["total"]["frozen"]) == (0, 36)
    assert "0 trainable, 36 frozen, 36 with moving statistics" in mnet("cost", "net.mnet").stdout
