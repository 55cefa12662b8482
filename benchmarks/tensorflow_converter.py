"""Today's road: a saved Keras model through TensorFlow's converter, as its guide shows it.

python -m mnet.benchmarks.tensorflow_converter in.keras out.tflite
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import tensorflow as tf

if __name__ == "__main__":
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.models.load_model(sys.argv[1], compile=False))
    Path(sys.argv[2]).write_bytes(converter.convert())
