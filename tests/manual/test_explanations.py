"""Every diagnostic is explained, and the programs that explain it do what they say."""

import pytest

from mnet.dsl.source import Sources
from mnet.manual.diagnostics import ROOMS, codes, explanations
from mnet.manual.examples import diagnosed

ALONE = {"E0109", "E0110", "E0325", "E0404", "E0403", "E0405", "E0501", "E0502", "E0504", "E0505", "E0506", "E0507"}
"""What only a file, several files or a very long one can show, or a character that is not seen."""

WRONG = [
    pytest.param(code, explanation.wrong, id=code)
    for room in ROOMS
    for code, explanation in explanations(room).items()
    if explanation.wrong
]
RIGHT = [
    pytest.param(explanation.right, id=code)
    for room in ROOMS
    for code, explanation in explanations(room).items()
    if explanation.right
]


@pytest.mark.parametrize("room", ROOMS)
def test_each_code_has_its_explanation(room):
    assert sorted(explanations(room)) == sorted(code.id for code in codes(room))
    assert all(explanation.text for explanation in explanations(room).values())


def test_each_code_of_the_language_has_examples():
    lacking = {
        code for code, explanation in explanations("dsl").items() if not (explanation.wrong and explanation.right)
    }
    assert lacking == ALONE


@pytest.mark.parametrize(("code", "program"), WRONG)
def test_wrong_programs_are_refused_for_that_reason(code, program):
    assert {found.code.id for found in diagnosed(program, Sources())} == {code}


@pytest.mark.parametrize("program", RIGHT)
def test_right_programs_are_right(program):
    assert diagnosed(program, Sources()) == ()
