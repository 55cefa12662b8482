"""Matrix products."""

from __future__ import annotations

from ..draft import Site

_FC = (1, 0)  # [C, F] as [F, C]


def dense(at: Site) -> None:
    keep_rank = len(at.input_shape()) > 2
    options = {"fused_activation_function": at.activation, "weights_format": 0, "keep_num_dims": keep_rank}
    at.emit("FULLY_CONNECTED", (at.operand(0), at.transposed(1, _FC), at.operand(2)), **options)


def matmul(at: Site) -> None:
    at.emit("BATCH_MATMUL", at.operands, adj_x=at.attributes["transpose_a"], adj_y=at.attributes["transpose_b"])
