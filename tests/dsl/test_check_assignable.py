"""`fits` is a partial order and `join` its least upper bound, for types free of errors."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mnet.dsl.assignable import MAX_WORDS, fits, holds_tensor, is_callable, join, join_all, members, size_of, unite
from mnet.dsl.types import (
    ACTIVATION,
    ANY,
    BLOCK,
    BOOL,
    DTYPE,
    FLOAT,
    INT,
    STRING,
    TENSOR,
    BlockOf,
    FunctionOf,
    InstanceOf,
    ListOf,
    OneOf,
    Parameter,
    Signature,
    TupleOf,
    Words,
)

X = (Parameter("x", TENSOR),)
ONE = Signature("one", X, (), TENSOR)
TWO = Signature("two", X, (), TupleOf((TENSOR, TENSOR)))

words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True).map(lambda w: Words(tuple(w)))
callables = st.builds(lambda kind, s, a: kind(s, a and s is ONE), st.sampled_from([BlockOf, InstanceOf]),
                      st.sampled_from([ONE, TWO]), st.booleans())  # fmt: skip
atoms = st.sampled_from([INT, FLOAT, BOOL, STRING, DTYPE, TENSOR, ACTIVATION, BLOCK, FunctionOf(ONE)])
plain = st.recursive(
    atoms | words | callables,
    lambda inner: inner.map(ListOf) | st.lists(inner, min_size=1, max_size=3).map(lambda e: TupleOf(tuple(e))),
    max_leaves=6,
)
types = plain | st.lists(plain, min_size=2, max_size=3).map(unite)


@given(types)
def test_every_type_fits_itself(a):
    assert fits(a, a)
    assert join(a, a) == a


@given(types, types, types)
def test_fitting_is_transitive(a, b, c):
    if fits(a, b) and fits(b, c):
        assert fits(a, c)


@given(types, types)
def test_a_join_is_fitted_by_both(a, b):
    both = join(a, b)
    if both is not None:
        assert fits(a, both)
        assert fits(b, both)


@given(types, types)
def test_what_fits_joins_to_the_wider(a, b):
    if fits(a, b):
        both = join(a, b)
        assert both is not None
        assert fits(both, b)


@given(types, types)
def test_the_order_of_a_join_does_not_matter(a, b):
    one, other = join(a, b), join(b, a)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert fits(one, other)
        assert fits(other, one)


@given(types, types, types)
def test_a_join_is_the_least_that_both_fit(a, b, c):
    both = join(a, b)
    if both is not None and fits(a, c) and fits(b, c):
        assert fits(both, c)


@given(types)
def test_what_is_in_error_fits_everywhere_and_gives_way(a):
    assert fits(ANY, a)
    assert fits(a, ANY)
    assert join(ANY, a) == join(a, ANY) == a


@given(st.lists(types, min_size=1, max_size=3))
def test_a_union_takes_each_of_its_members(parts):
    union = unite(parts)
    assert all(fits(part, union) for part in parts)
    assert fits(union, union)
    assert not any(isinstance(member, OneOf) for member in members(union))


@given(types)
def test_a_type_is_at_least_as_large_as_it_is_deep(a):
    size, depth = size_of(a)
    assert 1 <= depth <= size


def test_int_passes_for_float_but_not_the_reverse():
    assert fits(INT, FLOAT)
    assert not fits(FLOAT, INT)
    assert fits(ListOf(INT), ListOf(FLOAT))
    assert not fits(BOOL, INT)


def test_a_block_of_several_tensors_is_no_value_of_type_block():
    assert fits(BlockOf(ONE), BLOCK)
    assert not fits(BlockOf(TWO), BLOCK)
    assert fits(ACTIVATION, BLOCK)
    assert not fits(BLOCK, ACTIVATION)


def test_activations_join_as_activations_and_others_as_blocks():
    relu, conv = BlockOf(Signature("relu", X, (), TENSOR), True), BlockOf(ONE)
    gelu = InstanceOf(Signature("gelu", X, (), TENSOR), True)
    assert join(relu, gelu) is ACTIVATION
    assert join(relu, conv) is BLOCK


def test_many_words_are_a_string():
    several = join_all(Words((f"w{i}",)) for i in range(MAX_WORDS))
    assert isinstance(several, Words)
    assert join(several, Words(("one more",))) is STRING


def test_an_empty_list_takes_the_type_of_the_other():
    assert join(ListOf(ANY), ListOf(TENSOR)) == ListOf(TENSOR)
    assert join_all([]) is ANY


def test_tensors_are_seen_inside():
    assert holds_tensor(TupleOf((INT, ListOf(TENSOR))))
    assert not holds_tensor(BLOCK)
    assert is_callable(OneOf((BLOCK, ACTIVATION)))
    assert not is_callable(OneOf((BLOCK, INT)))
