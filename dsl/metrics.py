"""What `require` and `expect` can speak of: each metric's name, unit and meaning, declared once.

The checker reads the names and units, the compiler measures (`compiler.metrics`), the documentation prints the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from .record import record

Unit = Literal["count", "bytes", "seconds"]
"""What a bound is written in. A plain number is a count, or bytes; seconds are always written with their unit."""


@record
class Metric:
    """`tabled` tells that the value comes from a named table, which is given beside the program: `latency(pixel)`.

    `source` is where the metric is taken from, as it is counted here.
    """

    name: str
    unit: Unit
    doc: str
    source: str
    tabled: bool = False


_DECLARED = (
    Metric(
        "params",
        "count",
        "weights, biases, gamma, beta and slopes, also those that are frozen, shared ones once; no moving statistics",
        "the count that papers publish, PyTorch's `numel` over `parameters()`",
    ),
    Metric(
        "macs",
        "count",
        "multiply-accumulates of convolutions, dense layers and matrix products for one example; no biases",
        "the Mult-Adds of MobileNet (Howard et al., 2017, arXiv:1704.04861)",
    ),
    Metric(
        "flops",
        "count",
        "two for each multiply-accumulate, and the element operations that are none, for one example",
        "the counts that stand in docs/operators.md",
    ),
    Metric(
        "weight_bytes",
        "bytes",
        "all parameters and written constants as they are stored, moving statistics included",
        "the elements' types in the program, before any pass",
    ),
    Metric(
        "peak_memory",
        "bytes",
        "activations that live at once in the best order of layers that is found, for one example",
        "Liberis and Lane, 2019 (arXiv:1910.05110), and layers that write over their operand",
    ),
    Metric(
        "layers",
        "count",
        "operators in the graph as the program says it: a convolution, its batch norm and its activation are three",
        "the lines of `mnet cost`",
    ),
    Metric(
        "latency",
        "seconds",
        "the sum over all operators of what a table measured for each, on the table's device",
        "the look-up tables of NetAdapt, ProxylessNAS and FBNet (arXiv:1804.03230, 1812.00332, 1812.03443)",
        tabled=True,
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _DECLARED})
"""Every metric by name."""
