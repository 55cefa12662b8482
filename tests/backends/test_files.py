"""Files appear whole or not at all, whatever happens while they are written."""

import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mnet.backends.files import write_atomically
from mnet.dsl.diagnostics import DiagnosticError


def test_writes_replaces_and_leaves_equal_bytes_alone(tmp_path):
    path = tmp_path / "model.bin"
    assert write_atomically(path, lambda file: file.write(b"one"))
    os.utime(path, (1, 1))
    assert not write_atomically(path, lambda file: file.write(b"one"))
    assert path.stat().st_mtime == 1
    assert write_atomically(path, lambda file: file.write(b"two"))
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["model.bin"]


def test_honours_the_umask_and_follows_links(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "model")
    old = os.umask(0o027)
    try:
        write_atomically(tmp_path / "link", lambda file: file.write(b"x"))
    finally:
        os.umask(old)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "model").stat().st_mode & 0o777 == 0o640


def test_keeps_the_permissions_of_what_it_replaces(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomically(path, lambda file: file.write(b"new"))
    assert (path.stat().st_mode & 0o777, path.read_bytes()) == (0o640, b"new")


def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"old")

    def fail(file):
        file.write(b"half")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        write_atomically(path, fail)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["model.bin"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/model.bin", "no such file or directory"),
        (".", "it is a directory"),
        ("/dev/null", "regular file"),
        ("circle", "symbolic links"),
    ],
)
def test_what_cannot_be_written_is_a_diagnostic(tmp_path, name, words):
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(DiagnosticError, match=f"E0901: .*{words}"):
        write_atomically(tmp_path / name, lambda file: file.write(b"x"))


def in_a_process(path, body, **limits):
    program = "from pathlib import Path\nfrom mnet.backends.files import write_atomically\n" + textwrap.dedent(body)
    return subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, **limits)


def test_a_full_disk_is_a_diagnostic(tmp_path):
    def one_megabyte():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    body = "import sys; write_atomically(Path(sys.argv[1]), lambda file: file.write(b'x' * (8 << 20)))"
    done = in_a_process(tmp_path / "model.bin", body, preexec_fn=one_megabyte)
    assert "file too large" in done.stderr.splitlines()[-1]
    assert os.listdir(tmp_path) == []


def test_a_kill_while_writing_leaves_nothing(tmp_path):
    body = """
        import os, signal, sys
        def die(file):
            file.write(b"x" * (8 << 20))
            os.kill(os.getpid(), signal.SIGKILL)
        write_atomically(Path(sys.argv[1]), die)
    """
    done = in_a_process(tmp_path / "model.bin", body)
    assert done.returncode == -signal.SIGKILL
    assert os.listdir(tmp_path) == []


def test_a_working_directory_that_is_gone_is_a_diagnostic(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(DiagnosticError, match="no such file"):
        write_atomically(Path("model.bin"), lambda file: file.write(b"x"))
