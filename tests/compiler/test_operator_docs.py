"""The committed reference page is the one that the declarations make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mnet.compiler.ops import OPERATORS
from mnet.compiler.ops.pages import call, page

COMMITTED = Path(__file__).parents[2] / "docs" / "operators.md"


def test_committed_page_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == page(), (
        "run `python -m mnet.compiler.ops.pages > docs/operators.md`"
    )


def test_module_prints_the_page():
    command = [sys.executable, "-m", "mnet.compiler.ops.pages"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == page()


def test_page_has_every_operator_and_every_parameter():
    text = page()
    for operator in OPERATORS.values():
        section = text.split(f"### {operator.name}\n")[1].split("\n### ")[0]
        assert operator.doc in section
        for described in (*operator.operands, *operator.attributes, *operator.signature.parameters):
            assert f"`{described.name}`" in section


def test_calls_are_written_as_programs_write_them():
    assert call(OPERATORS["relu"]) == "relu(x: tensor) -> tensor"
    assert call(OPERATORS["mean"]) == "mean(x: tensor, axes: list[int] = [1, 2], keepdims: bool = false) -> tensor"
    assert call(OPERATORS["split"]) == "split(x: tensor, sections: int | list[int], axis: int = -1) -> list[tensor]"
