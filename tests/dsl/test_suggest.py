from __future__ import annotations

import pytest

from mnet.dsl.suggest import closest, hint


@pytest.mark.parametrize(
    ("name", "candidates", "found"),
    [
        ("strid", ["stride", "kernel"], "stride"),
        ("kerenl", ["stride", "kernel"], "kernel"),
        ("Relu", ["relu", "relu6"], "relu"),
        ("conv_bnn", ["conv_bn", "conv"], "conv_bn"),
        ("inverted_residal", ["inverted_residual", "residual"], "inverted_residual"),
        ("x", ["y", "z"], "y"),
        ("abc", ["xyz"], None),
        ("stride", ["stride"], None),
        ("a", [], None),
        ("a" * 100_000, ["b", "a" * 50], None),
    ],
)
def test_closest(name: str, candidates: list[str], found: str | None) -> None:
    assert closest(name, candidates) == found


def test_the_order_of_candidates_does_not_matter() -> None:
    assert closest("ab", ["ac", "aa"]) == closest("ab", ["aa", "ac"]) == "aa"


def test_hint() -> None:
    assert hint("strid", ["stride"]) == "did you mean `stride`?"
    assert hint("strid", []) is None
