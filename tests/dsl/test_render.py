from __future__ import annotations

import json
import re

from mnet.dsl.diagnostics import Applicability, Code, Diagnostic, Edit, Fix, Label, Severity, error
from mnet.dsl.render import render, to_json
from mnet.dsl.source import Source, Sources, Span

CODE = Code("E0999", "an example")


def sources(*texts: tuple[str, str]) -> Sources:
    known = Sources()
    for name, text in texts:
        known.add(Source(name, text))
    return known


def shown(text: str, diagnostic: Diagnostic, *, colour: bool = False) -> str:
    return render([diagnostic], sources(("a.mnet", text)), colour=colour)


def at(line: int, column: int, end_column: int, end_line: int | None = None, file: str = "a.mnet") -> Span:
    return Span(file, line, column, end_line or line, end_column)


def test_everything() -> None:
    found = error(
        CODE,
        "it is wrong",
        at(2, 5, 8),
        "this",
        others=(Label(at(1, 1, 2), "because of this"), Label(at(1, 1, 3, file="b.mnet"), "and that")),
        notes=("one", "two\nlines"),
        hint="mend it",
    )
    known = sources(("a.mnet", "x = 1\ny = abc + 2"), ("b.mnet", "zz"))
    assert render([found], known) == (
        "error[E0999]: it is wrong\n"
        " --> a.mnet:2:5\n"
        "  |\n"
        "1 | x = 1\n"
        "  | - because of this\n"
        "2 | y = abc + 2\n"
        "  |     ^^^ this\n"
        " ::: b.mnet:1:1\n"
        "  |\n"
        "1 | zz\n"
        "  | -- and that\n"
        "  |\n"
        "  = note: one\n"
        "  = note: two\n"
        "          lines\n"
        "  = hint: mend it\n"
    )


def test_numbers_of_lines_share_a_gutter() -> None:
    found = error(CODE, "far apart", at(12, 1, 2), others=(Label(at(3, 1, 2), "here"),))
    assert shown("\n" * 2 + "a" + "\n" * 9 + "b", found) == (
        "error[E0999]: far apart\n  --> a.mnet:12:1\n   |\n 3 | a\n   | - here\n...\n12 | b\n   | ^\n"
    )


def test_several_lines() -> None:
    found = error(CODE, "long", at(1, 5, 4, 4), "ends here")
    assert shown("x = f(\n  1,\n  2,\n   )", found) == (
        "error[E0999]: long\n --> a.mnet:1:5\n  |\n1 | x = f(\n  |     ^^\n...\n4 |    )\n  |    ^ ends here\n"
    )


def test_tabs_and_wide_characters() -> None:
    found = error(CODE, "there", at(1, 4, 6), "two")
    lines = shown("\t幅éab", found).split("\n")
    assert lines[3:5] == ["1 |     幅éab", "  |        ^^ two"]


def test_combining_characters_take_no_column() -> None:
    found = error(CODE, "there", at(1, 3, 4))
    assert shown("e\u0301x", found).split("\n")[4] == "  |  ^"


def test_what_a_terminal_would_obey_is_not_shown() -> None:
    found = error(CODE, "bad \x1b[31m name", at(1, 1, 2), "\x07")
    text = shown("\x1b[2Jx\u202e", found)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


def test_long_lines_are_cut_around_the_place() -> None:
    found = error(CODE, "there", at(1, 5001, 5004), "here")
    line, carets = shown("a" * 5000 + "xyz" + "b" * 5000, found).split("\n")[3:5]
    assert len(line) < 200
    assert line[carets.index("^") : carets.index("^") + 3] == "xyz"


def test_missing_sources_and_lines() -> None:
    elsewhere = error(CODE, "gone", at(1, 1, 2, file="other.mnet"), "there")
    assert shown("x", elsewhere) == "error[E0999]: gone\n --> other.mnet:1:1\n  | there\n"
    beyond = error(CODE, "gone", at(9, 1, 2))
    assert shown("x", beyond).split("\n")[3] == "9 |"


def test_no_place_at_all() -> None:
    found = Diagnostic(CODE, "general", notes=("a note",), severity=Severity.WARNING)
    assert shown("x", found) == "warning[E0999]: general\n = note: a note\n"


def test_the_end_of_a_line() -> None:
    found = error(CODE, "more wanted", at(1, 4, 4), "here")
    assert shown("x =", found).split("\n")[4] == "  |    ^ here"


def test_colour_adds_nothing_but_colour() -> None:
    found = error(CODE, "wrong", at(1, 1, 2), "this", hint="mend it")
    plain, coloured = shown("x", found), shown("x", found, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_json() -> None:
    edit = Edit(at(1, 1, 2), "y")
    found = error(CODE, "wrong", at(1, 1, 2), "this", hint="mend it", fix=Fix("mend", (edit,), Applicability.SAFE))
    data = json.loads(json.dumps(to_json([found])))
    span = {"file": "a.mnet", "line": 1, "column": 1, "end_line": 1, "end_column": 2}
    assert data == {
        "schema_version": 1,
        "diagnostics": [
            {
                "code": "E0999",
                "severity": "error",
                "message": "wrong",
                "labels": [{"span": span, "text": "this"}],
                "notes": [],
                "hint": "mend it",
                "fix": {"message": "mend", "applicability": "safe", "edits": [{"span": span, "replacement": "y"}]},
            }
        ],
    }
