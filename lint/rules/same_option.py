"""L304: options of other names that make the same layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...compiler.ops import OPERATORS
from ...dsl import tree
from ...dsl.diagnostics import Code, Label
from ...dsl.types import REQUIRED
from ..context import Context
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    for options in context.all(tree.OptionSet):
        first: dict[object, tree.Expr] = {}
        for option in options.items:
            known = first.setdefault(_layers(context, option), option)
            if known is not option and known != option:
                yield Finding(
                    option.span,
                    f"this option makes the same layers as {_name(known)}",
                    "the same again",
                    others=(Label(known.span, "as this"),),
                    hint="leave one of them out, or give it other values",
                )


def _name(option: tree.Expr) -> str:
    if isinstance(option, tree.Labelled):
        return f"`{option.label.name}`"
    return f"`{option.name}`" if isinstance(option, tree.Name) else "the one before"


def _layers(context: Context, option: tree.Expr) -> object:
    """What an option makes, whatever it is called: a callee and what it is given that is not its default anyway."""
    made = option.value if isinstance(option, tree.Labelled) else option
    callee = made.callee if isinstance(made, tree.Call) else made
    if not isinstance(callee, tree.Name):
        return made
    arguments = made.arguments if isinstance(made, tree.Call) else ()
    defaults = _defaults(context, callee)
    given = [argument for argument in arguments if argument.name is None or not _is_default(argument, defaults)]
    named = {argument.name.name: argument.value for argument in given if argument.name}
    positional = tuple(argument.value for argument in given if argument.name is None)
    return callee, positional, frozenset(named.items())


def _is_default(argument: tree.Argument, defaults: Mapping[str, object]) -> bool:
    name, value = argument.name, argument.value
    if name is None or name.name not in defaults:
        return False
    default = defaults[name.name]
    return value == default or (isinstance(value, tree.Literal) and value.value == default)


def _defaults(context: Context, callee: tree.Name) -> Mapping[str, object]:
    """The defaults of a block, as they are written, or of an operator, as they are."""
    declared = context.names.meant(callee)
    if declared is None:
        operator = OPERATORS.get(callee.name)
        parameters = operator.surface.parameters if operator and operator.surface else ()
        return {parameter.name: parameter.default for parameter in parameters if parameter.default is not REQUIRED}
    block = _block(context, declared.node)
    return {p.name.name: p.default for p in block.parameters if p.default} if block else {}


def _block(context: Context, node: object) -> tree.Block | None:
    """The block that a declaration is, or imports."""
    if isinstance(node, tree.ImportedName):
        wanted = next(one for one in context.module.imports if node in one.names)
        items = context.program.modules[wanted.dotted].items
        node = next((item for item in items if item.name.name == node.name.name), None)
    return node if isinstance(node, tree.Block) else None


RULE = Rule(
    code=Code("L304", "options that make the same layers"),
    name="same-option",
    what="Finds options of one choice that call the same block or operator with the same values, under different "
    "labels; a value that is the parameter's default counts as left out.",
    why="The points that differ in them are one architecture. A search spends its time on both, and counts of the "
    "space are too high; in most cases a value was to be changed in the copy.",
    sources=("https://arxiv.org/abs/1806.09055, section 3",),
    fails="""\
import std.mobile { depthwise_bn }

/// Two names for one layer.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice op in { small: depthwise_bn(kernel=3), large: depthwise_bn() }
  output features = image |> op()
}
""",
    passes="""\
import std.mobile { depthwise_bn }

/// Two layers.
model Space() {
  input image: f32[N, 32, 32, 3]
  choice op in { small: depthwise_bn(kernel=3), large: depthwise_bn(kernel=5) }
  output features = image |> op()
}
""",
    check=_check,
)
