"""docs/weights.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from mnet.compiler.weights import parse_rename
from mnet.compiler.weights.open import SUFFIXES
from mnet.compiler.weights.slots import ALLOWED, PRESETS, SLOTS
from mnet.dsl.source import Source

GUIDE = (Path(__file__).parents[2] / "docs" / "weights.md").read_text()


def test_the_rename_file_is_one():
    (example,) = re.findall(r"```rename\n(.*?)```", GUIDE, re.DOTALL)
    rename = parse_rename(Source("docs", example))
    assert rename.path_of("blocks.2.1.bn1") == "stage2.block1.expand.bn"
    assert rename.path_of("features.3.conv") == "stage1.block1.conv"
    assert rename.path_of("features.4.conv") is None
    assert rename.ignores("aux.fc")


def test_every_word_is_there():
    layouts = {layout for allowed in ALLOWED.values() for layout in allowed}
    for word in (*SUFFIXES, *SLOTS, *layouts):
        assert f"`{word}`" in GUIDE, word
    assert "source " + "\\|".join(sorted(PRESETS, key=["keras", "torch", "mnet"].index)) in GUIDE


def test_every_committed_rename_file_reads():
    for path in (Path(__file__).parents[2] / "examples" / "weights").glob("*.rename"):
        rename = parse_rename(Source(path.name, path.read_text()))
        assert rename.rules or rename.order, path
