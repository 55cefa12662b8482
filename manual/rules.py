"""Pages of the linter's rules, and the folder `docs/rules` made of them.

`make docs` renews the committed pages; a test compares them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import partial
from itertools import groupby

from .. import driver
from ..dsl.diagnostics import Applicability, Diagnostic
from ..dsl.render import render
from ..dsl.source import Sources
from ..lint.engine import lint, rule
from ..lint.rule import Rule
from ..lint.rules import RULES
from .page import Page

_FILE = "net.mnet"
_WIDTH = 116

_FAMILIES = {
    "L1": "Names",
    "L2": "Architecture",
    "L3": "Choices",
    "L4": "Requirements",
    "L5": "Documentation",
    "L6": "Targets",
    "L7": "Style",
    "L9": "Suppressions",
}

_FIXES = {
    Applicability.SAFE: "`mnet lint --fix` mends it.",
    Applicability.UNSAFE: "`mnet lint --unsafe-fixes` mends it; the network may be another then.",
    Applicability.DISPLAY: "A change is proposed, for people to make.",
}

_HEAD = """\
# Rules of the linter

<!-- Made from the rules in lint/rules by `make docs`. -->

What `mnet lint` finds: programs that are legal and still not what their author wants. `--select` and `--ignore` take
codes or their beginnings, `--target` adds the rules of a target. A comment `// lint: ignore L203: why` at the end of a
line, or on a line above it, silences a rule there; `// lint: ignore-file L203` does in the whole file.
"""


def pages() -> Iterator[Page]:
    """A page for each rule, by code."""
    for code in sorted(RULES):
        declared = rule(code)
        yield Page(code, "rule", declared.code.title, partial(_body, declared), titled=True, alias=declared.name)


def index() -> str:
    """The page that leads to all others."""
    return "\n".join([_HEAD, *_tables()])


def _tables() -> Iterator[str]:
    for family, codes in groupby(sorted(RULES), key=lambda code: code[:2]):
        yield f"## {_FAMILIES[family]}\n"
        yield "| code | name | finds |\n| --- | --- | --- |"
        for code in codes:
            declared = rule(code)
            yield f"| [{code}]({code}.md) | `{declared.name}` | {declared.code.title} |"
        yield ""


def page(code: str) -> str:
    """The committed page of a rule."""
    return next(one for one in pages() if one.name == code).text()


def _body(declared: Rule) -> str:
    found, text = _linted(declared)
    parts = [f"`{declared.name}`", _wrapped(declared.what), _wrapped(declared.why), *_fix(found)]
    parts += ["Found in this program:", f"```mnet\n{declared.fails}```", f"```text\n{text}```"]
    parts += ["Not in this one:", f"```mnet\n{declared.passes}```"]
    if declared.sources:
        parts += ["Sources: " + ", ".join(map(_source, declared.sources)) + "."]
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _linted(declared: Rule) -> tuple[list[Diagnostic], str]:
    """What the rule finds in its own sample, and how that is shown."""
    sources = Sources()
    program = driver.read_source(declared.fails, _FILE, sources)
    found = lint(program, [declared.code.id], declared.target)
    return found, render(found, sources)


def _fix(found: list[Diagnostic]) -> Iterator[str]:
    fixes = [one.fix for one in found if one.fix]
    if fixes:
        yield _FIXES[fixes[0].applicability]


def _source(source: str) -> str:
    return f"<{source}>" if source.startswith("http") and " " not in source else source
