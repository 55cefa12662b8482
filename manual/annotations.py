"""The page of all annotations: what each says, which counts, and who honours it.

`make docs` renews the committed page; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.targets import TARGETS, backend
from ..compiler.annotations import IN_FRONT
from ..compiler.initializers import BY_ROLE, LAWS
from ..dsl.annotations import ANNOTATIONS
from ..dsl.types import Parameter

_HEAD = """\
# Annotations

<!-- Made from dsl/annotations.py, compiler/initializers.py and the backends by `make docs`. -->

An annotation says of layers what is no part of their computation: the formats that they compute in, how sparse their
weights are, where they run, whether they are trained and how they start. It stands before a statement, and is about
all layers that the statement makes; before a block, about all layers of each call; or `on` path patterns.

```mnet
ratio = 0.85

@placement("cpu") block head(x: tensor, classes: int) -> tensor {
  return x |> mean() |> logits: dense(classes)
}

model Annotated(bits: "int4" | "int8" = "int8") {
  input image: f32[N, 64, 64, 3]

  @freeze x = image |> stem: conv2d(16, stride=2) |> relu
  for width in [16, 32] as stage {
    @precision(weights=bits, activations="int8")
    x = x |> expand: conv2d(4 * width, kernel=1) |> relu
    x = x |> project: conv2d(width, kernel=1)
  }
  @initializer("normal", stddev=0.01) @initializer("zeros", weight="bias")
  output logits = x |> head(10)

  @sparsity(ratio, block=(1, 4)) on "**.project", "stage1.*"
}
```

Arguments are expressions. Before a statement they may read its variables, parameters and choices; before a block, what
its file declares.

## Patterns

A pattern is a path as `mnet cost` lists it, seen from the body where the pattern stands: in a block, from the block. A
`*` is any part of one segment, `**` any number of segments, none too. What fits a path fits everything under it:
`**.project` is about `stage0.project`, and were that a block, about all layers in it. Layers may be made after the
pattern.

A pattern that is about no layer is an error, with the nearest path as a hint. Of a search space it is none: some
points have no such layer.

## Which one counts

A layer has one annotation of each kind; of initialisers one for each role. The narrowest counts, as a whole: it takes
no arguments from the others. From weak to strong:

1. patterns of the model, then those of the blocks on the way to the layer; of two in one body the later;
2. on the way from the model to the layer, what stands before statements and before the blocks that they call: what is
   further in is stronger,
3. but what stands before a block is weaker than what stands before the statement that calls it, and between the two is
   what stands before the statement that has made the instance.

## On the way to a file

The IR carries annotations on its nodes, and its text shows them behind `with`. A pass that makes one layer of two
keeps those of the layer that stays. The other goes only where nothing that says how it is to run (precision, sparsity,
placement) would be lost: where it has no such annotation, or the same. So a batch normalisation folds into the
convolution that is annotated, but an activation on another device stays, and the pass says why. Equal layers are one
layer only if such annotations are equal. Layers that compute nothing, and what is computed by the compiler, go
whatever they say.

What a target does not honour is taken off before its passes, so that the network in the file is the same as without,
and `mnet compile` warns once for each kind. `freeze` and `initializer` are about parameters and hold for every target:
frozen parameters are counted apart from trainable ones, and initialisers fill what no checkpoint gives.

"""

_FANS = """\
The fan-in of a weight is the number of inputs that one output sums over: the product of all its axes but the last. Its
fan-out is the product of all but the last but one. Each parameter draws from a generator of its own, seeded by its
name and `--seed`.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD.rstrip() + "\n", *_kinds(), *_laws(), *_honoured()])


def _kinds() -> Iterator[str]:
    for name, signature in ANNOTATIONS.items():
        yield f"## @{name}\n\n{signature.doc}\n"
        if signature.parameters:
            yield _table(("argument", "type", "default", ""), map(_row, signature.parameters))


def _row(parameter: Parameter) -> tuple[str, ...]:
    default = f'"{parameter.default}"' if isinstance(parameter.default, str) else parameter.default
    shown = "" if parameter.required or default is None else f"`{default}`"
    return f"`{parameter.name}`", f"`{parameter.type}`", shown, parameter.doc


def _laws() -> Iterator[str]:
    yield "## Initialisers\n"
    yield _table(("kind", "elements", "source"), ((f"`{n}`", law.doc, law.source) for n, law in LAWS.items()))
    yield _FANS
    yield _table(
        ("role", "without an annotation"),
        (
            (f"`{role.value}`", f"`{law.kind}`" + (f" {law.number}" if law.number is not None else ""))
            for role, law in BY_ROLE.items()
        ),
    )


def _honoured() -> Iterator[str]:
    yield "## Who honours what\n"
    yield _table(("annotation", *TARGETS), ((f"`@{kind}`", *_answers(kind)) for kind in ANNOTATIONS))


def _answers(kind: str) -> Iterator[str]:
    for target in TARGETS:
        yield "yes" if kind in IN_FRONT | backend(target).honours else "not yet"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n" for cells in lines)
