"""Declarations of the tails and the shape of the returns of an equity curve."""

from __future__ import annotations

from backtesting.metrics.definition import (
    NO_RETURNS,
    Better,
    MetricDefinition,
    Reason,
)

DISTRIBUTION_METRICS = (
    MetricDefinition(
        name="value_at_risk_95_pct",
        unit="% a bar",
        direction=Better.LOWER,
        definition=(
            "Historical 5th percentile of the returns (linear interpolation), "
            "sign turned: positive is a loss. Needs 20 returns."
        ),
        reasons=NO_RETURNS,
        source="Jorion, P. (2006). Value at Risk, 3rd ed. McGraw-Hill",
    ),
    MetricDefinition(
        name="expected_shortfall_95_pct",
        unit="% a bar",
        direction=Better.LOWER,
        definition=(
            "Mean of the returns at or below the 5th percentile, sign turned: "
            "positive is a loss. Needs 20 returns."
        ),
        reasons=NO_RETURNS,
        source=(
            "Acerbi, C. & Tasche, D. (2002). On the Coherence of Expected "
            "Shortfall. Journal of Banking & Finance 26(7), 1487-1503"
        ),
    ),
    MetricDefinition(
        name="tail_ratio",
        unit="ratio",
        direction=Better.HIGHER,
        definition=(
            "Size of the 95th percentile of the returns over that of the 5th "
            "(linear interpolation)."
        ),
        lowest=0.0,
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_TAIL,
        ),
        source="Quantopian (2016). empyrical, function tail_ratio",
    ),
    MetricDefinition(
        name="skewness",
        unit="ratio",
        direction=Better.HIGHER,
        definition="Third central moment of the returns over sd^3, population moments.",
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_VARIANCE,
        ),
        source=(
            "Joanes, D. N. & Gill, C. A. (1998). Comparing Measures of Sample "
            "Skewness and Kurtosis. The Statistician 47(1), 183-189 (g1)"
        ),
    ),
    MetricDefinition(
        name="kurtosis",
        unit="ratio",
        direction=Better.LOWER,
        definition=(
            "Fourth central moment of the returns over sd^4, population moments; "
            "raw, so a normal sample has 3."
        ),
        lowest=0.0,
        reasons=(
            *NO_RETURNS,
            Reason.ZERO_VARIANCE,
        ),
        source=(
            "Joanes, D. N. & Gill, C. A. (1998). Comparing Measures of Sample "
            "Skewness and Kurtosis. The Statistician 47(1), 183-189 (g2 + 3)"
        ),
    ),
)
