"""The examples against keras.applications: same weights, same images, same numbers.

Every Keras network gets random weights and random batch-norm statistics, is saved as users save it, and comes
back through `mnet`: aligned, folded, lowered, and run in LiteRT, in ONNX Runtime and in the evaluator.
"""

import keras
import numpy as np
import pytest

import mnet
from mnet import driver
from mnet.backends.verification import compare
from mnet.benchmarks.keras_model import build, randomise
from mnet.benchmarks.models import MODELS

TOLERANCE = 1e-4

# `.weights.h5` does not know the topology, and these have branches of equal shapes.
RENAMES = {"ResNet50": "resnet.keras.rename", "NASNetAMobile": "nasnet_mobile.keras.rename"}


@pytest.fixture(scope="module", params=MODELS, ids=lambda model: model.name)
def case(request, tmp_path_factory):
    """A model, its Keras twin, and the twin's checkpoints."""
    keras.utils.set_random_seed(7)
    twin = build(request.param)
    randomise(twin, seed=7)
    folder = tmp_path_factory.mktemp(request.param.name)
    twin.save(folder / "twin.keras")
    twin.save_weights(folder / "twin.weights.h5")
    yield request.param, twin, folder
    keras.backend.clear_session()


def load(model, weights, **more):
    return mnet.load(model.path, model.name, set=dict(model.parameters), weights=weights, **more)


@pytest.fixture(scope="module")
def network(case):
    model, _, folder = case
    return load(model, folder / "twin.keras")


@pytest.fixture(scope="module")
def images(case):
    return np.random.default_rng(1).uniform(-1, 1, (2, 224, 224, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def expected(case, images):
    return case[1].predict(images, verbose=0)


def assert_equal(expected, found):
    difference = compare("logits", expected, found)
    assert difference.relative <= TOLERANCE, difference


def test_parameter_counts_are_equal(case, network):
    _, twin, _ = case
    statistics = [v for v in twin.non_trainable_variables if v.path.endswith(("moving_mean", "moving_variance"))]
    trainable = count(twin.trainable_variables)
    total = network.cost().total
    assert (total.trainable, total.parameters) == (trainable, trainable + count(statistics))


def count(variables):
    return sum(int(np.prod(variable.shape)) for variable in variables)


def test_evaluator_agrees(network, images, expected):
    assert_equal(expected, network.run(image=images)["logits"])


@pytest.mark.parametrize("target", ["tflite", "onnx"])
def test_artifact_agrees(case, network, images, expected, target):
    path = case[2] / f"network.{target}"
    mnet.write(network, target, path)
    assert_equal(expected, driver.runtime(path).run(path, {"image": images})["logits"])


def test_weights_h5_gives_the_same_bytes(case, network, tmp_path):
    model, _, folder = case
    rename = RENAMES.get(model.name)
    more = {"rename": model.path.parent / "weights" / rename} if rename else {}
    mnet.write(network, "tflite", tmp_path / "a.tflite")
    mnet.write(load(model, folder / "twin.weights.h5", **more), "tflite", tmp_path / "b.tflite")
    assert (tmp_path / "a.tflite").read_bytes() == (tmp_path / "b.tflite").read_bytes()
