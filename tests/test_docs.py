"""The documentation is made from the code, and what it says can be tried."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from mnet.backends.onnx import constraints as onnx
from mnet.backends.tflite import constraints as tflite
from mnet.compiler.ops import pages as operators
from mnet.dsl import pages as library
from mnet.lint.rules import RULES
from mnet.manual import annotations, errors, rules

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MNET = Path(sys.executable).with_name("mnet")


@pytest.mark.parametrize(
    ("page", "make"),
    [
        ("errors.md", errors.page),
        ("operators.md", operators.page),
        ("library.md", library.page),
        ("annotations.md", annotations.page),
        ("rules/README.md", rules.index),
        ("backends/tflite.md", tflite.documentation),
        ("backends/onnx.md", onnx.documentation),
    ],
)
def test_generated_pages_are_current(golden, page, make):
    golden(ROOT / "docs" / page, make())


@pytest.mark.parametrize("code", RULES)
def test_pages_of_rules_are_current(golden, code):
    golden(ROOT / "docs" / "rules" / f"{code}.md", rules.page(code))


def test_every_page_of_a_rule_has_its_rule():
    written = {page.stem for page in (ROOT / "docs" / "rules").glob("*.md")}
    assert written == {"README", *RULES}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target


def snippets(language):
    for document in DOCUMENTS:
        for number, text in enumerate(re.findall(rf"```{language}\n(.*?)```", document.read_text(), re.S)):
            yield pytest.param(text, id=f"{document.stem}-{number}")


@pytest.fixture
def workplace(tmp_path):
    """Where a reader would try what the documents say: beside the examples and the files that they show."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "net.mnet").write_text(
        "model Net() {\n  input x: f32[N, 8]\n  output y = x |> classifier: dense(4)\n}\n"
    )
    for document in DOCUMENTS:
        for name, text in re.findall(r"```\w+ file=(\S+)\n(.*?)```", document.read_text(), re.S):
            (tmp_path / name).write_text(text)
    (tmp_path / "net.rename").write_text("source torch\nfc = classifier\n")
    stored = {"fc.weight": np.ones((4, 8), np.float32), "fc.bias": np.zeros(4, np.float32)}
    save_file(stored, tmp_path / "net.safetensors")
    return tmp_path


@pytest.mark.parametrize("text", list(snippets("python")))
def test_python_snippets_run(text, workplace):
    subprocess.run([sys.executable, "-c", text], cwd=workplace, check=True)


@pytest.mark.parametrize("text", list(snippets("console")))
def test_console_sessions_are_real(text, workplace, monkeypatch):
    """Each command prints what is shown under it; `...` stands for what is left out."""
    for command, shown in sessions(text):
        words = [str(MNET), *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=workplace, capture_output=True, text=True)
        printed = done.stderr + done.stdout
        pattern = ".*".join(map(re.escape, re.split(r"\.\.\.\n?", shown.rstrip())))
        assert re.search(pattern, printed, re.S), printed


def sessions(text):
    """`$ command` and the lines under it, for the commands that are ours."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, shown = part.partition("\n")
        if command.startswith("mnet "):
            yield command, shown
