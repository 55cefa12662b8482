"""Applying fixes: which, how often, and what must not happen."""

from mnet import driver
from mnet.dsl.diagnostics import Code, Diagnostic, Edit, Label, Severity
from mnet.dsl.modules import Program
from mnet.dsl.source import Source, Span
from mnet.lint import fixing
from mnet.lint.fixing import edited
from mnet.lint.rule import safe, unsafe

CODE = Code("L999", "a test")
TEXT = """//! A test.

a = 1
b = 2

/// A layer.
model Net() {
  input x: f32[N, 8] // the input
  output y = x |> dense(a + b)
}
"""


def read(text: str) -> Program:
    return driver.read_source(text, "a.mnet")


def finding(fix) -> Diagnostic:
    return Diagnostic(CODE, "a finding", (Label(fix.edits[0].span),), fix=fix, severity=Severity.WARNING)


def edit(line, start, end, text) -> Edit:
    return Edit(Span("a.mnet", line, start, line, end), text)


def run(*fixes, unsafe=False, rounds=None):
    """Applies the fixes in the first round only, or in each of `rounds`."""
    left = [rounds or 1]

    def lint(program):
        left[0] -= 1
        return [finding(fix) for fix in fixes] if left[0] >= 0 else []

    return fixing.fix(read(TEXT), lint, read, unsafe=unsafe)


def test_edits_of_several_fixes_are_applied_together():
    done = run(safe("", edit(3, 5, 6, "3")), safe("", edit(4, 5, 6, "4")))
    assert done.text == TEXT.replace("a = 1", "a = 3").replace("b = 2", "b = 4")
    assert len(done.applied) == 2


def test_of_two_that_touch_the_first_is_applied():
    done = run(safe("", edit(3, 5, 6, "3")), safe("", edit(3, 6, 6, "0")))
    assert done.text == TEXT.replace("a = 1", "a = 3")
    assert len(done.applied) == 1


def test_edits_of_one_fix_go_together_or_not_at_all():
    done = run(safe("", edit(4, 5, 6, "4")), safe("", edit(3, 5, 6, "3"), edit(4, 5, 6, "5")))
    assert done.text == TEXT.replace("b = 2", "b = 4")


def test_unsafe_fixes_wait_to_be_asked_for():
    risky = unsafe("", edit(3, 5, 6, "3"))
    assert run(risky).text == TEXT
    assert run(risky, unsafe=True).text == TEXT.replace("a = 1", "a = 3")


def test_a_fix_that_breaks_the_program_is_left_and_others_are_applied():
    done = run(safe("", edit(3, 1, 6, "")), safe("", edit(4, 5, 6, "4")))
    assert done.text == TEXT.replace("b = 2", "b = 4")
    assert len(done.applied) == 1


def test_a_fix_that_loses_a_comment_is_left():
    assert run(safe("", edit(8, 21, 34, ""))).text == TEXT


def test_rules_that_disagree_come_to_an_end():
    done = run(safe("", edit(3, 5, 6, "3")), rounds=1_000)
    assert len(done.applied) == fixing.MAX_ROUNDS


def test_a_file_that_was_laid_out_stays_so():
    done = run(safe("", edit(3, 5, 6, "( 3 )")))
    assert done.text == TEXT.replace("a = 1", "a = 3")


def test_another_layout_is_left_alone(fixed):
    text = TEXT.replace("a + b", "a * 1  +  b")
    assert fixed(text, ["L707"]).text == TEXT.replace("a + b", "a  +  b")


def test_edits_across_lines():
    source = Source("a.mnet", "one\ntwo\nthree\n")
    edits = [Edit(Span("a.mnet", 1, 3, 2, 2), "-"), Edit(Span("a.mnet", 4, 1, 4, 1), "end")]
    assert edited(source, edits) == "on-wo\nthree\nend"
