"""Measuring a graph: the metrics that `dsl.metrics` declares, and the tables that latency is looked up in."""

from .measure import Gauge, Measured, Share
from .table import LatencyTable, MissingRowsError, Row
from .tablefile import read_table

__all__ = ["Gauge", "LatencyTable", "Measured", "MissingRowsError", "Row", "Share", "read_table"]
