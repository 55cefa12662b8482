"""What the tensors and layers of others are called, and how their weights lie."""

from __future__ import annotations

from collections.abc import Mapping

from .storage import Stored

SLOTS = ("weight", "bias", "gamma", "beta", "mean", "variance", "slope")

SYNONYMS: Mapping[str, str] = {
    "kernel": "weight",
    "depthwise_kernel": "weight",
    "pointwise_kernel": "weight",
    "moving_mean": "mean",
    "running_mean": "mean",
    "moving_variance": "variance",
    "running_var": "variance",
    "alpha": "slope",
} | {slot: slot for slot in SLOTS}
"""Words for a layer's tensors: of Keras, of PyTorch, of ours."""

BOOKKEEPING = frozenset({"num_batches_tracked", "count", "seed_generator_state"})
"""Tensors that count and draw, and mean nothing to inference."""

Layouts = Mapping[str, str]
"""For each kind of weight the order of its axes: H and W of the kernel, I input, O output channels.
In HWIM a depthwise weight has an output channel for each of the I input channels and M multiples."""

PRESETS: Mapping[str, Layouts] = {
    "mnet": {"conv": "HWIO", "depthwise": "HWIO", "transposed": "HWIO", "dense": "IO"},
    "keras": {"conv": "HWIO", "depthwise": "HWIM", "transposed": "HWOI", "dense": "IO"},
    "torch": {"conv": "OIHW", "depthwise": "OIHW", "transposed": "IOHW", "dense": "OI"},
}
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "conv": ("HWIO", "OIHW"),
    "depthwise": ("HWIO", "HWIM", "OIHW"),
    "transposed": ("HWIO", "HWOI", "IOHW"),
    "dense": ("IO", "OI"),
}


def as_hwio(weight: Stored, layout: str) -> Stored:
    """A weight as [H, W, I, O], a dense one as that of a 1x1 convolution. A rank that does not fit is left alone."""
    if len(weight.shape) != len(layout):
        return weight
    if layout == "HWIM":
        h, w, i, m = weight.shape
        return weight.reshaped((h, w, 1, i * m))
    ordered = weight.permuted(tuple(layout.index(axis) for axis in "HWIO" if axis in layout))
    return ordered if len(layout) == 4 else ordered.reshaped((1, 1, *ordered.shape))


def channels_last(weight: Stored, image: tuple[int, ...]) -> Stored:
    """A dense weight [O, I] over an image flattened as [C, H, W], for one flattened as [H, W, C]."""
    h, w, c = image
    return weight.reshaped((weight.shape[0], c, h, w)).permuted((0, 2, 3, 1)).reshaped(weight.shape)
