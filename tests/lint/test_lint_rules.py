"""Every rule, by the samples of its own page; and the files of the project, by every rule.

`golden/` has each failing sample with what is said about it; `--update-golden` writes it.
"""

import re
from pathlib import Path

import pytest

from mnet import driver
from mnet.compiler.elaborate import elaborate
from mnet.compiler.irtext import print_graph
from mnet.dsl import tree
from mnet.dsl.check.walk import nodes
from mnet.dsl.diagnostics import Applicability
from mnet.dsl.format import format_source
from mnet.dsl.render import render
from mnet.dsl.source import Source, Sources
from mnet.lint.engine import lint, rule
from mnet.lint.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("golden")
FILES = sorted([*ROOT.glob("examples/*.mnet"), *ROOT.glob("examples/spaces/*.mnet"), *ROOT.glob("dsl/std/*.mnet")])
SUPPRESSIONS = ("L901", "L902")  # what these look at is found by others


def codes_for(code):
    return RULES if code in SUPPRESSIONS else [code]


@pytest.mark.parametrize("code", RULES)
def test_its_failing_sample_fails_once(code, found):
    failing = found(rule(code).fails, codes_for(code), rule(code).target)
    assert [finding.code.id for finding in failing if finding.code.id == code] == [code]


@pytest.mark.parametrize("code", RULES)
def test_what_it_says(code, golden):
    sources = Sources()
    program = driver.read_source(rule(code).fails, f"{code}.mnet", sources)
    said = [found for found in lint(program, codes_for(code), rule(code).target) if found.code.id == code]
    golden(GOLDEN / f"{code}.txt", f"{rule(code).fails}\n{render(said, sources)}")


def test_every_golden_text_has_a_rule():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(RULES)


@pytest.mark.parametrize("code", RULES)
def test_its_passing_sample_passes(code, found):
    assert [f.message for f in found(rule(code).passes, codes_for(code), rule(code).target) if f.code.id == code] == []


@pytest.mark.parametrize("code", RULES)
def test_it_says_what_to_do_and_its_fix_does_it(code, found, fixed):
    known = rule(code)
    (failing,) = [f for f in found(known.fails, codes_for(code), known.target) if f.code.id == code]
    assert failing.hint
    if failing.fix:
        mended = fixed(known.fails, codes_for(code), unsafe=True, target=known.target)
        assert code not in {finding.code.id for finding in mended.left}
        safe = failing.fix.applicability is Applicability.SAFE
        assert not safe or graphs(mended.text) == graphs(known.fails)


def graphs(text):
    """The models that can be elaborated as they stand, without their places in the text."""
    program = driver.read_source(text, "a.mnet")
    models = [item for item in program.main.items if isinstance(item, tree.Model)]
    open_ones = {model.name.name for model in models for node in nodes(model) if isinstance(node, tree.Choice)}
    names = [model.name.name for model in models if model.name.name not in open_ones]
    return [re.sub(r' @ "[^"]*":[-:0-9]+', "", print_graph(elaborate(program, name))) for name in names]


@pytest.mark.parametrize("code", RULES)
def test_it_is_declared_as_it_is_listed(code):
    known = rule(code)
    assert known.code.id == code
    assert known.name.replace("-", "_") == RULES[code]
    assert known.what.endswith(".")
    assert known.why.endswith((".", ")"))
    assert known.what.startswith(("Finds", "Asks"))


@pytest.mark.parametrize("code", [code for code in RULES if code != "L701"])
def test_its_samples_are_laid_out(code):
    for text in (rule(code).fails, rule(code).passes):
        assert format_source(Source("a.mnet", text)) == text


def test_every_file_of_a_rule_is_listed():
    files = {path.stem for path in (ROOT / "lint" / "rules").glob("*.py")} - {"__init__"}
    assert files == set(RULES.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_projects_own_files_are_clean(path):
    assert [str(finding) for finding in lint(driver.read(path), RULES)] == []
