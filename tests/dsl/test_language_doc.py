"""Every example of docs/language.md does what it says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from mnet import driver
from mnet.compiler.limits import DEFAULT as ELABORATION
from mnet.compiler.space.space import Space
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.limits import DEFAULT as TEXT
from mnet.dsl.render import render
from mnet.dsl.source import Sources
from mnet.dsl.tables import load as load_tables
from mnet.dsl.tree import Model

DOC = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")

BODY = """
model Example() {{
  input image: f32[N, 32, 32, 3]
{body}
  output result = image |> relu
}}
"""


@dataclass(frozen=True)
class Snippet:
    line: int
    kind: str
    text: str
    """What follows the language's name, and the program."""
    result: str | None
    """The block after it: paths of its layers, its decisions, or what is said about it."""

    @property
    def program(self) -> str:
        return BODY.format(body=self.text) if "body" in self.kind.split() else self.text

    @property
    def code(self) -> str | None:
        found = re.search(r"error=(E\d{4})", self.kind)
        return found[1] if found else None


def snippets() -> list[Snippet]:
    pattern = r"^```mnet(.*)\n((?:.*\n)*?)```\n(?:\n```(?:paths|decisions|text)\n((?:.*\n)*?)```)?"
    return [
        Snippet(DOC.count("\n", 0, found.start()) + 2, found[1].strip(), found[2], found[3])
        for found in re.finditer(pattern, DOC, re.MULTILINE)
    ]


def values() -> list[tuple[str, str]]:
    """The rows of the tables `| expression | value |`."""
    tables = re.findall(r"^\| expression \| value \|\n\| --- \| --- \|\n((?:\|.*\n)+)", DOC, re.MULTILINE)
    return [row for table in tables for row in re.findall(r"^\| `(.+)` \| `(.+)` \|$", table, re.MULTILINE)]


def refused(path: Path) -> set[str]:
    """The codes of what is wrong with a program; of a space, one point is built."""
    try:
        program = driver.read(path)
        for item in program.main.items:
            if isinstance(item, Model):
                space = Space(program, item.name.name)
                space.elaborate(next(space.points()))
    except DiagnosticError as caught:
        return {d.code.id for d in caught.diagnostics}
    return set()


def decisions(path: Path) -> str:
    program = driver.read(path)
    (model,) = (item.name.name for item in program.main.items if isinstance(item, Model))
    space = Space(program, model)
    lines = [f"{found.path}: {', '.join(map(json.dumps, found.options))}\n" for found in space.decisions]
    return "".join([*lines, f"{space.count()} points\n"])


@pytest.mark.parametrize("snippet", snippets(), ids=lambda snippet: f"line{snippet.line}")
def test_snippet(snippet: Snippet, tmp_path: Path) -> None:
    path = tmp_path / "net.mnet"
    path.write_text(snippet.program, encoding="utf-8")
    assert refused(path) == ({snippet.code} if snippet.code else set())


@pytest.mark.parametrize(
    "snippet", [s for s in snippets() if s.result is not None], ids=lambda snippet: f"line{snippet.line}"
)
def test_result(snippet: Snippet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("net.mnet")
    path.write_text(snippet.program, encoding="utf-8")
    if "space" in snippet.kind.split():
        assert decisions(path) == snippet.result
        return
    sources = Sources()
    try:
        result = "".join(f"{node.path}\n" for node in driver.load(path, sources=sources).graph.nodes)
    except DiagnosticError as caught:
        result = render(caught.diagnostics, sources)
    assert result == snippet.result


@pytest.mark.parametrize(("expression", "value"), values())
def test_value(expression: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / "value.mnet"
    body = f"equal = image |> dense(if ({expression}) == {value} {{ 1 }} else {{ 2 }})\n  output size = equal"
    path.write_text(BODY.format(body=body), encoding="utf-8")
    size = next(output for output in driver.load(path).graph.outputs if output.name == "size")
    assert size.value.type.shape[-1] == 1


def test_there_are_examples() -> None:
    assert len(snippets()) == DOC.count("```mnet") > 25
    assert len(values()) > 20


def test_keywords_are_listed() -> None:
    quoted = {word for line in re.findall(r"^> .*$", DOC, re.MULTILINE) for word in re.findall(r"`(\w+)`", line)}
    assert quoted == {word for word in load_tables().words if word.isalpha()}


def test_limits_are_those_of_the_compiler() -> None:
    stated = {
        int(number.replace(",", "")) for number in re.findall(r"^\| .* \| ([\d,]+)(?: bytes)? \|$", DOC, re.MULTILINE)
    }
    text = {TEXT.source_bytes, TEXT.files, TEXT.nesting, TEXT.name_length, TEXT.string_length}
    made = {ELABORATION.steps, ELABORATION.nodes, ELABORATION.calls, ELABORATION.loop_turns, ELABORATION.list_length}
    assert stated == text | made | {ELABORATION.edges, ELABORATION.nesting, ELABORATION.tensor_axes}
