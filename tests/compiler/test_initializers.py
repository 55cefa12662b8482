"""The weights of a model without a checkpoint."""

from __future__ import annotations

import numpy as np
import pytest

from mnet.compiler.elaborate import elaborate
from mnet.compiler.initializers import LAWS, Initialized, Law, Written
from mnet.compiler.ir import Role
from mnet.dsl.annotations import KIND_TAKES, KINDS
from mnet.dsl.dtypes import DType
from mnet.dsl.modules import load_text


def initial(
    role: Role, *shape: int, name: str = "layer.weight", seed: int = 0, dtype: DType = DType.F32
) -> Initialized:
    return Initialized(name, role, dtype, shape, seed)


@pytest.mark.parametrize(
    ("role", "value"),
    [
        (Role.BIAS, 0.0),
        (Role.GAMMA, 1.0),
        (Role.BETA, 0.0),
        (Role.MEAN, 0.0),
        (Role.VARIANCE, 1.0),
        (Role.SLOPE, 0.25),
    ],
)
def test_what_is_constant(role: Role, value: float) -> None:
    assert np.array_equal(initial(role, 5).read(), np.full(5, value, np.float32))


@pytest.mark.parametrize("shape", [(3, 3, 64, 128), (5, 5, 1, 2048), (512, 512)])
def test_weights_are_normal_of_variance_two_over_fan_in(shape: tuple[int, ...]) -> None:
    elements = initial(Role.WEIGHT, *shape).read()
    fan_in = np.prod(shape[:-1])
    assert elements.shape == shape
    assert elements.dtype == np.float32
    spread = 6 / np.sqrt(elements.size)  # six standard errors
    scaled = elements * np.sqrt(fan_in / 2)
    assert abs(scaled.mean()) < spread
    assert abs(scaled.var() - 1) < 2 * spread
    assert abs((scaled**4).mean() - 3) < 15 * spread


def drawn(kind: str, number: float | None = None, shape: tuple[int, ...] = (3, 3, 64, 128)) -> np.ndarray:
    return Initialized("layer.weight", Role.WEIGHT, DType.F32, shape, law=Law(kind, number)).read()


def test_every_kind_that_an_annotation_names_has_a_law() -> None:
    assert tuple(LAWS) == KINDS.words


@pytest.mark.parametrize(("kind", "number", "element"), [("zeros", None, 0), ("ones", None, 1), ("constant", 0.3, 0.3)])
def test_laws_of_one_element(kind: str, number: float | None, element: float) -> None:
    assert np.array_equal(drawn(kind, number), np.full((3, 3, 64, 128), element, np.float32))


FAN_IN, FAN_OUT = 3 * 3 * 64, 3 * 3 * 128
TRUNCATED = 0.87962566103423978  # the deviation of a standard normal within two of its own

SPREADS = [
    ("normal", 0.05, 0.05, None),
    ("truncated_normal", 0.05, 0.05 * TRUNCATED, 0.1),
    ("uniform", 0.05, 0.05 / np.sqrt(3), 0.05),
    ("he_normal", None, np.sqrt(2 / FAN_IN), None),
    ("he_uniform", None, np.sqrt(2 / FAN_IN), np.sqrt(6 / FAN_IN)),
    ("glorot_normal", None, np.sqrt(2 / (FAN_IN + FAN_OUT)), None),
    ("glorot_uniform", None, np.sqrt(2 / (FAN_IN + FAN_OUT)), np.sqrt(6 / (FAN_IN + FAN_OUT))),
]


@pytest.mark.parametrize(("kind", "number", "deviation", "limit"), SPREADS)
def test_mean_deviation_and_limit(kind: str, number: float | None, deviation: float, limit: float | None) -> None:
    """Within five standard errors: of the mean, 1 / sqrt(n); of the deviation, at most 1 / sqrt(2 n), both relative."""
    elements = drawn(kind, number)
    assert abs(elements.mean(dtype=np.float64)) < 5 * deviation / np.sqrt(elements.size)
    assert elements.std(dtype=np.float64) == pytest.approx(deviation, rel=5 / np.sqrt(2 * elements.size))
    if limit is not None:
        assert 0.99 * limit < np.abs(elements).max() <= limit * (1 + 1e-6)


def test_only_a_truncated_normal_has_no_tails() -> None:
    assert np.abs(drawn("normal", 1.0)).max() > 4
    assert np.abs(drawn("truncated_normal", 1.0)).max() <= 2


@pytest.mark.parametrize("kind", LAWS)
@pytest.mark.parametrize("shape", [(), (1,), (4, 3), (0, 3), (2, 3, 1, 4)])
def test_every_law_draws_every_shape_alike_each_time(kind: str, shape: tuple[int, ...]) -> None:
    number = 0.5 if kind in KIND_TAKES else None
    elements = drawn(kind, number, shape)
    assert (elements.shape, elements.dtype) == (shape, np.float32)
    assert np.array_equal(elements, drawn(kind, number, shape))


def test_a_law_is_drawn_in_the_parameters_type() -> None:
    data = Initialized("b", Role.BIAS, DType.F16, (3,), law=Law("constant", 1e30))
    assert data.read().dtype == np.float16
    assert np.all(np.isinf(data.read()))


def test_the_first_elements_never_change() -> None:
    """They are documented: other versions must draw the same."""
    drawn = initial(Role.WEIGHT, 2, 2, name="stem.conv.weight").read()
    again = initial(Role.WEIGHT, 2, 2, name="stem.conv.weight").read()
    assert np.array_equal(drawn, again)
    np.testing.assert_array_equal(drawn, DRAWN)


DRAWN = np.array([[1.9764799, 0.40915102], [3.6324713, 1.1577629]], np.float32)


def test_name_and_seed_decide() -> None:
    one = initial(Role.WEIGHT, 8, 8)
    assert not np.array_equal(one.read(), initial(Role.WEIGHT, 8, 8, name="other.weight").read())
    assert not np.array_equal(one.read(), initial(Role.WEIGHT, 8, 8, seed=1).read())


def test_other_layers_change_nothing() -> None:
    text = "model M() {{ input x: f32[N, 8]\noutput y = x |> {}a: dense(4) |> b: dense(3) }}"
    short, long = (elaborate(load_text(text.format(more))) for more in ("", "c: dense(8) |> "))
    for name in short.parameters:
        assert np.array_equal(short.parameters[name].data.read(), long.parameters[name].data.read())


def test_the_elements_have_the_parameters_type() -> None:
    assert initial(Role.WEIGHT, 4, 4, dtype=DType.F16).read().dtype == np.float16
    assert initial(Role.GAMMA, 4, dtype=DType.F16).read().dtype == np.float16


def test_constants_are_what_was_written() -> None:
    data = Written((1.0, 2.0, 3.0, 4.0), DType.I32, (2, 2))
    assert data.read().tolist() == [[1, 2], [3, 4]]
    assert data.nbytes == 16
    assert Written((0.5,), DType.F32, ()).read().shape == ()
