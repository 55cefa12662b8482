"""The hooks, called by the real pre-commit. It would make an environment for them; here they find this one's `mnet`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """repos:
  - repo: {hooks}
    rev: {rev}
    hooks:
      - id: mnet-fmt
        language: system
      - id: mnet-lint
        language: system
"""
UGLY = """//! A test.
import std.mobile { conv_bn, depthwise_bn }

/// A layer.
model Net() {
  input image: f32[N,32,32,3]
  output y = image |> conv_bn(16)
}
"""
CLEAN = """//! A test.

import std.mobile { conv_bn }

/// A layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output y = image |> conv_bn(16)
}
"""


@pytest.fixture
def run(tmp_path):
    """Runs a program where git and pre-commit have a home of their own."""
    home = {"HOME": str(tmp_path), "PRE_COMMIT_HOME": str(tmp_path / "cache"), "GIT_CONFIG_NOSYSTEM": "1"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    names = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def run(*words, cwd, code=0):
        env = {**os.environ, **home, **names, "PATH": path}
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def scratch(tmp_path, run):
    """A repository that uses the hooks, which are in a repository as well."""
    hooks, used = tmp_path / "hooks", tmp_path / "scratch"
    for folder in (hooks, used):
        folder.mkdir()
        run("git", "init", "--quiet", ".", cwd=folder)
    (hooks / ".pre-commit-hooks.yaml").write_text((ROOT / ".pre-commit-hooks.yaml").read_text())
    run("git", "add", ".", cwd=hooks)
    run("git", "commit", "--quiet", "-m", "hooks", cwd=hooks)
    rev = run("git", "rev-parse", "HEAD", cwd=hooks).strip()
    (used / ".pre-commit-config.yaml").write_text(CONFIG.format(hooks=hooks, rev=rev))
    return used


def test_the_hooks_format_and_lint_what_is_committed(scratch, run):
    commit = [sys.executable, "-m", "pre_commit", "run", "--color=never"]
    (scratch / "net.mnet").write_text(UGLY)
    (scratch / "notes.txt").write_text("no program")
    run("git", "add", ".", cwd=scratch)
    said = run(*commit, cwd=scratch, code=1)
    assert "mnet fmt" in said
    assert "files were modified by this hook" in said
    assert "`depthwise_bn` is imported and never used" in said
    assert (scratch / "net.mnet").read_text() == UGLY.replace("[N,32,32,3]", "[N, 32, 32, 3]").replace("!\n", "!\n\n")

    (scratch / "net.mnet").write_text(CLEAN)
    run("git", "add", ".", cwd=scratch)
    said = run(*commit, cwd=scratch)
    assert said.count("Passed") == 2
