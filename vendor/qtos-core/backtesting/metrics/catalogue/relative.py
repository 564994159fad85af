"""Declarations of the metrics against the benchmark.

The benchmark is all cash in buy-and-hold of the same bars, bought at the close of
the first one (or of another symbol on the same bars).
"""

from __future__ import annotations

from backtesting.metrics.definition import (
    NO_RETURNS,
    Better,
    MetricDefinition,
    Reason,
)

BACON = (
    "Bacon, C. R. (2008). Practical Portfolio Performance Measurement and "
    "Attribution, 2nd ed. Wiley"
)

RELATIVE_METRICS = (
    MetricDefinition(
        name="alpha_pct",
        unit="% a year",
        direction=Better.HIGHER,
        definition=(
            "(mean(r - rf) - beta mean(b - rf)) P 100, b being the benchmark's "
            "returns: the intercept of the regression, annualized by adding."
        ),
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_BENCHMARK_VARIANCE,
        ),
        source=(
            "Jensen, M. C. (1968). The Performance of Mutual Funds in the Period "
            "1945-1964. Journal of Finance 23(2), 389-416"
        ),
    ),
    MetricDefinition(
        name="beta",
        unit="ratio",
        direction=Better.NEUTRAL,
        definition="cov(r, b) / var(b).",
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_BENCHMARK_VARIANCE,
        ),
        source=(
            "Sharpe, W. F. (1964). Capital Asset Prices. Journal of Finance "
            "19(3), 425-442"
        ),
    ),
    MetricDefinition(
        name="correlation",
        unit="ratio",
        direction=Better.NEUTRAL,
        definition="cov(r, b) / (sd(r) sd(b)).",
        lowest=-1.0,
        highest=1.0,
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_VARIANCE,
            Reason.ZERO_BENCHMARK_VARIANCE,
        ),
        source=(
            "Pearson, K. (1896). Regression, Heredity and Panmixia. Philosophical"
            " Transactions A 187, 253-318"
        ),
    ),
    MetricDefinition(
        name="information_ratio",
        unit="ratio",
        direction=Better.HIGHER,
        definition="mean(r - b) / sd(r - b) sqrt(P), with ddof = 1.",
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_ACTIVE_VARIANCE,
        ),
        source=(
            "Goodwin, T. H. (1998). The Information Ratio. Financial Analysts "
            "Journal 54(4), 34-43"
        ),
    ),
    MetricDefinition(
        name="excess_return_pct",
        unit="% points",
        direction=Better.HIGHER,
        definition="total_return_pct less the benchmark's.",
        source=BACON,
    ),
)
