"""`mnet explain`: pages of everything that has a name."""

import json

import pytest


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("E0301", "error[E0301]: `filters` of `conv2d` takes `int`, not `float`"),
        ("L301", "warning[L301]: `kernel` has a single option"),
        ("single-option", "# L301: choice with a single option"),
        ("macs", "require macs <= 300M"),
        ("e0301", "# E0301: argument of the wrong type"),
        ("conv2d", "groups: int = 1"),
        ("conv_bn", "`import std.mobile { conv_bn }`"),
        ("std.mobile.conv_bn", "block conv_bn("),
        ("std.mobile", "- block `conv_bn`: Convolution, batch normalisation, activation"),
        ("make_divisible", "min: int = divisor"),
        ("sparsity", "sparsity(ratio: float, block: (int, int) = (1, 1))"),
    ],
)
def test_it_shows_the_page(mnet, word, expected):
    assert expected in mnet("explain", word).stdout


def test_what_a_file_declares(mnet, tmp_path):
    (tmp_path / "net.mnet").write_text(
        "//! Heads.\n\n/// A head. It classifies.\nblock head(\n  x: tensor,\n  /// How many.\n"
        "  classes: int | (\n    int, int\n  ) = 10,\n) -> tensor {\n  return x |> relu\n}\nwidths = [16, 24]\n"
    )
    assert mnet("explain", "net.mnet").stdout.splitlines()[2:] == [
        "Heads.",
        "",
        "- block `head`: A head",
        "- constant `widths`",
    ]
    head = mnet("explain", "net.mnet:head").stdout
    assert "block head(x: tensor, classes: int | ( int, int ) = 10) -> tensor" in head
    assert "It classifies." in head
    assert "- `classes`: How many." in head
    assert "widths = [16, 24]" in mnet("explain", "net.mnet:widths").stdout


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("conv", "did you mean `conv2d`?"),
        ("E0300", "did you mean `E0"),
        ("nothing_like_it_at_all", "`mnet explain` lists what there is"),
        ("none.mnet:head", "can't read `none.mnet`"),
        ("net.mnet:heads", "did you mean `head`?"),
        ("broken.mnet:head", "error[E0101]"),
    ],
)
def test_unknown_words(mnet, tmp_path, word, expected):
    (tmp_path / "net.mnet").write_text("block head(x: tensor) { return x |> relu }\n")
    (tmp_path / "broken.mnet").write_text("block head(x tensor) { return x |> relu }\n")
    assert expected in mnet("explain", word, code=2).stderr


def test_unknown_words_have_a_code(mnet):
    (found,) = json.loads(mnet("explain", "conv", "--format", "json", code=2).stdout)["diagnostics"]
    assert found["code"] == "E1201"


def test_one_name_of_several_things(mnet, tmp_path):
    pages = json.loads(mnet("explain", "conv_bn", "--format", "json").stdout)["pages"]
    assert [(page["name"], page["kind"]) for page in pages] == [("std.mobile.conv_bn", "block")]
    assert pages[0]["text"].startswith("# std.mobile.conv_bn (block)\n")


def test_without_a_word_it_lists_all(mnet):
    shown = mnet("explain").stdout
    listed = {page["name"] for page in json.loads(mnet("explain", "--format", "json").stdout)["pages"]}
    assert {"E0101", "E0801", "L101", "macs", "conv2d", "max", "std.layers", "std.mobile.conv_bn", "freeze"} <= listed
    assert all(f"  {name} " in shown for name in listed)
