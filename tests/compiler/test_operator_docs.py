"""The reference page says everything that the declarations do."""

from __future__ import annotations

from mnet.compiler.ops import OPERATORS
from mnet.compiler.ops.pages import call, page


def test_page_has_every_operator_and_every_parameter():
    text = page()
    for operator in OPERATORS.values():
        section = text.split(f"### {operator.name}\n")[1].split("\n### ")[0]
        assert operator.doc in section
        for described in (*operator.operands, *operator.attributes, *operator.signature.parameters):
            assert f"`{described.name}`" in section


def test_calls_are_written_as_programs_write_them():
    assert call(OPERATORS["relu"].signature) == "relu(x: tensor) -> tensor"
    assert (
        call(OPERATORS["mean"].signature)
        == "mean(x: tensor, axes: list[int] = [1, 2], keepdims: bool = false) -> tensor"
    )
    assert (
        call(OPERATORS["split"].signature)
        == "split(x: tensor, sections: int | list[int], axis: int = -1) -> list[tensor]"
    )
