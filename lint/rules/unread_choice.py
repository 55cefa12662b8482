"""L305: a choice that decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl import tree
from ...dsl.diagnostics import Code
from ...dsl.source import Span
from ..context import Context
from ..names import Kind
from ..rule import Finding, Rule


def _check(context: Context) -> Iterator[Finding]:
    of_training = _of_training(context)
    for declared in context.names.of_kind(Kind.CHOICE):
        if not declared.uses and declared.span not in of_training:
            yield Finding(
                declared.span,
                f"nothing reads the choice `{declared.name.name}`",
                "decides nothing",
                hint="what the training takes, and no layer reads, is chosen directly in the model",
            )


def _of_training(context: Context) -> set[Span]:
    """The choices that are made once for a whole model, and may be about its training; those that nothing can read."""
    whole = [node for model in context.all(tree.Model) for node in model.body if isinstance(node, tree.Choice)]
    carried = [choice for choice in context.all(tree.Choice) if _is_carried(choice.options)]
    return {choice.name.span for choice in (*whole, *carried)}


def _is_carried(options: tree.OptionSet | tree.Expr) -> bool:
    callee = options.callee if isinstance(options, tree.Call) else None
    return isinstance(callee, tree.Name) and callee.name in ("uniform", "log_uniform")


RULE = Rule(
    code=Code("L305", "choice that nothing reads"),
    name="unread-choice",
    what="Finds choices in blocks and loops whose name is used nowhere. Directly in a model, such a choice may be "
    "about its training, which no layer reads, and is not meant.",
    why="Points that differ in it are one architecture, so that counts of the space are too high and a search "
    "tries everything several times. Usually a call was to be given the name.",
    sources=("https://arxiv.org/abs/2006.03656",),
    fails="""\
/// One architecture, four times.
model Space() {
  input image: f32[N, 32, 32, 3]
  x = image
  repeat 2 as layer {
    choice kernel in { 3, 5 }
    x = x |> conv2d(16)
  }
  output features = x
}
""",
    passes="""\
/// Four architectures, and what their training searches for.
model Space() {
  choice learning_rate in log_uniform(1e-4, 1e-1)
  choice optimizer in { "sgd", "adam" }
  input image: f32[N, 32, 32, 3]
  x = image
  repeat 2 as layer {
    choice kernel in { 3, 5 }
    x = x |> conv2d(16, kernel=kernel)
  }
  output features = x
}
""",
    check=_check,
)
