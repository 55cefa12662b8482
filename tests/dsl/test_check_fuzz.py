"""Programs with names and literals exchanged at random: the checker always answers, and what it lets pass
has no wrong types left for the elaborator to find.

The program has no values of type `block` and no operators on unions: these two are checked when they come.
"""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler.elaborate import elaborate
from mnet.compiler.limits import Limits
from mnet.compiler.ops import OPERATORS, Trait
from mnet.dsl.check import check
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.modules import load_text

SIGNATURES = {name: op.signature for name, op in OPERATORS.items() if op.surface}
ACTIVATIONS = {name for name, op in OPERATORS.items() if op.has(Trait.ACTIVATION)}
LIMITS = Limits(steps=20_000, nodes=2_000)

PROGRAM = """
import std.mobile { conv_bn, inverted_residual as ibn }
widths = [16, 24, 40]
mode = "nearest"
fn ch(c: int, w: float = 1.0) -> int = make_divisible(c * w, 8)
fn pick(i: int) -> activation = if i > 0 { relu } else { leaky_relu(slope=0.1) }
block two(x: tensor, n: int = 2) { return (x |> conv2d(n), x |> relu) }
block head(x: tensor, anchors: int, act: activation = relu) -> tensor {
  return x |> conv: conv2d(anchors * 4) |> act
}
block uib(x: tensor, filters: int, kernel: int = 3, act: activation = relu, size: (int, int) = (8, 8)) -> tensor {
  y = x |> expand: conv_bn(channels(x) * 4, kernel=1, act=act)
  if kernel == 3 { y = y |> mid: depthwise_conv2d(kernel) |> act } else if true { y = y |> act }
  z = y |> conv2d(filters, kernel=(size[0], 3))
  return if channels(x) == filters { x + z } else { z }
}
model Net(width: float = 1.0, classes: int = 10, size: int = 16) {
  input image: f32[N, size, size, 3]
  fn w(c: int) -> int = ch(c, width)
  x = image |> stem: conv_bn(w(32), stride=2)
  for (t, c, n, s) in [(1, 16, 1, 1), (2, 24, 2, 2)] as stage {
    for i in 0..n as block { x = x |> ibn(w(c), expand=t, stride=if i == 0 { s } else { 1 }) }
  }
  x = x |> uib(8, kernel=3, act=leaky_relu(slope=0.2))
  (a, b) = x |> split(2)
  shared = head(anchors=2)
  ys = [shared(level) for level in [a, b] as level if true]
  zs = []
  for y in ys { zs = zs + [y |> resize((4, 4), method=mode)] }
  (p, q) = two(zs[0], n=3)
  m = max([channels(p), 3]) + sum(widths)
  r = [p, q] |> concat() |> pick(1)()
  for (i, v) in enumerate(widths) { m = m + i * v }
  if 3 in widths { output aux = r |> dense(classes) }
  output logits = -r * 2.0 |> mean() |> dense(m) |> softmax
}
"""
TOKENS = re.compile(r'"[^"]*"|[A-Za-z_]\w*|\d+\.\d+|\d+|\s+|.')
KEYWORDS = {"block", "model", "fn", "input", "output", "return", "for", "in", "if", "else", "import", "as", "true"}
OTHERS = [
    "2.5",
    '"same"',
    "[1, 2]",
    "(1, 2)",
    "conv2d(3)",
    "f32",
    "[]",
    "[x]",
    "(a, b)",
    "0..3",
    "(x |> relu)",
    "[relu]",
]

PARTS = TOKENS.findall(PROGRAM)
PLACES = [i for i, part in enumerate(PARTS) if re.match(r'[\w"]', part) and part not in KEYWORDS]
WORDS = sorted({PARTS[place] for place in PLACES}) + OTHERS
WRONG_TYPES = {"E0604", "E0612", "E0613", "E0614"}


def found_later(text: str) -> set[str] | None:
    """The codes that elaboration finds in a program that is right so far; None of one that is not."""
    try:
        program = load_text(text)
    except DiagnosticError:
        return None
    if check(program, SIGNATURES, ACTIVATIONS):
        return None
    try:
        elaborate(program, None, {}, limits=LIMITS)
    except DiagnosticError as refused:
        return {str(diagnostic.code) for diagnostic in refused.diagnostics}
    return set()


def test_the_program_is_right():
    assert found_later(PROGRAM) == set()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(WORDS)), min_size=1, max_size=3))
def test_what_passes_has_no_wrong_types(changes):
    parts = list(PARTS)
    for place, word in changes:
        parts[place] = word
    assert WRONG_TYPES.isdisjoint(found_later("".join(parts)) or ())
