"""What tests of the linter share: a text as a program, and what rules find in it."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest

from mnet import driver
from mnet.dsl.diagnostics import Diagnostic
from mnet.dsl.modules import Program
from mnet.lint.engine import lint
from mnet.lint.fixing import Fixed, fix
from mnet.lint.rules import RULES


def program(text: str) -> Program:
    return driver.read_source(text, "a.mnet")


@pytest.fixture
def found() -> Callable[..., list[Diagnostic]]:
    """What rules find in a text."""

    def run(text: str, codes: Iterable[str] = RULES, target: str | None = None) -> list[Diagnostic]:
        return lint(program(text), codes, target)

    return run


@pytest.fixture
def fixed() -> Callable[..., Fixed]:
    """A text after the fixes of rules."""

    def run(text: str, codes: Iterable[str] = RULES, *, unsafe: bool = False, target: str | None = None) -> Fixed:
        return fix(program(text), partial(lint, codes=codes, target=target), program, unsafe=unsafe)

    return run
