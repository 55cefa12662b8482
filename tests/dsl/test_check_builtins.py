"""The value builtins: each call has the type that the language's page says."""

from __future__ import annotations

import pytest

from mnet.dsl.assignable import fits
from mnet.dsl.builtins import BUILTINS
from mnet.dsl.types import ANY, FLOAT, INT, INTERVAL, STRING, TENSOR, ListOf, OneOf, TupleOf

INTS, FLOATS, TENSORS = ListOf(INT), ListOf(FLOAT), ListOf(TENSOR)


@pytest.mark.parametrize(
    ("name", "given", "result"),
    [
        ("make_divisible", [FLOAT, INT], INT),
        ("max", [INT, INT, INT], INT),
        ("max", [INT, FLOAT], FLOAT),
        ("min", [INTS], INT),
        ("min", [FLOATS], FLOAT),
        ("max", [INT], None),
        ("max", [INTS, INT], None),
        ("max", [OneOf((INT, FLOAT)), INT], FLOAT),
        ("abs", [INT], INT),
        ("abs", [FLOAT], FLOAT),
        ("abs", [ANY], FLOAT),
        ("round", [FLOAT], INT),
        ("float", [INT], FLOAT),
        ("len", [TENSORS], INT),
        ("sum", [INTS], INT),
        ("sum", [FLOATS], FLOAT),
        ("zip", [INTS, TENSORS], ListOf(TupleOf((INT, TENSOR)))),
        ("zip", [INTS], None),
        ("enumerate", [TENSORS], ListOf(TupleOf((INT, TENSOR)))),
        ("reversed", [ListOf(STRING)], ListOf(STRING)),
        ("distinct", [ListOf(STRING)], ListOf(STRING)),
        ("distinct", [TENSORS], None),
        ("stepped", [INT, INT, INT], INTS),
        ("stepped", [INT, INT, FLOAT], FLOATS),
        ("uniform", [INT, FLOAT], INTERVAL),
        ("channels", [TENSOR], INT),
        ("shape", [TENSOR], INTS),
        ("constant", [FLOATS], TENSOR),
    ],
)
def test_result(name, given, result):
    assert BUILTINS[name].result(given) == result


@pytest.mark.parametrize("name", BUILTINS)
def test_a_builtin_is_declared_whole(name):
    builtin = BUILTINS[name]
    assert builtin.signature.name == name
    assert builtin.signature.doc
    assert not builtin.variadic or len(builtin.signature.parameters) == 1
    declared = [p.type for p in builtin.signature.tensors + builtin.signature.parameters]
    result = builtin.result(declared)
    assert result is None or fits(result, builtin.signature.returns)
