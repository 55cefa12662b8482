"""Builds one network of keras.applications with random weights and saves it, in a process of its own.

python -m mnet.benchmarks.keras_model MobileNetV2 out.keras
"""

from __future__ import annotations

import sys

import keras
import numpy as np

from .models import MODELS, Model


def build(model: Model) -> keras.Model:
    """The network, ending in logits, without the rescaling of inputs, which is no part of a paper's network."""
    make = getattr(keras.applications, model.keras)
    network = make(weights=None, classifier_activation=None, input_shape=(224, 224, 3), **dict(model.arguments))
    if model.keras == "EfficientNetB0":
        network = keras.Model(network.get_layer("stem_conv_pad").input, network.output)
    return network


def randomise(network: keras.Model, seed: int = 0) -> None:
    """Random batch-norm statistics too: fresh ones are 0 and 1, which hides mistakes and lets a converter cheat."""
    random = np.random.default_rng(seed)
    for variable in network.variables:
        shape = tuple(variable.shape)
        if variable.path.endswith(("gamma", "moving_variance")):
            variable.assign(random.uniform(0.5, 1.5, shape))
        elif variable.path.endswith(("beta", "moving_mean", "bias")):
            variable.assign(random.normal(0, 0.1, shape))


if __name__ == "__main__":
    network = build(next(model for model in MODELS if model.name == sys.argv[1]))
    randomise(network)
    network.save(sys.argv[2])
