"""The IR as text: `parse_graph(print_graph(graph))` is the graph, and printing that is the text again.

    graph Tiny {
      doc "One convolution."
      input %image : f32[N, 8, 8, 3]

      weight %stem.conv.weight : f32[3, 3, 3, 4] = data @ "tiny.mnet":3:13-3:22
      bias %stem.conv.bias : f32[4] = [0.0, 0.5, -1.0, nan] @ "tiny.mnet":3:13-3:22

      %stem.conv = conv2d(%image, %stem.conv.weight, %stem.conv.bias) {
        padding = ((0, 1), (0, 1)), stride = (2, 2)} : f32[N, 4, 4, 4] @ "tiny.mnet":3:13-3:22
        with precision(weights = "int8") @ "tiny.mnet":2:3-2:29, freeze @ "tiny.mnet":2:30-2:37

      output features = %stem.conv
    }
    data {
      %stem.conv.weight = "AACAPw..."
    }

- One statement a line where it is printed; lines mean nothing where it is parsed. `//` starts a comment.
- A parameter is led by its role, and holds its elements in row-major order, or `data`: base64 of little-endian
  bytes in the trailing section, or `initial(seed)`: what `initializers.py` draws for its name and role, or by
  another law in `initial(seed, glorot_uniform)`, `initial(seed, constant, 0.5)`. `frozen` follows where it is.
- Operands follow the operator's declaration; `_` is an optional one that is absent.
- Attributes that have their default value are left out.
- A node's path is the name of its result, or the part before `#` where there are several.
- What comes after `with` are the node's annotations.
- What comes after `@` is the place in the source: first line:column, then the exclusive end.
- Names that are no dotted identifiers, and all strings, are quoted as in JSON.
"""

from .parser import parse_graph
from .printer import print_graph

__all__ = ["parse_graph", "print_graph"]
