"""When an artefact's tensor counts as equal to the reference."""

import warnings

import numpy as np
import pytest

from mnet.backends.verification import compare

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("expected", "found", "relative"),
    [
        ([2.0, -4.0], [2.0, -3.0], 0.25),
        ([0.0, 0.0], [0.0, 0.5], 0.5),
        ([INF, -INF, NAN, 1.0], [INF, -INF, NAN, 1.0], 0.0),
        ([INF, 2.0], [INF, 1.0], 0.5),
        ([INF], [-INF], INF),
        ([INF], [NAN], INF),
        ([1.0], [INF], INF),
        ([1.0], [NAN], INF),
        ([NAN], [1.0], INF),
        (3.0, 3.0, 0.0),
        ([], [], 0.0),
    ],
)
def test_difference_over_the_largest_magnitude(expected, found, relative):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compared = compare("y", np.array(expected, np.float32), np.array(found, np.float32))
    assert compared.relative == relative
    assert bool(compared.problem) == (relative == INF)


def test_what_cannot_be_compared_says_why():
    assert compare("y", np.zeros(3), None).problem == "the artefact does not have it"
    assert compare("y", np.zeros(3), np.zeros((3, 1))).problem == "its shape is (3, 1), not (3,)"
    assert compare("y", np.array([True]), np.array([False])).relative == 1.0
