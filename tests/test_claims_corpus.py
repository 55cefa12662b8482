"""Programs that are right, and whose models are not what they claim; and what `mnet check` says about them.

`claims/<name>.mnet`, and beside it the diagnostics as they are rendered. `<name>.<table>.json` are the latency tables
that a program is checked with. `pytest tests/test_claims_corpus.py --update-golden` writes the texts.
"""

from pathlib import Path

import pytest

from mnet import driver
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.render import render
from mnet.dsl.source import Sources

CLAIMS = Path(__file__).parent / "corpus" / "claims"
CASES = sorted(CLAIMS.glob("*.mnet"))


def diagnosed(path, sources):
    tables = {table.name.split(".")[1]: table.name for table in sorted(CLAIMS.glob(f"{path.stem}.*.json"))}
    try:
        return driver.check(path.name, tables=tables, sources=sources).diagnostics
    except DiagnosticError as caught:
        return caught.diagnostics


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_claims(path, golden, monkeypatch):
    monkeypatch.chdir(CLAIMS)
    sources = Sources()
    found = diagnosed(path, sources)
    assert found
    golden(path.with_suffix(".txt"), render(found, sources))


def test_every_golden_text_has_a_program():
    assert {text.with_suffix(".mnet") for text in CLAIMS.glob("*.txt")} == set(CASES)


def test_the_corpus_is_large():
    assert len(CASES) >= 40
