"""Where the rules about choices, requirements and documentation speak, and where they keep silent."""

import pytest

SPACE = """model Space() {{
  input image: f32[N, 32, 32, 16]
  x = image
{}
  output features = x
}}
"""


def space(body):
    return SPACE.format("\n".join(f"  {line}" for line in body.splitlines()))


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("L301", "choice width in [16]\nx = x |> conv2d(width)"),
        ("L302", "choice op in { relu, tanh, relu }\nx = x |> op()"),
        ("L303", "for i in 0..0 as stage {\n  choice width in { 8, 16 }\n  x = x |> conv2d(width)\n}"),
        ("L304", "choice op in { a: conv2d(8), b: conv2d(8, kernel=3) }\nx = x |> op()"),
        (
            "L304",
            "choice op in { a: conv2d(8, bias=false, stride=2), b: conv2d(8, stride=2, bias=false) }\nx = x |> op()",
        ),
        ("L304", "choice op in { conv2d(8), same: conv2d(8) }\nx = x |> op()"),
        ("L305", "if channels(x) > 8 {\n  choice width in { 8, 16 }\n}"),
        ("L306", "choice width in { 8, 16 } where 3 < 5\nx = x |> conv2d(width)"),
        (
            "L307",
            "choice c in { 8, 16 }\nchoice n in { 1, 2 } where n * c < 32\nwhere c > 8\nx = x |> conv2d(c)",
        ),
        ("L308", "choice width in { 8, 16 } where width > 16\nx = x |> conv2d(width)"),
        ("L401", "choice width in { 8, 16 }\nx = x |> conv2d(width)\nrequire params <= 1K"),
        ("L401", "choice width in { 8, 16 }\nx = x |> conv2d(width)\nrequire params >= 2K"),
        ("L402", "choice width in { 8, 16 }\nx = x |> conv2d(width)\nrequire params < 2.4K"),
        ("L403", "require params <= 1K\nrequire params > 1K"),
        ("L403", "require layers == 3, layers == 4"),
        ("L404", "require params <= 1K, params < 1K"),
        ("L404", "require latency(a) <= 80ms\nrequire latency(a) <= 80ms"),
    ],
)
def test_it_is_found(found, code, body):
    assert code in [finding.code.id for finding in found(space(body), [code])]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("L301", "choice width in [c for c in [16]]\nx = x |> conv2d(width)"),
        ("L302", "choice width in distinct([make_divisible(8 * m) for m in [0.5, 0.6]])\nx = x |> conv2d(width)"),
        ("L303", "choice deep in { true, false }\nif deep {\n  choice width in { 8, 16 }\n  x = x |> conv2d(width)\n}"),
        ("L303", "choice rate in log_uniform(1e-4, 1e-1)"),
        ("L304", "choice op in { a: conv2d(8), b: conv2d(8, kernel=5) }\nx = x |> op()"),
        ("L304", "choice op in { a: conv2d(8), b: conv2d(9) }\nx = x |> op()"),
        ("L305", 'choice optimizer in { "sgd", "adam" }'),
        ("L305", "repeat 2 as layer {\n  choice momentum in uniform(0.8, 0.99)\n}"),
        ("L305", "repeat 2 as layer {\n  choice width in { 8, 16 }\n  x = x |> conv2d(width)\n}"),
        ("L306", "choice width in { 8, 16 }\nmost = width * 2\nwhere most < 64\nx = x |> conv2d(width)"),
        ("L307", "for n in [1, 2] {\n choice d in { n - 1, n } where d > 0\n  repeat d as t { x = x |> conv2d(8) }\n}"),
        ("L308", "choice width in { 8, 16 } where width > 8\nx = x |> conv2d(width)"),
        ("L401", "for i in 0..2 as s {\n  choice c in { 8, 16 }\n  x = x |> conv2d(c)\n}\nrequire params <= 4K"),
        ("L401", "choice width in { 8, 16 }\nx = x |> conv2d(width)\nrequire peak_memory <= 1B"),
        ("L402", "choice width in { 8, 16 }\nx = x |> conv2d(width)\nrequire params < 2K"),
        ("L402", "x = x |> conv2d(8)\nrequire params < 2G"),
        ("L403", "require params <= 1K, macs >= 2K"),
        ("L403", "choice wide in { true, false }\nif wide { require params <= 1K } else { require params > 1K }"),
        ("L404", "require params <= 1K, params >= 1"),
        ("L404", "require latency(a) <= 80ms, latency(b) <= 90ms"),
    ],
)  # fmt: skip
def test_it_is_not_found(found, code, body):
    assert [finding.message for finding in found(space(body), [code])] == []


@pytest.mark.parametrize(
    ("requirement", "command"),
    [
        ("params <= 1K", "mnet space min --by params"),
        ("params >= 3K", "mnet space max --by params"),
        ("macs <= 1K", "mnet space min --by macs"),
    ],
)
def test_a_space_that_can_not_meet_a_requirement_is_told_how_near_it_comes(found, requirement, command):
    (finding,) = found(space(f"choice width in {{ 8, 16 }}\nx = x |> conv2d(width)\nrequire {requirement}"), ["L401"])
    assert finding.hint == f"`{command}` shows that point"


def test_options_of_an_imported_block_are_compared_with_its_defaults(found):
    text = """import std.mobile { conv_bn }

model Space() {
  input image: f32[N, 32, 32, 16]
  choice op in { a: conv_bn(8, kernel=3, bias=false), b: conv_bn(8), c: conv_bn(8, kernel=5) }
  output features = image |> op()
}
"""
    (finding,) = found(text, ["L304"])
    assert finding.message == "this option makes the same layers as `a`"


def test_what_a_block_chooses_is_for_its_callers(found):
    text = """block layer(x: tensor, deep: bool) -> tensor {
  if deep {
    choice width in { 8, 16 }
    x = x |> conv2d(width)
  }
  return x
}

model Space() {
  input image: f32[N, 32, 32, 16]
  choice kernel in { 3, 5 }
  output features = image |> conv2d(8, kernel=kernel) |> layer(false)
}
"""
    assert found(text, ["L303"]) == []


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("require macs <= 1M, params <= 1K, macs <= 2M", "  require macs <= 1M, params <= 1K\n"),
        ("require macs <= 2M, macs <= 1M", "  require macs <= 1M\n"),
        ("require macs <= 2M\nrequire macs <= 1M", "  require macs <= 1M\n"),
        ("require macs <= 1M\nrequire macs <= 2M, macs <= 3M", "  require macs <= 1M\n"),
    ],
)
def test_the_stricter_requirement_stays(fixed, body, left):
    assert fixed(space(body), ["L404"]).text == space("HERE").replace("  HERE\n", left)


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ("{ 3, 3, 5, 3 }", "{ 3, 5 }"),
        ("{\n    3,\n    5,\n    3,\n  }", "{\n    3,\n    5,\n  }"),
    ],
)
def test_an_option_goes_with_its_comma(fixed, options, left):
    done = fixed(space(f"choice kernel in {options}\nx = x |> conv2d(8, kernel=kernel)"), ["L302"])
    assert done.left == ()
    assert left.replace("\n", "").replace(" ", "").replace(",}", "}") in done.text.replace("\n", "").replace(
        " ", ""
    ).replace(",}", "}")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("L501", "block _helper(x: tensor) -> tensor {\n  return x |> relu\n}\n"),
        ("L502", "/// A layer.\nblock layer(x: tensor) -> tensor {\n  return x |> relu\n}\n"),
        ("L503", "/// Of 2017. It has 3 stages and 5 parameters sets.\n" + space("expect params = 0")),
        ("L504", "/// As `conv2d` has it, with `hard_swish`; `true` is for `x`.\n" + space("")),
        ("L504", "/// As `quite_different`.\nblock b(x: tensor, n: int) -> tensor {\n  return x |> conv2d(n)\n}\n"),
        ("L505", "//! arXiv:1801.04381\n" + space("expect params = 0")),
    ],
)  # fmt: skip
def test_documentation_that_is_there(found, code, text):
    assert [finding.message for finding in found(text, [code])] == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("3.5M parameters", "expect params = 3.5M"),
        ("3,504,872 trainable parameters", "expect params = 3_504_872"),
        ("0.39B MACs", "expect macs = 0.39G"),
        ("564 million multiply-adds", "expect macs = 564M"),
        ("1.1G FLOPs", "expect flops = 1.1G"),
    ],
)
def test_numbers_in_words_become_an_expectation(found, said, expected):
    (finding,) = found(f"/// It has {said}.\n" + space(""), ["L503"])
    assert f"`{expected}`" in finding.hint
