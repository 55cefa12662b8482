"""Elements reach a file in row-major order, whatever their layout, in pieces that stay small."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet.backends import elements
from mnet.backends.elements import row_major


@given(st.lists(st.integers(0, 9), max_size=4), st.randoms(use_true_random=False), st.sampled_from([16, 200]))
def test_bytes_are_those_of_the_array(shape, random, piece):
    layout = random.sample(range(len(shape)), len(shape))
    array = np.arange(math.prod(shape), dtype=np.int32).reshape(shape).transpose(layout)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elements, "_PIECE", piece)
        patch.setattr(elements, "_STRIP", 3)
        assert b"".join(row_major(array)) == array.tobytes()


def test_copies_stay_small():
    array = np.zeros((3, 1 << 11, 1 << 11), np.float32).transpose(0, 2, 1)
    assert max(piece.nbytes for piece in row_major(array)) <= 8 << 20
