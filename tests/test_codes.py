"""The codes of diagnostics: declared once, used, and seen by a test."""

import re
from functools import cache
from pathlib import Path

import pytest

from mnet.backends import codes as backends
from mnet.compiler import codes as compiler
from mnet.dsl import codes as dsl
from mnet.dsl.diagnostics import Code
from mnet.manual import codes as manual
from mnet.passes import codes as passes

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"dsl": dsl, "compiler": compiler, "passes": passes, "backends": backends, "manual": manual}
DECLARED = [
    pytest.param(room, name, code, id=code.id)
    for room, module in ROOMS.items()
    for name, code in vars(module).items()
    if isinstance(code, Code)
]


def test_no_number_has_two_meanings():
    ids = [param.values[2].id for param in DECLARED]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(("room", "name", "code"), DECLARED)
def test_it_is_used(room, name, code):
    assert name in names_used_in(room) | names_used_in("driver.py"), f"nothing reports {code.id}"


@pytest.mark.parametrize(("room", "name", "code"), DECLARED)
def test_it_is_tested(room, name, code):
    assert {code.id, name} & words_in_tests(), f"no test meets {code.id}"


@cache
def names_used_in(place):
    files = [ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py")
    return words(file for file in files if file.name != "codes.py")


@cache
def words_in_tests():
    return words(file for file in (ROOT / "tests").rglob("*") if file.suffix in (".py", ".txt", ".ir"))


def words(files):
    return {word for file in files for word in re.findall(r"\b[A-Z][A-Z0-9_]+\b", file.read_text())}
