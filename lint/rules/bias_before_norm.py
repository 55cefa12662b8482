"""L202: a bias that the batch norm behind it takes away."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.ir import Node
from ...compiler.ops import BATCH_NORM, Trait
from ...dsl import tree
from ...dsl.diagnostics import Code, Edit, Fix
from ...dsl.source import Span
from ..context import Context
from ..layers import faults, is_output, readers
from ..networks import Network
from ..rule import Finding, Rule, unsafe


def _check(context: Context) -> Iterator[Finding]:
    for fault in faults(context, _idle_bias):
        message = f"the batch norm behind `{fault.node.op.name}` takes its bias away"
        label = f"{fault.what} parameters that do nothing"
        fix = _without_bias(context, fault.span) if fault.node.span == fault.span else None
        hint = None if fix else "say `bias=false`"
        yield Finding(fault.span, message, label, notes=fault.notes, hint=hint, fix=fix)


def _idle_bias(network: Network, node: Node) -> int | None:
    """The elements of a bias that only a batch norm sees."""
    if not node.op.has(Trait.LINEAR) or len(node.inputs) < 3 or is_output(network, node):
        return None
    bias, users = node.inputs[2], readers(network, node)
    return bias.type.elements() if bias and users and all(user.op is BATCH_NORM for user in users) else None


def _without_bias(context: Context, span: Span) -> Fix | None:
    """`bias=false` in the call of an operator, where nothing else is said about it there."""
    call = context.calls.get(span)
    if call is None or not call.arguments:
        return None
    given = [one for one in call.arguments if one.name and one.name.name == "bias"]
    if not given:
        end = call.arguments[-1].span
        after = Span(end.file, end.end_line, end.end_column, end.end_line, end.end_column)
        return unsafe("add `bias=false`", Edit(after, ", bias=false"))
    value = given[0].value
    return unsafe("say `bias=false`", Edit(value.span, "false")) if isinstance(value, tree.Literal) else None


RULE = Rule(
    code=Code("L202", "bias before a batch norm"),
    name="bias-before-norm",
    what="Finds convolutions and dense layers with a bias whose result goes into batch norms only.",
    why="A batch norm subtracts the mean, and with it whatever was added to all elements of a channel; its own beta "
    "does what the bias was meant to. The bias is trained, stored and counted, and has no effect.",
    sources=("https://arxiv.org/abs/1502.03167, section 3.2",),
    fails="""\
/// Convolution, batch norm, activation.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16) |> batch_norm() |> relu
}
""",
    passes="""\
/// Convolution, batch norm, activation.
model Net() {
  input image: f32[N, 32, 32, 3]
  output features = image |> conv2d(16, bias=false) |> batch_norm() |> relu
}
""",
    check=_check,
)
