"""Broken programs and what is said about them.

`programs/<name>.mnet`, or `programs/<name>/main.mnet` where it imports files of its own, and beside it
the diagnostics as they are rendered. Every program goes as far as it gets: it is loaded, checked and
elaborated. `pytest tests/test_corpus.py --update-golden` writes the texts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mnet import driver
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.render import render
from mnet.dsl.source import Sources

PROGRAMS = Path(__file__).parent / "corpus" / "programs"
CASES = sorted([*PROGRAMS.glob("*.mnet"), *PROGRAMS.glob("*/main.mnet")])


def case_name(path: Path) -> str:
    return path.parent.name if path.name == "main.mnet" else path.stem


def diagnosed(path: Path, sources: Sources) -> DiagnosticError:
    with pytest.raises(DiagnosticError) as caught:
        driver.load(path, sources=sources)
    return caught.value


@pytest.mark.parametrize("path", CASES, ids=case_name)
def test_broken_program(path: Path, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    sources = Sources()
    refused = diagnosed(Path(path.name), sources)
    golden(path.with_suffix(".txt"), render(refused.diagnostics, sources))


def test_every_golden_text_has_a_program() -> None:
    assert {text.with_suffix(".mnet") for text in PROGRAMS.rglob("*.txt")} == set(CASES)


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 80
