"""The operators of the IR, one declaration each, by family."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .activation import (
    GELU,
    HARD_SIGMOID,
    HARD_SWISH,
    IDENTITY,
    LEAKY_RELU,
    PRELU,
    RELU,
    RELU6,
    SIGMOID,
    SWISH,
    TANH,
)
from .base import (
    Application,
    Attribute,
    Operand,
    Operator,
    OperatorError,
    Surface,
    Trait,
    Weight,
)
from .convolution import CONV2D, DEPTHWISE_CONV2D
from .elementwise import ABSOLUTE, ADD, DIV, EXP, MAXIMUM, MINIMUM, MUL, NEG, SQRT, SUB
from .linear import DENSE, MATMUL
from .normalization import BATCH_NORM, SOFTMAX
from .pooling import AVG_POOL2D, MAX_POOL2D, MEAN
from .resize import RESIZE
from .shape import CONCAT, PAD, RESHAPE, SLICE, SPLIT, TRANSPOSE
from .transposed import TRANSPOSED_CONV2D

FAMILIES: Mapping[str, tuple[Operator, ...]] = MappingProxyType(
    {
        "Convolution": (CONV2D, DEPTHWISE_CONV2D, TRANSPOSED_CONV2D),
        "Matrix products": (DENSE, MATMUL),
        "Normalisation": (BATCH_NORM, SOFTMAX),
        "Pooling": (MAX_POOL2D, AVG_POOL2D, MEAN),
        "Activation": (
            RELU,
            RELU6,
            HARD_SWISH,
            HARD_SIGMOID,
            SWISH,
            SIGMOID,
            TANH,
            IDENTITY,
            GELU,
            LEAKY_RELU,
            PRELU,
        ),
        "Arithmetic": (ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, NEG, ABSOLUTE, EXP, SQRT),
        "Shape": (CONCAT, SPLIT, SLICE, PAD, RESIZE, RESHAPE, TRANSPOSE),
    }
)
"""The operators as the documentation groups them."""

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {operator.name: operator for family in FAMILIES.values() for operator in family}
)
"""Every operator by name."""

__all__ = [
    "ABSOLUTE", "ADD", "AVG_POOL2D", "BATCH_NORM", "CONCAT", "CONV2D", "DENSE", "DEPTHWISE_CONV2D", "DIV", "EXP",
    "FAMILIES", "GELU", "HARD_SIGMOID", "HARD_SWISH", "IDENTITY", "LEAKY_RELU", "MATMUL", "MAXIMUM", "MAX_POOL2D",
    "MEAN", "MINIMUM", "MUL", "NEG", "OPERATORS", "PAD", "PRELU", "RELU", "RELU6", "RESHAPE", "RESIZE", "SIGMOID",
    "SLICE", "SOFTMAX", "SPLIT", "SQRT", "SUB", "SWISH", "TANH", "TRANSPOSE", "TRANSPOSED_CONV2D",
    "Application", "Attribute", "Operand", "Operator", "OperatorError", "Surface", "Trait", "Weight",
]  # fmt: skip
