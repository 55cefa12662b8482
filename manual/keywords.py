"""Pages of the words that begin a statement."""

from __future__ import annotations

from collections.abc import Iterator

from .page import Page

_WORDS = {
    "import": ("names from another file, or of the standard library", "import std.mobile { conv_bn }"),
    "fn": ("a function of values, which makes no layers", "fn ch(c: int, w: float) -> int = make_divisible(c * w)"),
    "block": (
        "a reusable piece of a network",
        "block double(x: tensor, filters: int) -> tensor {\n  return x |> conv2d(filters) |> conv2d(filters)\n}",
    ),
    "model": (
        "a network, or with choices a search space",
        "model Net(classes: int = 10) {\n  input x: f32[N, 32]\n  output logits = x |> dense(classes)\n}",
    ),
    "input": ("a tensor that goes into the model", "input photo: f32[N, 224, 224, 3]"),
    "output": ("a tensor that comes out of the model", "output logits = x |> dense(10)"),
    "return": ("what a block gives", "return x |> relu"),
    "for": (
        "its body for each item of a list; with layers in it, `as` names their paths",
        "for (filters, stride) in [(16, 1), (24, 2)] as stage {\n  x = x |> conv2d(filters, stride=stride)\n}",
    ),
    "repeat": (
        "its body so many times, with `index` and `first` for the turn",
        "repeat 3 as layer {\n  x = x |> conv2d(16, stride=if first { 2 } else { 1 })\n}",
    ),
    "if": ("its body where a condition holds", "if channels(x) == 16 { x = x |> relu }"),
    "choice": (
        "something that the model leaves open: options in braces, a list of them, or an interval",
        "choice kernel in { 3, 5, 7 }\n"
        "choice filters in distinct([make_divisible(40 * m) for m in [0.5, 1.0, 1.5]])\n"
        "choice learning_rate in log_uniform(1e-4, 1e-1)\n"
        "x = x |> conv2d(filters, kernel=kernel)",
    ),
    "where": ("what choices must meet; a point that breaks it is not in the space", "where depth >= 1"),
    "require": (
        "a limit that `mnet check` and `mnet compile` hold the model to",
        "require macs <= 300M, peak_memory <= 250KB",
    ),
    "expect": ("a published number, which `mnet check` compares", "expect params = 3.50M, macs = 300M +- 1%"),
}
"""What each word is for, and how it is written."""


def pages() -> Iterator[Page]:
    """A page for each, in the order of a file."""
    for word, (title, example) in _WORDS.items():
        yield Page(word, "keyword", title, lambda example=example: f"```mnet\n{example}\n```", titled=True)  # type: ignore[misc]  # mypy infers no default of a lambda
