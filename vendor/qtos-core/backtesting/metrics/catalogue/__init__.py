"""Every metric, declared once.

Schemas, documentation, the gate and the service's catalogue read `CATALOGUE`;
the order here is the order of every answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtesting.metrics.catalogue.distribution import DISTRIBUTION_METRICS
from backtesting.metrics.catalogue.equity import EQUITY_METRICS
from backtesting.metrics.catalogue.relative import RELATIVE_METRICS
from backtesting.metrics.catalogue.trading import TRADING_METRICS

if TYPE_CHECKING:
    from backtesting.metrics.definition import MetricDefinition

CURVE_METRICS: tuple[MetricDefinition, ...] = (
    *EQUITY_METRICS,
    *DISTRIBUTION_METRICS,
)
"""Those that an equity curve alone has, such as a benchmark's."""

CATALOGUE: tuple[MetricDefinition, ...] = (
    *CURVE_METRICS,
    *TRADING_METRICS,
    *RELATIVE_METRICS,
)

__all__ = ["CATALOGUE", "CURVE_METRICS"]
