"""Programs with names and literals exchanged at random: the checker always answers, and what it lets pass
has no wrong types left for the elaborator to find.

The program has no values of type `block` and no operators on unions: these two are checked when they come.
A second program has all statements of search spaces, blocks among their options, and is only asked for an answer.
"""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler.choices import Continuous
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
  choice units in { m, 8 }
  choice scale in { 1, 1.5 }
  choice steps in stepped(8, 24, 8) where steps <= units
  choice bits in { "int4", "int8" }
  choice rate in log_uniform(0.001, 0.1)
  repeat 2 as turn { r = r |> dense(floor(scale * steps) + index, bias=first) }
  @precision(weights=bits) @sparsity(0.5) r = r |> dense(units)
  @freeze on "turn*.**"
  require params < 5M, macs <= units
  expect layers = 40 +- 99%
  output logits = -r * 2.0 |> mean() |> dense(m) |> softmax
}
"""
TOKENS = re.compile(r'"[^"]*"|[A-Za-z_]\w*|\d+\.\d+|\d+|\s+|.')
KEYWORDS = set(
    re.findall(
        r"\w+", "block model fn input output return for in if else import as true choice where repeat require expect on"
    )
)
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


class First:
    """Decides for first options."""

    def decide(self, _decision: object) -> int:
        return 0

    def carry(self, continuous: Continuous) -> float:
        return continuous.low


def found_later(text: str) -> set[str] | None:
    """The codes that elaboration finds in a program that is right so far; None of one that is not."""
    try:
        program = load_text(text)
    except DiagnosticError:
        return None
    if check(program, SIGNATURES, ACTIVATIONS):
        return None
    try:
        elaborate(program, None, {}, limits=LIMITS, decider=First())
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


SPACE = """
import std.mobile { conv_bn, inverted_residual as ibn }
kernels = [3, 5]
@precision(weights="int8") @placement("edgetpu")
block cell(x: tensor, states: list[tensor], depth: int = 2, act: activation = relu) {
  choice op in { k3: ibn(8, kernel=3), wide: conv_bn(16), conv2d, identity }
  choice source in 0..len(states)
  choice drop in uniform(0, 0.5)
  y = states[source] |> op
  repeat depth as layer {
    choice width in distinct([make_divisible(8 * m) for m in [0.5, 1.0, 2]])
    where width > index and not first
    repeat 2 as inner { y = y |> conv2d(width, stride=if first { 2 } else { 1 }) }
  }
  if depth > 1 { choice late in { 1, 2 } x = x |> a: conv2d(late) } else { choice late in [3] x = x |> b: conv2d(late) }
  return (x, y |> act)
}
model Space(scale: float = 1.0) {
  input image: f32[1, 32, 32, 3]
  choice act in { relu, hard_swish }
  choice bits in { "int4", "int8" }
  @initializer("normal", stddev=0.1) @freeze stem = conv_bn(8)
  x = stem(image)
  @sparsity(0.5, block=(4, 1)) (x, y) = cell(x, [x, x], depth=1, act=act)
  @freeze @precision(activations=bits) on "**.project", "cell.layer*.*"
  where bits == "int8" or len(kernels) > 2
  output z = x
  require macs <= 300M, latency(pixel) <= 80ms, peak_memory < 250KB
  expect params = 3.50M +- 1%, flops = floor(scale)
}
"""
SPACE_PARTS = TOKENS.findall(SPACE)
SPACE_PLACES = [i for i, part in enumerate(SPACE_PARTS) if re.match(r'[\w"]', part) and part not in KEYWORDS]
SPACE_WORDS = [*sorted({SPACE_PARTS[place] for place in SPACE_PLACES}), *OTHERS, "uniform(0, 1)", "(n: conv2d(3))"]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SPACE_PLACES), st.sampled_from(SPACE_WORDS)), min_size=1, max_size=4))
def test_a_space_gets_an_answer(changes):
    parts = list(SPACE_PARTS)
    for place, word in changes:
        parts[place] = word
    try:
        program = load_text("".join(parts))
    except DiagnosticError:
        return
    for finding in check(program, SIGNATURES, ACTIVATIONS):
        assert finding.span
        assert finding.message


def test_the_space_is_right():
    assert check(load_text(SPACE), SIGNATURES, ACTIVATIONS) == []
