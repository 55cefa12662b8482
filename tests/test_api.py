"""The public face: a dozen names, imported when they are asked for, that refuse what they do not know."""

import subprocess
import sys

import numpy as np
import pytest

import mnet

PROGRAM = "model Net(classes: int = 3) {\n  input x: f32[N, 4]\n  output y = x |> dense(classes)\n}\n"


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "net.mnet"
    path.write_text(PROGRAM)
    return path


def test_every_public_name_is_there():
    assert dir(mnet) == sorted(mnet.__all__)
    assert all(getattr(mnet, name) is not None for name in mnet.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'compil'"):
        mnet.compil  # noqa: B018  # the access is what is tried


def test_importing_mnet_imports_nothing_else():
    program = "import sys, mnet; print([m for m in sys.modules if m.startswith(('mnet.', 'numpy', 'click'))])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"


def test_from_text_to_a_verified_artifact(program, tmp_path):
    artifact = mnet.compile(program, target="onnx", output=tmp_path / "net.onnx", seed=5)
    assert (artifact.target, artifact.changed, artifact.files) == ("onnx", True, (tmp_path / "net.onnx",))
    assert mnet.verify(artifact.path, mnet.load(program, seed=5)).passed
    assert not mnet.verify(artifact.path, mnet.load(program, seed=6)).passed


def test_a_backend_with_options_is_a_target(program, tmp_path):
    backend = mnet.backend("onnx", opset=15, batch=2)
    assert mnet.verify(mnet.write(mnet.load(program), backend, tmp_path / "a.onnx").path, mnet.load(program)).passed
    with pytest.raises(mnet.DiagnosticError, match="has no option `opsett`"):
        mnet.backend("onnx", opsett=15)


def test_the_ending_decides_and_is_not_contradicted(program, tmp_path):
    assert mnet.compile(program, output=tmp_path / "a.onnx").target == "onnx"
    with pytest.raises(mnet.DiagnosticError, match="its name says otherwise"):
        mnet.compile(program, target="tflite", output=tmp_path / "b.onnx")
    with pytest.raises(mnet.DiagnosticError, match=r"does not end in `\.tflite` or `\.onnx`"):
        mnet.compile(program, output=tmp_path / "c.pb")


@pytest.mark.parametrize("wrong", [{"weigths": "x"}, {"batch": 1}, {"root": "lib"}])
def test_unknown_keywords_are_refused(program, wrong):
    with pytest.raises(TypeError, match=next(iter(wrong))):
        mnet.load(program, **wrong)
    with pytest.raises(TypeError, match=next(iter(wrong))):
        mnet.compile(program, **wrong)


def test_a_network_runs_and_says_briefly_what_it_is(program):
    network = mnet.load(program, set={"classes": 5})
    assert repr(network) == f"<network Net of {program}: 1 operators>"
    assert network.run(x=np.ones((2, 4), np.float32))["y"].shape == (2, 5)
    assert network.initialised


def test_a_diagnostic_error_says_where_and_what_helps(program):
    with pytest.raises(mnet.DiagnosticError) as failure:
        mnet.load(program, "Nett")
    assert "did you mean `Net`?" in str(failure.value)
    program.write_text(PROGRAM.replace("dense", "dens"))
    with pytest.raises(mnet.DiagnosticError) as failure:
        mnet.load(program)
    assert str(failure.value).startswith(f"{program}:3:19: E0201: unknown name `dens`")


def test_the_order_of_settings_is_no_part_of_the_bytes(tmp_path):
    (tmp_path / "net.mnet").write_text(PROGRAM.replace("classes: int = 3", "classes: int = 3, width: int = 2"))
    for name, order in (("a", ["classes", "width"]), ("b", ["width", "classes"])):
        given = dict.fromkeys(order, 4)
        mnet.compile(tmp_path / "net.mnet", set=given, output=tmp_path / f"{name}.tflite")
    assert (tmp_path / "a.tflite").read_bytes() == (tmp_path / "b.tflite").read_bytes()
