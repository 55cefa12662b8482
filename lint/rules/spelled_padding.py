"""L232: padding in numbers that has a name."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code, Edit
from ..context import Context
from ..edits import has_comment
from ..rule import Finding, Rule, safe

_WINDOWED = frozenset({"conv2d", "depthwise_conv2d", "max_pool2d", "avg_pool2d"})
_VALID = ((0, 0), (0, 0))

Pair = tuple[int, int]


def _check(context: Context) -> Iterator[Finding]:
    for call in context.all(tree.Call):
        if not _is_windowed(context, call):
            continue
        given = {argument.name.name: argument.value for argument in call.arguments if argument.name}
        padding = given.get("padding")
        word = _word(given) if padding else None
        if padding and word:
            edit = Edit(padding.span, f'"{word}"')
            fix = None if has_comment(context, padding.span) else safe(f'write "{word}"', edit)
            yield Finding(padding.span, f'this padding is `"{word}"`', "in numbers", fix=fix)


def _is_windowed(context: Context, call: tree.Call) -> bool:
    callee = call.callee
    return isinstance(callee, tree.Name) and callee.name in _WINDOWED and context.names.meant(callee) is None


def _word(given: dict[str, tree.Expr]) -> str | None:
    """What the numbers are called, where the kernel and the dilation are written out beside them."""
    pads = _pads(given["padding"])
    if pads == _VALID:
        return "valid"
    kernel = _pair(given.get("kernel"))
    dilation = _pair(given["dilation"]) if "dilation" in given else (1, 1)
    if pads is None or kernel is None or dilation is None:
        return None
    symmetric = tuple((step * (size - 1) // 2,) * 2 for size, step in zip(kernel, dilation, strict=True))
    return "symmetric" if pads == symmetric else None


def _pads(written: tree.Expr) -> tuple[Pair, Pair] | None:
    if not isinstance(written, tree.TupleExpr) or len(written.items) != 2:
        return None
    rows, columns = (_pair(item) if isinstance(item, tree.TupleExpr) else None for item in written.items)
    return (rows, columns) if rows and columns else None


def _pair(written: tree.Expr | None) -> Pair | None:
    if isinstance(written, tree.TupleExpr) and len(written.items) == 2:
        first, second = map(_int, written.items)
    else:
        first = second = _int(written)
    return None if first is None or second is None else (first, second)


def _int(written: tree.Expr | None) -> int | None:
    value = written.value if isinstance(written, tree.Literal) else None
    return value if type(value) is int else None


RULE = Rule(
    code=Code("L232", "padding in numbers that has a name"),
    name="spelled-padding",
    what='Finds explicit padding that equals `"symmetric"` or `"valid"` for the kernel of the same call.',
    why="The numbers have to be changed with the kernel, and a reader has to work out that they are nothing special. "
    "The word says what is meant and follows the kernel.",
    sources=("docs/operators.md",),
    fails="""\
/// One layer.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16, kernel=5, padding=((2, 2), (2, 2)))
}
""",
    passes="""\
/// One layer, and one that no word describes.
model Net() {
  input image: f32[N, 32, 32, 3]
  x = image |> conv2d(16, kernel=5, padding="symmetric")
  output features = x |> causal: conv2d(16, kernel=3, padding=((2, 0), (1, 1)))
}
""",
    check=_check,
)
