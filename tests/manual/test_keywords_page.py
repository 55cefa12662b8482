"""The pages of keywords: each example is a program, or a statement of one."""

import re
from pathlib import Path

import pytest

from mnet import driver
from mnet.manual import keywords

PROGRAM = """model Net() {{
  input image: f32[N, 64, 64, 3]
  choice depth in {{ 1, 2 }}
  x = image |> conv2d(16)
  {statement}
}}
"""
ITEMS = ("import", "fn", "block", "model")
PAGES = {page.name: page for page in keywords.pages()}


@pytest.mark.parametrize("word", PAGES)
def test_its_example_is_right(word):
    example = PAGES[word].body().removeprefix("```mnet\n").removesuffix("```")
    if word in ITEMS:
        driver.read_source(example, "net.mnet")
    elif word == "return":
        driver.read_source(f"block piece(x: tensor) -> tensor {{ {example} }}", "net.mnet")
    else:
        output = "" if word == "output" else "output y = x"
        driver.read_source(PROGRAM.format(statement=f"{example}\n  {output}"), "net.mnet")


def test_every_word_that_begins_a_rule_has_a_page():
    grammar = Path(driver.__file__).with_name("dsl") / "grammar.lark"
    begins = set(re.findall(r'^[a-z_]+: "([a-z]+)" ', grammar.read_text(), re.M))
    assert "choice" in begins
    assert begins <= PAGES.keys()
