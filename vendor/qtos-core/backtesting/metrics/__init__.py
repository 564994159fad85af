"""Metrics of a backtest: one declaration, one formula and one home for each.

`compute_metrics` gives the eight headline figures of an equity curve.
"""

from __future__ import annotations

from backtesting.metrics.definition import Better, Measured, MetricDefinition, Reason
from backtesting.metrics.summary import Metrics, compute_metrics

__all__ = [
    "Better",
    "Measured",
    "MetricDefinition",
    "Metrics",
    "Reason",
    "compute_metrics",
]
