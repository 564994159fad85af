"""Metrics of a backtest: one declaration, one formula and one home for each.

* `CATALOGUE` declares every metric: unit, direction, definition, when it is
  undefined, source.
* `measure` reads all of them, and the benchmark's, off a run's arrays.
* `compute_metrics` gives the eight headline figures of a list of points.

Units: names ending in ``_pct`` and `cagr` are percent; drawdowns, values at risk
and average losses are positive; ratios are annualized.  An undefined metric has a
reason and no value.
"""

from __future__ import annotations

from backtesting.metrics.catalogue import CATALOGUE, CURVE_METRICS
from backtesting.metrics.definition import (
    EXPLANATIONS,
    Better,
    Measured,
    MetricDefinition,
    Reason,
)
from backtesting.metrics.equity import Clock
from backtesting.metrics.history import History
from backtesting.metrics.measure import (
    Comparison,
    Held,
    hold,
    measure,
    measure_equity,
)
from backtesting.metrics.periods import (
    BarsPerYear,
    bars_per_year,
    bars_per_year_of,
    infer_periods_per_year,
)
from backtesting.metrics.summary import Metrics, compute_metrics

__all__ = [
    "CATALOGUE",
    "CURVE_METRICS",
    "EXPLANATIONS",
    "BarsPerYear",
    "Better",
    "Clock",
    "Comparison",
    "Held",
    "History",
    "Measured",
    "MetricDefinition",
    "Metrics",
    "Reason",
    "bars_per_year",
    "bars_per_year_of",
    "compute_metrics",
    "hold",
    "infer_periods_per_year",
    "measure",
    "measure_equity",
]
