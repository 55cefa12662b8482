"""Comments that silence rules, and rules about such comments."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "linter.md"

ODD = """//! A test.

/// Two layers.
model Net() {{
  input image: f32[N, 32, 32, 3]
{above}  x = image |> stem: conv2d(30) |> relu{behind}
  output features = x |> conv2d(32)
}}
"""


def codes(findings):
    return [finding.code.id for finding in findings]


def odd(above="", behind=""):
    return ODD.format(above=f"  {above}\n" if above else "", behind=f" {behind}" if behind else "")


@pytest.mark.parametrize(
    "comment",
    [
        "// lint: ignore L203",
        "// lint: ignore L2",
        "// lint: ignore L",
        "//lint: ignore L203",
        "// lint: ignore L203: as published, see table 1: really",
    ],
)
def test_it_silences_its_line_and_the_next(found, comment):
    assert codes(found(odd())) == ["L203"]
    assert codes(found(odd(behind=comment))) == []
    assert codes(found(odd(above=comment))) == []


def test_it_may_stand_above_other_comments(found):
    assert codes(found(odd(above="// lint: ignore L203\n  // as in the paper"))) == []


def test_another_line_stays_loud(found):
    text = odd().replace("conv2d(32)", "conv2d(32) // lint: ignore L203")
    assert codes(found(text)) == ["L203", "L901"]


def test_a_whole_file_is_silenced(found):
    assert (
        codes(found(odd().replace("//! A test.\n", "//! A test.\n\n// lint: ignore-file L203: as published\n"))) == []
    )


def test_a_code_that_silences_nothing_is_found_and_removed(found, fixed):
    text = odd(behind="// lint: ignore L203, L105: as published")
    (finding,) = found(text)
    assert finding.code.id == "L901"
    assert finding.message == "nothing here for `L105` to silence"
    assert fixed(text).text == odd(behind="// lint: ignore L203: as published")


@pytest.mark.parametrize("where", ["above", "behind"])
def test_a_comment_that_silences_nothing_goes_whole(fixed, where):
    clean = odd().replace("conv2d(30)", "conv2d(32)")
    text = odd(**{where: "// lint: ignore L203"}).replace("conv2d(30)", "conv2d(32)")
    assert fixed(text).text == clean


def test_a_rule_that_did_not_run_may_have_found_something(found):
    assert codes(found(odd(behind="// lint: ignore L203"), ["L101", "L901"])) == []
    assert codes(found(odd(behind="// lint: ignore L203, L6"))) == []


def test_a_model_that_was_not_elaborated_may_have_layers_to_find(found):
    text = odd(behind="// lint: ignore L205, L203").replace("Net()", "Net(classes: int)").replace("(32)", "(classes)")
    assert codes(found(text)) == []


def test_findings_about_suppressions_are_not_silenced(found):
    text = odd(above="// lint: ignore L9", behind="// lint: ignore L105")
    assert codes(found(text)) == ["L901", "L203", "L901"]


@pytest.mark.parametrize(
    "comment",
    [
        "// lint: ignore",
        "// lint: off",
        "// lint: ignore L203 as published",
        "// lint : ignore L203",
        "// lint: ignore L203 L105",
        "// lint: ignore E0201",
        "// lint: ignore L2034",
    ],
)
def test_what_can_not_be_read_is_found(found, comment):
    assert codes(found(odd(behind=comment))) == ["L203", "L902"]


def test_an_unknown_code_is_found(found):
    finding = found(odd(behind="// lint: ignore L203, L204, L299"))[-1]
    assert finding.message == "there is no rule `L299`"


def test_documentation_is_no_suppression(found):
    assert codes(found(odd(above="/// lint: ignore L203"))) == ["L203"]


def test_the_linters_page_shows_how(found):
    (shown,) = re.findall(r"```mnet\n(.*?)```", PAGE.read_text(), re.S)
    assert codes(found(shown)) == []
    assert codes(found(shown.replace(" // lint: ignore L203: as published", ""))) == ["L203"]
