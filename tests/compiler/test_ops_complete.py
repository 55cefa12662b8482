"""Every operator is declared whole: documented, callable, and true to its own declaration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet.compiler import ops
from mnet.compiler.ops import FAMILIES, OPERATORS, Operator, Trait

EVERY = pytest.mark.parametrize("op", OPERATORS.values(), ids=OPERATORS)

IMAGE = (2, 6, 7, 4)
CALLS: dict[str, dict[str, Any]] = {
    "conv2d": {"filters": 5},
    "transposed_conv2d": {"filters": 5, "kernel": 3},
    "dense": {"units": 3},
    "matmul": {"transpose_b": True},
    "max_pool2d": {"kernel": 2, "stride": 2},
    "avg_pool2d": {"kernel": 2, "stride": 2},
    "split": {"sections": 2},
    "slice": {"axes": [1], "begin": [1], "end": [-1]},
    "pad": {"padding": [(0, 0), (1, 1), (1, 0), (0, 0)]},
    "resize": {"size": (3, 9)},
    "reshape": {"shape": [-1, 7]},
    "transpose": {"permutation": [0, 2, 3, 1]},
}
"""A call of each operator that needs values."""


def arrays(op: Operator) -> list[np.ndarray]:
    count = 3 if op.operands[0].variadic else op.surface.tensors
    return [np.random.default_rng(i).uniform(0.1, 1, IMAGE).astype(np.float32) for i in range(count)]


@EVERY
def test_documented(op):
    assert op.doc.endswith(".")
    described = (*op.operands, *op.attributes, *op.surface.parameters)
    assert all(each.doc and not each.doc.endswith(".") for each in described)


@EVERY
def test_exported_under_its_own_name(op):
    assert getattr(ops, op.name.upper()) is OPERATORS[op.name] is op


def test_families_hold_each_operator_once():
    assert [op for family in FAMILIES.values() for op in family] == list(OPERATORS.values())


def test_exports_are_whole():
    public = {name for name in vars(ops) if name[0].isupper()} - {"Mapping", "MappingProxyType"}
    assert set(ops.__all__) == public


@EVERY
def test_call_resolves_every_attribute(apply, op):
    attributes = apply(op, *arrays(op), **CALLS.get(op.name, {})).attributes
    assert set(attributes) == {attribute.name for attribute in op.attributes}


@EVERY
def test_weights_are_operands_that_the_call_does_not_pass(apply, op):
    made = apply(op, *arrays(op), **CALLS.get(op.name, {})).weights
    operands = () if op.operands[0].variadic else op.operands[op.surface.tensors :]
    assert [o.name for o in operands if not o.optional] == [n for n in made if n not in optional_names(op)]
    assert set(made) <= {o.name for o in operands}


def optional_names(op: Operator) -> set[str]:
    return {operand.name for operand in op.operands if operand.optional}


@EVERY
def test_operands_are_left_as_they_were(apply, op):
    given_arrays = arrays(op)
    before = [array.copy() for array in given_arrays]
    for array in given_arrays:
        array.flags.writeable = False
    apply(op, *given_arrays, **CALLS.get(op.name, {}))
    assert all((a == b).all() for a, b in zip(before, given_arrays, strict=True))


@EVERY
def test_an_open_batch_is_counted_as_one(new_builder, op):
    assert counts(new_builder(), op, "N") == counts(new_builder(), op, 1)


def counts(builder: Any, op: Operator, batch: int | str) -> tuple[int, int]:
    tensors = [builder.input(batch, *IMAGE[1:], name=f"x{i}") for i in range(len(arrays(op)))]
    builder.call(op, *tensors, **CALLS.get(op.name, {}))
    (node,) = builder.nodes
    types, results = [v and v.type for v in node.inputs], [v.type for v in node.outputs]
    return op.macs(types, results, node.attributes), op.flops(types, results, node.attributes)


@settings(max_examples=20, deadline=None)
@given(shape=st.lists(st.integers(1, 5), min_size=2, max_size=5), seed=st.integers(0, 99))
@pytest.mark.parametrize("op", [op for op in OPERATORS.values() if op.has(Trait.ELEMENTWISE)], ids=lambda op: op.name)
def test_elementwise_operators_read_only_their_place(apply, op, shape, seed):
    generator = np.random.default_rng(seed)
    given_arrays = [generator.uniform(0.1, 1, shape).astype(np.float32) for _ in range(op.surface.tensors)]
    whole = apply(op, *given_arrays).result
    place = tuple(generator.integers(0, size) for size in shape)
    changed = [array.copy() for array in given_arrays]
    changed[0][place] += 1
    differs = apply(op, *changed).result != whole
    differs[place] = False
    assert not differs.any()


@pytest.mark.parametrize("op", [op for op in OPERATORS.values() if op.has(Trait.COMMUTATIVE)], ids=lambda op: op.name)
def test_commutative_operators_commute(apply, op):
    a, b = arrays(op)
    assert (apply(op, a, b).result == apply(op, b, a).result).all()


@pytest.mark.parametrize("op", [op for op in OPERATORS.values() if op.has(Trait.LINEAR)], ids=lambda op: op.name)
def test_linear_operators_scale_with_the_last_axis_of_the_weight(apply, op):
    (x,) = arrays(op)
    ours = apply(op, x, **CALLS.get(op.name, {}))
    weight = ours.weights["weight"]
    scale = np.linspace(0.5, 2, weight.shape[-1], dtype=np.float32)
    (scaled,) = op.evaluate([x, weight * scale, ours.weights["bias"] * scale], ours.attributes)
    np.testing.assert_allclose(scaled, ours.result * scale, rtol=1e-5)


@pytest.mark.parametrize("op", [op for op in OPERATORS.values() if op.has(Trait.ACTIVATION)], ids=lambda op: op.name)
def test_activations_can_be_applied_without_values(op):
    assert op.surface.tensors == 1
    assert not any(parameter.required for parameter in op.surface.parameters)


@pytest.mark.parametrize("op", [op for op in OPERATORS.values() if op.has(Trait.RESHAPES)], ids=lambda op: op.name)
def test_reshaping_operators_compute_nothing(builder, op):
    assert counts(builder, op, "N") == (0, 0)
