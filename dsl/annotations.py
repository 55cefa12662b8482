"""The annotations: what each is called with, and what it says about the layers that it stands for.

The checker binds their arguments as those of a call, the elaborator carries them into the graph; documents and rules
read the same declarations.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .types import ANY, FLOAT, INT, Parameter, Signature, TupleOf, Words

PRECISIONS = Words(("int4", "int8", "int16", "fp4_e2m1", "fp8_e4m3", "fp8_e5m2", "fp16", "bf16", "fp32"))
"""The 4-bit and 8-bit floats are those of the OCP Microscaling formats, sections 5.3.1 and 5.3.3."""

DEVICES = Words(("cpu", "gpu", "dsp", "edgetpu"))

ROLES = Words(("weight", "bias", "gamma", "beta", "mean", "variance", "slope"))
"""What a parameter is to its layer."""

KINDS = Words(
    (
        "zeros",
        "ones",
        "constant",
        "normal",
        "truncated_normal",
        "uniform",
        "he_normal",
        "he_uniform",
        "glorot_normal",
        "glorot_uniform",
    )
)

KIND_TAKES: Mapping[str, str] = MappingProxyType(
    {"constant": "value", "normal": "stddev", "truncated_normal": "stddev", "uniform": "limit"}
)
"""The parameter of `initializer` that a kind needs. The others need none, and none takes another's."""


def _annotation(name: str, doc: str, *parameters: Parameter) -> Signature:
    return Signature(name, (), parameters, ANY, doc)


_ALL = (
    _annotation(
        "precision",
        "The number formats that the layers compute in.",
        Parameter("weights", PRECISIONS, None, "the format of the weights; as the model has it, if it is not given"),
        Parameter("activations", PRECISIONS, None, "the format of the results; likewise"),
    ),
    _annotation(
        "sparsity",
        "The part of the weights that is zero.",
        Parameter("ratio", FLOAT, doc="the zeros among the weights, from 0 to 1"),
        Parameter("block", TupleOf((INT, INT)), (1, 1), "weights that are zero together: inputs, outputs"),
    ),
    _annotation(
        "placement",
        "The device that the layers run on.",
        Parameter("device", DEVICES, doc="the kind of processor"),
    ),
    _annotation("freeze", "Training leaves the weights of the layers as they are."),
    _annotation(
        "initializer",
        "How the weights of the layers start where no checkpoint gives them.",
        Parameter("kind", KINDS, doc="a constant, or the distribution that is drawn from"),
        Parameter("weight", ROLES, "weight", "which of a layer's parameters is meant, by its role"),
        Parameter("value", FLOAT, None, 'every element; of "constant"'),
        Parameter("stddev", FLOAT, None, 'the standard deviation; of "normal" and "truncated_normal"'),
        Parameter("limit", FLOAT, None, 'the elements are drawn from -limit to limit; of "uniform"'),
    ),
)

ANNOTATIONS: Mapping[str, Signature] = MappingProxyType({signature.name: signature for signature in _ALL})
